"""The shapes for people: all of them by set, each with what it asks and how the data meet it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kuvend.describe import closure
from kuvend.errors import KuvendError, NotFound
from kuvend.formats import HTML, Format
from kuvend.namespaces import SH
from kuvend.project.shape_catalogue import ALL, ShapeCatalogue
from kuvend.shacl.finding import pick
from kuvend.store import DEFAULT_GRAPH
from kuvend.terms import Term
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.languages import reading_order
from kuvend.web.negotiation import Link
from kuvend.web.shape_words import about, asked
from kuvend.web.validate import service
from kuvend.web.writing import write_quads

blueprint = Blueprint("shapes", __name__)

# Examples are small; a longer file is none.
_MAX_EXAMPLE_BYTES = 20_000


@dataclass(frozen=True)
class ShapeEntry:
    """A shape as the list shows it; ``about`` are phrases, ``says`` what it tells of bad data."""

    node: ox.NamedNode
    name: str
    severity: str
    says: str
    about: list[object]


@blueprint.get("/shapes")
@blueprint.get("/shapes.<extension>")
def all_shapes(extension: str = "") -> Response:
    """Every shape by set, one anchor each; or the shapes graph."""
    name = f"shapes.{extension}" if extension else "shapes"
    bare, found = negotiation.split_extension(name, negotiation.graph_offers())
    if bare != "shapes":
        raise NotFound(f"there is nothing at {request.path}.")
    return _set(knowledge(), service().catalogue(), ALL, "/shapes", found)


@blueprint.get("/shapes/<path:name>")
def one(name: str) -> Response:
    """One shape, or one set of them."""
    known, catalogue = knowledge(), service().catalogue()
    bare, extension = negotiation.split_extension(name, negotiation.graph_offers())
    node = _named(catalogue, bare)
    if node is None and bare in catalogue.sets:
        return _set(known, catalogue, bare, f"/shapes/{bare}", extension)
    if node is None:
        # Profiles have addresses here too.
        return things.answer_path(f"shapes/{bare}", f"/shapes/{bare}", extension)
    chosen = negotiation.wanted(negotiation.graph_offers(), extension)
    path = f"{request.script_root}/shapes/{bare}"
    links = [
        Link(node.value, "cite-as"),
        *negotiation.alternates(path, negotiation.graph_offers(), chosen),
    ]

    state = _state(node) if chosen is HTML else {}
    if state is None:
        # What cannot be told now is told later under the same tag.
        response = Response(_page(known, catalogue, node, path, None))
        response.headers["Cache-Control"] = "no-store"
        return response

    def make() -> str | bytes:
        if chosen is HTML:
            return _page(known, catalogue, node, path, state)
        return write_quads(_quads(known, node), chosen, known.project.prefixes)

    return negotiation.answer(chosen, make, links=links)


def _named(catalogue: ShapeCatalogue, name: str) -> ox.NamedNode | None:
    return next((n for n in catalogue.shapes if local(n) == name and _is_node(n)), None)  # type: ignore[return-value]


def _is_node(node: Term) -> bool:
    return isinstance(node, ox.NamedNode)


def local(node: Term) -> str:
    """The end of a shape's IRI, under which it has its page."""
    return str(getattr(node, "value", "")).replace("#", "/").rpartition("/")[2]


# -- lists ---------------------------------------------------------------------------------


def _set(
    known: Knowledge, catalogue: ShapeCatalogue, name: str, path: str, extension: Format | None
) -> Response:
    offered = negotiation.graph_offers()
    chosen = negotiation.wanted(offered, extension)
    links = negotiation.alternates(f"{request.script_root}{path}", offered, chosen)

    def make() -> str | bytes:
        if chosen is HTML:
            return _list_page(catalogue, name, f"{request.script_root}{path}")
        if name == ALL:
            quads = list(known.store.quads(None, None, None, known.graphs.shapes))
        else:
            files = catalogue.sets[name].files
            triples = [triple for file in files for triple in catalogue.files[file]]
            quads = [ox.Quad(t.subject, t.predicate, t.object, DEFAULT_GRAPH) for t in triples]
        return write_quads(quads, chosen, known.project.prefixes)

    return negotiation.answer(chosen, make, links=links)


def _list_page(catalogue: ShapeCatalogue, name: str, path: str) -> str:
    order = reading_order()
    chosen = catalogue.sets[name]
    groups = []
    for file in chosen.files:
        entries = [_entry(catalogue, n) for n, home in catalogue.shapes.items() if home == file]
        groups.append((file, set_title(catalogue, file), [e for e in entries if e.says]))
    groups = [group for group in groups if group[2]]
    return rendering.page(
        "shapes.html",
        path=path,
        title=pick(chosen.titles, order) or name,
        is_all=name == ALL,
        groups=groups,
        contents=_contents(catalogue, [file for file, _, _ in groups]),
        profiles=[
            (one.name, pick(one.titles, order) or one.name, pick(one.descriptions, order))
            for one in catalogue.profiles.values()
        ],
    )


def _contents(
    catalogue: ShapeCatalogue, files: Sequence[str]
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The files with their titles; beside each those of the same name in folders, by the folder."""
    order = reading_order()
    beside = {
        file: [one for one in files if one.rpartition("/")[2] == file and one != file]
        for file in files
    }
    shown = {one for found in beside.values() for one in found}

    def folder(name: str) -> str:
        above = name.rpartition("/")[0]
        return pick(catalogue.sets[above].titles, order) or above

    return [
        (file, set_title(catalogue, file), [(one, folder(one)) for one in beside[file]])
        for file in files
        if file not in shown
    ]


def set_title(catalogue: ShapeCatalogue, name: str) -> str:
    """The title of a file in the reader's language, with that of its folder where it has one."""
    order = reading_order()
    own = pick(catalogue.sets[name].titles, order)
    folder, _, last = name.rpartition("/")
    if own or not folder:
        return own or name
    above = pick(catalogue.sets[folder].titles, order) or folder
    same = catalogue.sets.get(last)
    return f"{above} · {pick(same.titles, order) if same else last}"


def _entry(catalogue: ShapeCatalogue, node: Term) -> ShapeEntry:
    return ShapeEntry(
        node=node,  # type: ignore[arg-type]
        name=local(node),
        severity=_severity(catalogue, node),
        says=catalogue.message(node, reading_order()),
        about=list(about(catalogue.graph, node)),
    )


def _severity(catalogue: ShapeCatalogue, node: Term) -> str:
    found = local(catalogue.graph.value(node, SH.severity) or SH.Violation)
    return found.lower()


# -- one shape -----------------------------------------------------------------------------


def _page(
    known: Knowledge,
    catalogue: ShapeCatalogue,
    node: ox.NamedNode,
    path: str,
    state: dict[str, Any] | None,
) -> str:
    graph = catalogue.graph
    name, home = local(node), catalogue.set_of(node)
    queries = [
        value.value
        for constraint in graph.objects(node, SH.sparql)
        for value in graph.objects(constraint, SH.select)
        if isinstance(value, ox.Literal)
    ]
    return rendering.page(
        "shape.html",
        node=node,
        path=path,
        entry=_entry(catalogue, node),
        home=home,
        home_title=set_title(catalogue, home),
        asked=asked(graph, node),
        owners=[(local(o), o) for o in graph.subjects(SH.property, node) if _is_node(o)],
        parts=[(local(p), p) for p in graph.objects(node, SH.property) if _is_node(p)],
        queries=queries,
        examples=_examples(known.project.folder.root, name),
        state=state,
        failing=[ox.NamedNode(iri) for iri in state["failing"]] if state else (),
        sample=[ox.NamedNode(iri) for iri in state["sample"]] if state else (),
    )


def _state(node: ox.NamedNode) -> dict[str, Any] | None:
    """How the graph meets the shape; empty where no node is looked at, ``None`` where busy."""
    try:
        found: dict[str, Any] = service().states().get(node.value, {})
    except KuvendError:
        return None
    return found


def _examples(root: Path, name: str) -> dict[str, str]:
    """The file that fails and the one that passes, where the project has them."""
    found = {}
    for kind in ("fail", "pass"):
        path = root / "tests" / "shapes" / "examples" / f"{name}.{kind}.ttl"
        if path.is_file() and path.stat().st_size <= _MAX_EXAMPLE_BYTES:
            lines = path.read_text(encoding="utf-8").splitlines()
            # What the tests read, and the prefixes everyone knows, say nothing of the shape.
            kept = [one for one in lines if not one.startswith(("# expect:", "@prefix "))]
            found[kind] = "\n".join(kept).strip()
    return found


def _quads(known: Knowledge, node: ox.NamedNode) -> list[ox.Quad]:
    """The shape, and the named nodes it is made of, from the shapes graph."""
    shapes = known.graphs.shapes
    found = dict.fromkeys(closure(known.store, node, shapes))
    for quad in list(found):
        if quad.predicate in (SH.sparql, SH.property, SH.node) and _is_node(quad.object):
            found.update(dict.fromkeys(closure(known.store, quad.object, shapes)))  # type: ignore[arg-type]
    return list(found)
