"""Conditions of a change: the state of the dataset, or of its graph, for which it was made."""

from __future__ import annotations

from kuvend.errors import KuvendError, PreconditionFailed
from kuvend.project.changes import THERE, Change, Outcome


def check_release(change: Change, release_id: str) -> None:
    """Refuse a change that was made for another release than ``release_id``.

    :raises PreconditionFailed: then.
    """
    if change.releases and release_id not in change.releases:
        raise PreconditionFailed(
            "the dataset was changed since.",
            suggestion="Read it again, and send the change with the ETag of what you read.",
        )


def check_graph(change: Change, *, is_there: bool) -> None:
    """Refuse a change that wants its graph there, or absent, where it is not.

    :raises PreconditionFailed: then.
    """
    if change.only_if and (change.only_if == THERE) != is_there:
        state = "there is no graph" if change.only_if == THERE else "there is already a graph"
        raise PreconditionFailed(f"{state} {change.graph or 'of this name'}.")


def is_unmet(found: Outcome | KuvendError | None) -> bool:
    """Whether a change was refused for its conditions, which another of its round may have broken.

    Where that one is refused after all, this one may be made.
    """
    return isinstance(found, PreconditionFailed)
