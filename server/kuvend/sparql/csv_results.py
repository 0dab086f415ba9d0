"""SELECT results as CSV with every field quoted as a whole.

The engine quotes literals only: a comma in an IRI, or a line feed in the literal of a triple term,
would begin another field or row.

Source: https://www.w3.org/TR/sparql11-results-csv-tsv/, RFC 4180.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from operator import attrgetter
from typing import Any

import pyoxigraph as ox

from kuvend.serializing import Target

# Some are written together; a slow query's rows do not wait long for one another.
_ROWS_AT_ONCE = 100


def write_csv(solutions: ox.QuerySolutions, target: Target) -> None:
    """Write the whole result to ``target``, some rows at a time."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([variable.value for variable in solutions.variables])
    rows = _iter_rows(solutions)
    while True:
        some = list(islice(rows, _ROWS_AT_ONCE))
        writer.writerows(some)
        target.write(text.getvalue().encode())
        if len(some) < _ROWS_AT_ONCE:
            return
        text.seek(0)
        text.truncate()


def _iter_rows(solutions: ox.QuerySolutions) -> Iterator[list[str]]:
    texts = _TEXTS
    for solution in solutions:
        yield [texts[type(term)](term) for term in solution]


def _triple_text(triple: Any) -> str:
    return " ".join(_TEXTS[type(part)](part) for part in triple)


_TEXTS: dict[type, Any] = {
    ox.NamedNode: attrgetter("value"),
    ox.Literal: attrgetter("value"),
    ox.BlankNode: str,
    ox.Triple: _triple_text,
    type(None): lambda _: "",
}
