"""Dates and durations of thousands of digits: data like any other, which stop no process."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kuvend.corpus.envelope import envelope
from kuvend.errors import KuvendError, Unprocessable
from kuvend.namespaces import XSD
from kuvend.project import Project
from kuvend.project.changes import PUT, Change
from kuvend.project.live import LiveDataset
from kuvend.project.validation_call import ValidationCall
from kuvend.project.validation_process import ValidationProcess
from kuvend.reasoning.values import literal_value
from kuvend.syntax import Source

NINES = "9" * 5000
VALUES = [
    (NINES, XSD.gYear),
    (f"-{NINES}-01", XSD.gYearMonth),
    (f"{NINES}-01-01", XSD.date),
    (f"{NINES}-01-01T00:00:00Z", XSD.dateTime),
    (f"P{NINES}Y", XSD.duration),
    (f"P{NINES}D", XSD.dayTimeDuration),
    (f"PT{NINES}.5S", XSD.duration),
    (NINES, XSD.integer),
    (f"{NINES}.0", XSD.decimal),
]
DATA = "".join(
    f'<urn:x{n}> <http://purl.org/dc/terms/date> "{value}"^^{datatype} .\n'
    for n, (value, datatype) in enumerate(VALUES)
).encode()
CALL = ValidationCall((Source("a.nt", DATA, "application/n-triples"),))


@pytest.fixture
def process(small: Project) -> Iterator[ValidationProcess]:
    found = ValidationProcess(small)
    yield found
    found.close()


@pytest.mark.parametrize(("value", "datatype"), VALUES[:4])
def test_no_such_year_has_days(value: str, datatype: ox.NamedNode) -> None:
    with pytest.raises(Unprocessable):
        envelope(ox.Literal(value, datatype=datatype))


@pytest.mark.parametrize(("value", "datatype"), VALUES)
def test_a_value_of_thousands_of_digits_is_read_or_is_none(
    value: str, datatype: ox.NamedNode
) -> None:
    found = literal_value(ox.Literal(value, datatype=datatype))
    assert (found is not None) == (datatype in (XSD.integer, XSD.decimal))


@pytest.mark.parametrize(
    ("value", "datatype"),
    [("123456789", XSD.gYear), ("PT123456789012345678S", XSD.duration), ("0044", XSD.gYear)],
)
def test_values_of_many_digits_are_values(value: str, datatype: ox.NamedNode) -> None:
    assert literal_value(ox.Literal(value, datatype=datatype)) is not None


def test_such_data_are_validated(process: ValidationProcess) -> None:
    process.validate(CALL, timeout_s=600)


def test_such_data_are_written_or_refused(small: Project) -> None:
    live = LiveDataset(small)
    graph = "https://w3id.org/kuvend/graph/statements/aa"
    for line in DATA.splitlines(keepends=True):
        change = Change(PUT, graph=graph, content=line, media_type="application/n-triples")
        for outcome in live.apply_all({"": change}).values():
            assert not isinstance(outcome, KuvendError) or outcome.status == 422


def test_an_error_nobody_foresaw_is_told_and_the_process_goes_on(
    small: Project, process: ValidationProcess
) -> None:
    dataset = small.release().dataset_path
    dataset.rename(dataset.with_suffix(".away"))
    with pytest.raises(KuvendError, match=r"error of the program \(FileNotFoundError\)") as told:
        process.validate(CALL, timeout_s=600)
    assert told.value.status == 500
    assert str(dataset) not in str(told.value)
    dataset.with_suffix(".away").rename(dataset)
    worker = process._process
    process.validate(CALL, timeout_s=600)
    assert process._process is worker
