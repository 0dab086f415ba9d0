"""Shapes as every engine needs them: what the standard implies, said outright.

* prefixes declared behind ``owl:imports`` are declared where they are used (SHACL §5.2.1);
* ``sh:uniqueLang`` and ``sh:closed`` count only as the literal ``true``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import OWL, SH, XSD
from kuvend.shacl.graph import Graph
from kuvend.terms import Term

# It says what shapes are, and has none.
_VOCABULARY = ox.NamedNode("http://www.w3.org/ns/shacl#")
_TRUE = ox.Literal("true", datatype=XSD.boolean)
_ONLY_TRUE = (SH.uniqueLang, SH.closed)


def refuse_imports(triples: Iterable[ox.Triple], base_iri: str) -> None:
    """Nothing, where shapes import only what came with them or is of the project.

    Nothing is fetched, and a report without the shapes of the import would look whole.

    :raises Unprocessable: for an import that is neither.
    """
    held = list(triples)
    here = {triple.subject for triple in held}
    for triple in held:
        imported = triple.object
        if triple.predicate == OWL.imports and imported not in here and imported != _VOCABULARY:
            if isinstance(imported, ox.NamedNode) and imported.value.startswith(base_iri):
                continue
            raise Unprocessable(
                f"the shapes import {imported}, which is not fetched.",
                suggestion="Give that file along with the others, or leave the import out.",
            )


def prepare_shapes(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The shapes graph with imported prefix declarations added and untrue flags left out.

    :raises Unprocessable: for constraints in JavaScript, which are not run.
    """
    triples = list(triples)
    script = next((t for t in triples if t.predicate == SH.js), None)
    if script is not None:
        raise Unprocessable(f"the shape {script.subject} has a constraint in JavaScript (sh:js).")
    kept = [t for t in triples if t.predicate not in _ONLY_TRUE or t.object == _TRUE]
    graph = Graph(kept)
    users = dict.fromkeys(value for _, value in graph.pairs(SH.prefixes))
    added = [ox.Triple(u, SH.declare, d) for u in users for d in _declarations(graph, u)]  # type: ignore[arg-type]
    return list(dict.fromkeys([*kept, *added]))


def _declarations(graph: Graph, owner: Term) -> Iterator[Term]:
    seen: set[Term] = set()
    waiting = [owner]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        yield from graph.objects(node, SH.declare)
        waiting.extend(graph.objects(node, OWL.imports))


def prefix_block(graph: Graph, user: Term) -> str:
    """The ``PREFIX`` lines of a SPARQL constraint, component or function."""
    lines = []
    for owner in graph.objects(user, SH.prefixes):
        for declaration in dict.fromkeys(_declarations(graph, owner)):
            prefix = graph.value(declaration, SH.prefix)
            namespace = graph.value(declaration, SH.namespace)
            if isinstance(prefix, ox.Literal) and isinstance(namespace, ox.Literal):
                lines.append(f"PREFIX {prefix.value}: <{namespace.value}>\n")
    return "".join(dict.fromkeys(lines))
