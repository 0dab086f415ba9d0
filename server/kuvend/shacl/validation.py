"""``validate_graph``: the one door to every engine."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.errors import BadRequest
from kuvend.shacl.native import validate_natively
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report

ENGINES = ("kuvend", "pyshacl")


def validate_graph(
    data: Iterable[ox.Triple],
    shapes: Iterable[ox.Triple],
    *,
    engine: str = "kuvend",
    timeout_s: float | None = None,
    memory_mb: int = 0,
) -> Report:
    """The report of ``shapes`` over ``data``, as parsed: a store would change literals.

    Classes are those the data say, with ``rdfs:subClassOf`` in the data; nothing is inferred.

    :raises BadRequest: for an engine there is not.
    :raises Unprocessable: for shapes that cannot be used.
    :raises Timeout: past ``timeout_s``, in seconds.
    """
    if engine not in ENGINES:
        names = ", ".join(ENGINES)
        raise BadRequest(f"there is no validation engine {engine!r}; choose of {names}.")
    if engine == "kuvend":
        return validate_natively(data, shapes, timeout_s=timeout_s, memory_mb=memory_mb)
    with ReferenceEngine(memory_mb=memory_mb) as reference:
        return reference.validate(data, shapes, timeout_s=timeout_s)
