"""What the keys, names and types of a JSON-LD text mean, asked of the engine in one go.

For each question a small node is written under the same contexts; the triple the engine makes of
it is the answer. So term definitions, prefixes and bases are read by the one JSON-LD processor
that also reads the data.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.terms import Term

# (contexts in force as JSON texts, kind, text); kinds: key, texts, map, id, type.
Question = tuple[tuple[str, ...], str, str]
# (contexts joined by line breaks, kind, text) -> IRI, or blank node as "_:label".
Meaning = dict[tuple[str, str, str], str]

_NAME = "urn:x-kuvend:"
_NAMED = f"{_NAME}named"
_VALUE = f'{{"@id":"{_NAME}value"}}'


def expand(wanted: Iterable[Question], base_iri: str | None) -> Meaning:
    """The meaning of each question that has one.

    >>> expand([(('{"n":"urn:n"}',), "key", "n")], None)
    {('{"n":"urn:n"}', 'key', 'n'): 'urn:n'}
    """
    found: Meaning = {}
    by_context: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for contexts, kind, text in sorted(wanted):
        by_context[contexts].append((kind, text))
    for contexts, questions in by_context.items():
        for index, answer in _ask(contexts, questions, base_iri):
            kind, text = questions[index]
            found["\n".join(contexts), kind, text] = answer
    return found


def _ask(
    contexts: tuple[str, ...], questions: list[tuple[str, str]], base_iri: str | None
) -> Iterator[tuple[int, str]]:
    """(index of a question, its answer); halves the lot where the engine refuses it whole."""
    rows = [_question(index, kind, text) for index, (kind, text) in enumerate(questions)]
    document = f'{{"@context":[{",".join(contexts)}],"@graph":[{",".join(rows)}]}}'
    try:
        quads = list(ox.parse(document, format=ox.RdfFormat.JSON_LD, base_iri=base_iri))
    except SyntaxError:
        if len(questions) > 1:
            middle = len(questions) // 2
            yield from _ask(contexts, questions[:middle], base_iri)
            rest = _ask(contexts, questions[middle:], base_iri)
            yield from ((index + middle, answer) for index, answer in rest)
        return
    for quad in quads:
        row = _answer(quad, questions)
        if row is not None:
            yield row


def _question(index: int, kind: str, text: str) -> str:
    name = f'"@id":"{_NAME}{index}"'
    quoted = json.dumps(text)
    if kind == "key":
        return f"{{{name},{quoted}:{_VALUE}}}"
    if kind == "texts":
        return f'{{{name},{quoted}:{{"en":"text"}}}}'
    if kind == "map":
        return f'{{{name},{quoted}:{{"{_NAME}index":{_VALUE}}}}}'
    if kind == "type":
        return f'{{{name},"@type":{quoted}}}'
    return f'{{{name},"{_NAMED}":{{"@id":{quoted}}}}}'


def _answer(quad: ox.Quad, questions: list[tuple[str, str]]) -> tuple[int, str] | None:
    """Which question a triple answers, and how."""
    subject, value = _index(quad.subject), _index(quad.object)
    if subject is None:
        # A reversed term: the triple runs the other way.
        return None if value is None else (value, quad.predicate.value)
    kind = questions[subject][0]
    if kind in ("id", "type"):
        expected = _NAMED if kind == "id" else RDF.type.value
        return (subject, _as_text(quad.object)) if quad.predicate.value == expected else None
    return subject, quad.predicate.value


def _as_text(term: Term) -> str:
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    return str(getattr(term, "value", term))


def _index(term: Term) -> int | None:
    if not isinstance(term, ox.NamedNode) or not term.value.startswith(_NAME):
        return None
    number = term.value.removeprefix(_NAME)
    return int(number) if number.isdigit() else None
