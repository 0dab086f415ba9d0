"""JSON-LD with positions; what a term or a name means is asked of the engine, never guessed here.

Every node object without ``@id`` gets one that says where it stands, put in on its own line, so
the blank nodes of the result carry their place. Then the engine expands each distinct key, name
and type under its contexts once, and each quad is looked up: its value, else its key, else its
node. Nothing is fetched: a context is written out, or is ours.

Source: https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import KUVEND_BASE, RDF, prefixes
from kuvend.syntax.json_text import JsonReader
from kuvend.syntax.jsonld_outline import OWN_CONTEXT, Outline
from kuvend.syntax.jsonld_places import Places
from kuvend.syntax.jsonld_slips import slips
from kuvend.syntax.jsonld_trouble import placed
from kuvend.syntax.jsonld_values import list_cells
from kuvend.syntax.model import Lines, Parsed
from kuvend.terms import Term


def own_context(base_iri: str = KUVEND_BASE) -> dict[str, str]:
    """Our context: the prefixes of the project, as JSON-LD wants them."""
    return prefixes(base_iri)


def parse_jsonld(
    text: str,
    *,
    source: str,
    base_iri: str | None = None,
    contexts: Mapping[str, object] | None = None,
    blank_prefix: str = "",
) -> Parsed:
    """The quads of a JSON-LD text with their positions, or the error that stopped it.

    ``contexts`` maps the IRIs of contexts that may be named to what they hold; by default ours.
    A key that means nothing is reported: JSON-LD would drop what it says in silence.

    >>> text = '{"@context": {"name": "urn:x:name"},\\n "@id": "urn:x:a", "name": "A"}'
    >>> parsed = parse_jsonld(text, source="a.jsonld")
    >>> str(parsed.quads[0].object), parsed.position(parsed.quads[0].object_at)
    ('"A"', (2, 28))
    """
    lines = Lines(text)
    reader = JsonReader(text, source=source, lines=lines)
    known = {OWN_CONTEXT: own_context()} if contexts is None else contexts
    parsed = Parsed(source, lines=lines)
    try:
        outline = Outline(reader, reader.read(), known)
        parsed.errors += slips(reader, outline.aliases)
        quads = _engine_quads(outline, base_iri)
        places = Places(outline, base_iri)
        parsed.errors += places.lost
        _position(quads, places, parsed, blank_prefix)
    except BadSyntax as error:
        # What the engine refuses without a place is most often a slip that has one.
        if error.line is not None or not parsed.errors:
            parsed.errors.append(error)
    except RecursionError:
        parsed.errors.append(reader.problem(0, "nested too deep."))
    return parsed


def _engine_quads(outline: Outline, base_iri: str | None) -> list[ox.Quad]:
    try:
        return list(_asked(outline, base_iri, frozenset()))
    except SyntaxError as error:
        detail = re.sub(r"^Parser error at line .*?: ", "", str(error.msg))
        reader = outline.reader
        if error.lineno is not None:
            raise BadSyntax(
                f"{detail}.", source=reader.source, line=error.lineno, column=1
            ) from error

        said = error.msg

        def refuses(without: AbstractSet[int]) -> bool:
            try:
                return not all(True for _ in _asked(outline, base_iri, without))
            except SyntaxError as again:
                return again.msg == said

        raise placed(detail, reader, outline.root.value, refuses) from error


def _asked(outline: Outline, base_iri: str | None, without: AbstractSet[int]) -> Iterator[ox.Quad]:
    """The engine's quads of the text, without the objects that start at some offsets."""
    edits = []
    pairs = iter(sorted(outline.insertions, key=lambda pair: pair[0]))
    for at, added in pairs:
        # A named context is replaced: its text goes, what it holds comes.
        end = next(pairs)[0] if added.startswith(("{", "[")) else at
        edits.append((at, end, added))
    ends = {at: outline.reader.value_at(at).end for at in without}
    edits = sorted([*edits, *((at, end, "null") for at, end in ends.items())])
    text, pieces, last = outline.reader.text, [], 0
    for at, end, added in edits:
        if at >= last:
            pieces += [text[last:at], added]
            last = end
    pieces.append(text[last:])
    yield from ox.parse("".join(pieces), format=ox.RdfFormat.JSON_LD, base_iri=base_iri)


def _position(quads: list[ox.Quad], places: Places, parsed: Parsed, blank_prefix: str) -> None:
    cells, wholes = list_cells(quads, places.lists)
    heads: dict[Term, int] = {}
    # Quads of written nodes before those the engine names, so that these find their place.
    for quad in sorted(quads, key=lambda quad: quad.subject not in places.subjects):
        subject, predicate = quad.subject, quad.predicate.value
        cell = cells.get(subject)
        if cell is not None:
            at = key_at = cell.at
            item = cell if quad.predicate == RDF.first else None
        else:
            at = places.subjects.get(subject, heads.get(subject, 0))
            key_at = places.keys.get((subject, predicate), at)
            item = wholes.get(quad.object) or places.item_of(quad)
        value_at, end = (item.at, item.end) if item else (key_at, key_at)
        if isinstance(quad.object, ox.BlankNode):
            heads.setdefault(quad.object, value_at)
        named = [_renamed(term, blank_prefix) for term in (subject, quad.object, quad.graph_name)]
        offsets = (at, key_at, value_at, end)
        parsed.add(named[0], quad.predicate, named[1], named[2], offsets)  # type: ignore[arg-type]


def _renamed(term: Term | ox.DefaultGraph, prefix: str) -> Term | ox.DefaultGraph:
    return ox.BlankNode(prefix + term.value) if isinstance(term, ox.BlankNode) else term
