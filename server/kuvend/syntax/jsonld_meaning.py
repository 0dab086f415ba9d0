"""What the keys, names and types of a JSON-LD text mean, asked of the engine in one go.

For each question a small node is written under the same contexts; the triple the engine makes of
it is the answer. So term definitions, prefixes and bases are read by the one JSON-LD processor
that also reads the data. Contexts that stand in others are written in them, so each is read once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.syntax.jsonld_terms import Terms, ancestors
from kuvend.terms import Term

# (number of the contexts in force, kind, text); kinds: key, texts, map, classes, id, type.
Question = tuple[int, str, str]
# question -> IRI, or blank node as "_:label".
Meaning = dict[Question, str]

_NAME = "urn:x-kuvend:"
_NAMED = f"{_NAME}named"
_VALUE = f'{{"@id":"{_NAME}value"}}'


def expand(
    wanted: Iterable[Question], stacks: Mapping[int, Terms], base_iri: str | None
) -> Meaning:
    """The meaning of each question that has one; ``stacks`` are the contexts by their number.

    >>> stacks = {0: Terms(0), 1: Terms(1, '{"n":"urn:n"}', Terms(0))}
    >>> expand([(1, "key", "n")], stacks, None)
    {(1, 'key', 'n'): 'urn:n'}
    """
    questions = sorted(wanted)
    return dict(_ask(questions, stacks, base_iri)) if questions else {}


def _ask(
    questions: Sequence[Question], stacks: Mapping[int, Terms], base_iri: str | None
) -> Iterator[tuple[Question, str]]:
    """Each question with its answer; halves the lot where the engine refuses it whole."""
    document = _document(questions, stacks)
    try:
        quads = list(ox.parse(document, format=ox.RdfFormat.JSON_LD, base_iri=base_iri))
    except SyntaxError:
        if len(questions) > 1:
            middle = len(questions) // 2
            yield from _ask(questions[:middle], stacks, base_iri)
            yield from _ask(questions[middle:], stacks, base_iri)
        return
    for quad in quads:
        row = _answer(quad, questions)
        if row is not None:
            yield questions[row[0]], row[1]


def _document(questions: Sequence[Question], stacks: Mapping[int, Terms]) -> str:
    """The nodes that ask, each under its contexts."""
    rows: dict[int, list[str]] = defaultdict(list)
    for index, (number, kind, text) in enumerate(questions):
        rows[number].append(_question(index, kind, text))
    inner: dict[int, dict[int, Terms]] = defaultdict(dict)
    for number in [*rows]:
        for terms in ancestors(stacks[number]):
            if terms.outer is not None:
                inner[terms.outer.number][terms.number] = terms

    def written(terms: Terms) -> str:
        parts = [*rows.get(terms.number, ()), *map(written, inner.get(terms.number, {}).values())]
        context = f'"@context":{terms.text},' if terms.text else ""
        return f'{{{context}"@included":[{",".join(parts)}]}}'

    *_, outermost = ancestors(stacks[questions[0][0]])
    return written(outermost)


def _question(index: int, kind: str, text: str) -> str:
    name = f'"@id":"{_NAME}{index}"'
    quoted = json.dumps(text)
    if kind == "key":
        return f"{{{name},{quoted}:{_VALUE}}}"
    if kind == "texts":
        return f'{{{name},{quoted}:{{"en":"text"}}}}'
    if kind == "map":
        return f'{{{name},{quoted}:{{"{_NAME}index":{_VALUE}}}}}'
    if kind == "classes":
        # A class from a map has to come before the name, so here the value has none.
        return f'{{{name},{quoted}:{{"{_NAME}index":{{}}}}}}'
    if kind == "type":
        return f'{{{name},"@type":{quoted}}}'
    return f'{{{name},"{_NAMED}":{{"@id":{quoted}}}}}'


def _answer(quad: ox.Quad, questions: Sequence[Question]) -> tuple[int, str] | None:
    """Which question a triple answers, and how."""
    subject, value = _index(quad.subject), _index(quad.object)
    if subject is None:
        # A reversed term: the triple runs the other way.
        return None if value is None else (value, quad.predicate.value)
    kind = questions[subject][1]
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
