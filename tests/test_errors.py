"""Errors travel between processes: every class arrives as itself."""

from __future__ import annotations

import pytest

from kuvend import errors
from kuvend.errors import CorpusError, KuvendError, MethodNotAllowed, QuoteError
from kuvend.project.changes import outcomes_as_json, outcomes_from_json

CLASSES = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, KuvendError)
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_of_the_writer_arrives_with_class_words_and_place(
    kind: type[KuvendError],
) -> None:
    sent = KuvendError.told(kind.__name__, "no.", source="a.ttl", line=3, suggestion="Do.")
    arrived = _as_it_arrives(sent)
    assert type(arrived) is kind
    assert str(arrived) == "a.ttl:3: no. Do."


def test_a_class_that_asks_for_more_arrives_too() -> None:
    for sent in (
        QuoteError("not there.", places=((1, 2),)),
        CorpusError((KuvendError("a"),)),
        MethodNotAllowed("no.", allow=("GET",)),
    ):
        arrived = _as_it_arrives(sent)
        assert type(arrived) is type(sent)
        assert arrived.detail == sent.detail


def test_a_name_that_is_no_error_is_an_error_of_no_kind() -> None:
    assert type(KuvendError.told("annotations", "x")) is KuvendError


def _as_it_arrives(sent: KuvendError) -> KuvendError:
    arrived = outcomes_from_json(outcomes_as_json({"1": sent}))["1"]
    assert isinstance(arrived, KuvendError)
    return arrived
