"""A submission that conforms, as a change to the graph."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.project.changes import POST, Change
from kuvend.project.submission.parts import Part


def change_of(parts: Sequence[Part]) -> Change:
    """The change that adds what the parts state to the graph of updates.

    What was parsed is added, not the bytes that were sent: archives are unpacked by then, formats
    found out, and blank nodes of different files kept apart. For a service: the process that
    validates has the parts, calls this where the outcome conforms, and answers with the change as
    ``change_of(parts).as_json()``; the serving process hands ``Change.from_json(…)`` to the writer.

    :raises BadSyntax: where a part did not parse whole.
    :raises Unprocessable: for a statements file: its quotes become claims in a build only.
    """
    triples: dict[ox.Triple, None] = {}
    for part in parts:
        part.parsed.raise_first()
        if part.statements is not None and any(s.is_cited for s in part.statements.statements):
            raise Unprocessable(
                "statements with quotes are not added here: a build proves the quotes first.",
                source=part.parsed.source,
                suggestion="Put the file into data/statements and run: kuvend build",
            )
        triples.update(dict.fromkeys(quad.triple for quad in part.data))
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None, "without an output the bytes are given back"
    return Change(POST, content=content, media_type="application/n-triples")
