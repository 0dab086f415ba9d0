"""The process in which pyshacl runs: frames in on standard input, frames out on standard output.

Apart from the rest because pyshacl changes rdflib for the whole process, and because a regular
expression or a query in a shape can run for ever: whoever waits ends the process, and the kernel
does where the one who waits is ended itself.
What comes in is triples, never text that pyshacl might take for a file name or a URL.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import sysconfig
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib.plugins.sparql import processor as sparql_processor
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query

from kuvend.sandbox import die_with_parent
from kuvend.shacl.frames import ASKED, read_frame, write_frame
from kuvend.terms import to_rdflib

_LIBRARY = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), os.path.dirname(__file__))
_REFUSED_EVENTS = (
    "socket.",
    "urllib.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "ftplib.",
)


def main() -> None:
    """Answer requests until standard input closes."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints must not reach the frames
    logging.disable(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS = False
    _cache_queries()
    die_with_parent(int(sys.argv[1]))
    _limit_memory(int(sys.argv[2]))
    sys.addaudithook(_refuse)
    while read_frame(sys.stdin.buffer) == ASKED:
        data, shapes = read_frame(sys.stdin.buffer), read_frame(sys.stdin.buffer)
        status, answer = _answer(data, shapes)
        write_frame(out, json.dumps({"status": status}).encode())
        write_frame(out, answer)


def _answer(data: bytes, shapes: bytes) -> tuple[str, bytes]:
    try:
        return "ok", _validate(data, shapes)
    except (ReportableRuntimeError, ValidationFailure) as error:
        return "bad-shapes", str(getattr(error, "message", error)).encode()
    except MemoryError:
        return "memory", b""
    except Exception as error:  # noqa: BLE001 - pyshacl raises anything for hostile shapes
        return "bad-shapes", f"{type(error).__name__}: {error}".encode()


def _validate(data: bytes, shapes: bytes) -> bytes:
    _, report, text = pyshacl.validate(
        _graph(ox.parse(data, format=ox.RdfFormat.N_TRIPLES)),
        shacl_graph=_graph(ox.parse(shapes, format=ox.RdfFormat.N_TRIPLES)),
        inplace=True,
        advanced=False,
        do_owl_imports=False,
    )
    if not isinstance(report, rdflib.Graph):
        raise ReportableRuntimeError(str(getattr(report, "message", text)))
    lines = (f"{_nt(s)} {_nt(p)} {_nt(o)} .\n" for s, p, o in report)
    return "".join(lines).encode()


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """An rdflib graph without normalising; each distinct term is converted once."""
    graph = rdflib.Graph()
    known: dict[Any, rdflib.term.Identifier] = {}

    def convert(term: Any) -> rdflib.term.Identifier:
        found = known.get(term)
        if found is None:
            found = known[term] = to_rdflib(term)
        return found

    add = graph.store.add
    for quad in quads:
        add((convert(quad.subject), convert(quad.predicate), convert(quad.object)), graph)
    return graph


def _nt(term: Any) -> str:
    if isinstance(term, rdflib.BNode):
        return f"_:{term}"
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        if term.language:
            return str(ox.Literal(str(term), language=term.language))
        return str(ox.Literal(str(term), datatype=datatype))
    return str(ox.NamedNode(str(term)))


def _cache_queries() -> None:
    """Parse each distinct query text once: pyshacl sends the same text once per focus node."""

    @lru_cache(maxsize=512)
    def prepared(text: str, base: str | None, names: tuple[tuple[str, str], ...]) -> Query:
        return translateQuery(parseQuery(text), base, dict(names))

    class CachedProcessor(sparql_processor.SPARQLProcessor):
        def query(  # type: ignore[override]
            self, strOrQuery: Any, initBindings: Any = None, initNs: Any = None,  # noqa: N803
            base: Any = None, DEBUG: bool = False,  # noqa: N803
        ) -> Any:  # fmt: skip
            if isinstance(strOrQuery, str):
                names = tuple(sorted((k, str(v)) for k, v in (initNs or {}).items()))
                strOrQuery = prepared(strOrQuery, base, names)  # noqa: N806
            return super().query(strOrQuery, initBindings or {}, initNs or {}, base, DEBUG)

    sys.modules[__name__].__dict__["CachedProcessor"] = CachedProcessor
    rdflib.plugin.register("sparql", rdflib.query.Processor, __name__, "CachedProcessor")


def _limit_memory(megabytes: int) -> None:
    if megabytes:
        ceiling = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Nothing in a shape may reach the network, start a process or read a file of the machine."""
    if event.startswith(_REFUSED_EVENTS):
        raise PermissionError(f"shapes may not use {event}")
    if event == "open" and isinstance(arguments[0], str):
        path = os.path.realpath(arguments[0])
        if not path.startswith(_LIBRARY):
            raise PermissionError("shapes may not open files")


if __name__ == "__main__":
    main()
