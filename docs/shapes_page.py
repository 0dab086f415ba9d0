"""``docs/reference/shapes.md``: every shape, what it is about, what it says, and its examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kuvend.namespaces import KVS, SH, compact, prefixes
from kuvend.project.shapes import read_shapes
from kuvend.shacl.graph import Graph
from kuvend.terms import Term

ROOT = Path(__file__).resolve().parent.parent
SHAPES = ROOT / "shapes"
_TARGETS = {
    SH.targetClass: "each {}",
    SH.targetSubjectsOf: "each thing with {}",
    SH.targetObjectsOf: "each value of {}",
}
_INTRO = """# Shapes

What data must be, and what it should be, file by file. A **must** stops a build and a
submission (`sh:Violation`); what is **recommended** is said and let pass (`sh:Warning`,
`sh:Info`) and stands in `shapes/recommended/`. Every message is there in English, Albanian,
Ukrainian and Turkish; the table gives the English one, with `…` for the values at hand. Each
shape has a file that passes and one that fails in `tests/shapes/examples/`. How to add one:
[Write shapes](../how-to/write-shapes.md).
"""


def shapes_page() -> str:
    """The page as Markdown."""
    graph = Graph(read_shapes(SHAPES))
    parts = [_INTRO]
    paths = sorted(SHAPES.glob("*.ttl")) + sorted((SHAPES / "recommended").glob("*.ttl"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        rows = [row for name in _names(text) for row in _rows(graph, name)]
        if rows:
            head = text.partition("\n")[0].lstrip("# ")
            title = path.relative_to(SHAPES).with_suffix("").as_posix()
            parts += [f"## {title}\n", f"{head}\n", "| shape | about | says | example |"]
            parts += ["|---|---|---|---|", *rows, ""]
    return "\n".join(parts)


def _names(text: str) -> list[str]:
    return re.findall(r"^kvs:(\S+) a sh:(?:Node|Property)Shape", text, re.M)


def _rows(graph: Graph, name: str) -> Iterator[str]:
    node = KVS[name]
    query = graph.value(node, SH.sparql)
    says = _message(graph, query if query is not None else node)
    if says:
        severity = _local(graph.value(node, SH.severity))
        mark = "" if severity == "Violation" else f" *({severity.lower()})*"
        examples = " · ".join(
            f"[{kind}](../../tests/shapes/examples/{name}.{file}.ttl)"
            for kind, file in (("passes", "pass"), ("fails", "fail"))
        )
        yield f"| `{name}`{mark} | {_about(graph, node)} | {says} | {examples} |"


def _message(graph: Graph, node: Term) -> str:
    for message in graph.objects(node, SH.message):
        if isinstance(message, ox.Literal) and message.language == "en":
            return re.sub(r"\{[?$]\w+\}", "…", message.value).replace("|", "\\|")
    return ""


def _about(graph: Graph, node: ox.NamedNode) -> str:
    owners = [node, *graph.subjects(SH.property, node)]
    names = prefixes()
    found = [
        words.format(f"`{compact(target.value, names)}`")
        for owner in owners
        for predicate, words in _TARGETS.items()
        for target in graph.objects(owner, predicate)
        if isinstance(target, ox.NamedNode)
    ]
    return ", ".join(found)


def _local(term: Term | None) -> str:
    return term.value.rpartition("#")[2] if isinstance(term, ox.NamedNode) else "Violation"
