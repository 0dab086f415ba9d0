"""A report of the shapes as text for whoever changes the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from kuvend.namespaces import prefixes
from kuvend.shacl import Report
from kuvend.shacl.graph import Graph
from kuvend.shacl.phrasing import Phrasing


def in_words(report: Report, shapes: Iterable[ox.Triple]) -> str:
    """``report`` with the values of each result in the messages of ``shapes``, as text."""
    phrasing = Phrasing(Graph(shapes), prefixes(), lambda _term, _language: None)
    results = (replace(result, messages=phrasing.messages(result)) for result in report.results)
    return Report(tuple(results), report.engine).as_text()
