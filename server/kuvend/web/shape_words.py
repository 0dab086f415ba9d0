"""What a shape asks, in words: whom it is about, and what must hold, constraint by constraint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup, escape

from kuvend.namespaces import OWL, RDF, RDFS, SH
from kuvend.shacl.graph import Graph
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, read_path
from kuvend.terms import Term
from kuvend.web.rendering import link, words

_DEPTH = 5


@dataclass(frozen=True)
class Asked:
    """One thing a shape asks; ``inner`` are the shapes it asks it by."""

    text: Markup
    inner: tuple[Asked, ...] = ()


def about(graph: Graph, shape: Term) -> list[Markup]:
    """Whom a shape is about, one phrase a target; those of its owner where it has none itself."""
    owners = [shape, *graph.subjects(SH.property, shape)]
    phrases = {
        SH.targetClass: words("each {}"),
        SH.targetSubjectsOf: words("each thing with {}"),
        SH.targetObjectsOf: words("each value of {}"),
        SH.targetNode: words("{} itself"),
    }
    found = [
        Markup(escape(phrase)).format(link(value))
        for owner in owners
        for target, phrase in phrases.items()
        for value in graph.objects(owner, target)
    ]
    for owner in owners:
        if any(kind in graph.objects(owner, RDF.type) for kind in (OWL.Class, RDFS.Class)):
            found.append(Markup(escape(words("each {}"))).format(link(owner)))
    return found


def asked(graph: Graph, shape: Term, depth: int = _DEPTH) -> tuple[Asked, ...]:
    """What a shape asks of a node or, where it has a path, of its values."""
    rows = [*_plain(graph, shape), *(_nested(graph, shape, depth) if depth else ())]
    path = graph.value(shape, SH.path)
    if path is None or not rows:
        return tuple(rows)
    values = Markup(escape(words("the values of {}"))).format(path_words(read_path(graph, path)))
    return (Asked(values, tuple(rows)),)


def path_words(path: Path) -> Markup:
    """A path with the labels of its properties."""
    if isinstance(path, Predicate):
        return link(path.iri)
    if isinstance(path, Inverse):
        return Markup(escape(words("what it is for: {}"))).format(path_words(path.path))
    if isinstance(path, Repeat):
        return path_words(path.path) + Markup(" …")
    joiner = f" {words('or')} " if isinstance(path, Alternative) else " → "
    return Markup(joiner).join(path_words(part) for part in path.parts)


def _plain(graph: Graph, shape: Term) -> Iterator[Asked]:
    """The constraints that have a value and no shape behind them."""
    phrases = {
        "minCount": words("at least {}"),
        "maxCount": words("at most {}"),
        "class": words("each is a thing of the kind {}"),
        "datatype": words("each is written as {}"),
        "hasValue": words("{} is among them"),
        "pattern": words("each has the form {}"),
        "minLength": words("at least {} characters"),
        "maxLength": words("at most {} characters"),
        "minInclusive": words("{} or more"),
        "minExclusive": words("more than {}"),
        "maxInclusive": words("{} or less"),
        "maxExclusive": words("less than {}"),
        "lessThan": words("before {}"),
        "lessThanOrEquals": words("not after {}"),
        "equals": words("the same as {}"),
        "disjoint": words("not also {}"),
    }
    for name, phrase in phrases.items():
        for value in graph.objects(shape, SH[name]):
            yield Asked(Markup(escape(phrase)).format(_value(value)))
    kinds = {
        "IRI": words("each is a thing, not text"),
        "Literal": words("each is text, not a thing"),
    }
    for value in graph.objects(shape, SH.nodeKind):
        name = str(getattr(value, "value", "")).rpartition("#")[2]
        yield Asked(Markup(escape(kinds.get(name) or name)))
    for name, phrase in (("in", words("one of {}")), ("languageIn", words("in one of: {}"))):
        for head in graph.objects(shape, SH[name]):
            members = Markup(", ").join(_value(value) for value in graph.list_members(head))
            yield Asked(Markup(escape(phrase)).format(members))
    if _is_true(graph, shape, SH.uniqueLang):
        yield Asked(Markup(escape(words("at most one a language"))))
    if _is_true(graph, shape, SH.closed):
        yield Asked(Markup(escape(words("no other properties"))))
    for query in graph.objects(shape, SH.sparql):
        if graph.value(query, SH.select) is not None:
            yield Asked(Markup(escape(words("what a query looks for is not there"))))


def _nested(graph: Graph, shape: Term, depth: int) -> Iterator[Asked]:
    """The constraints made of shapes."""
    for inner in graph.objects(shape, SH.property):
        yield from asked(graph, inner, depth - 1)
    for inner in graph.objects(shape, SH.node):
        yield from asked(graph, inner, depth - 1)
    for inner in graph.objects(shape, SH["not"]):
        yield Asked(Markup(escape(words("this is not so:"))), asked(graph, inner, depth - 1))
    lists = {
        "or": words("at least one of these:"),
        "xone": words("exactly one of these:"),
        "and": words("all of these:"),
    }
    for name, phrase in lists.items():
        for head in graph.objects(shape, SH[name]):
            members = [asked(graph, m, depth - 1) for m in graph.list_members(head)]
            yield Asked(Markup(escape(phrase)), tuple(_joined(members)))
    for inner in graph.objects(shape, SH.qualifiedValueShape):
        rows = asked(graph, inner, depth - 1)
        for name, phrase in (("qualifiedMinCount", words("at least {} of them so:")),
                             ("qualifiedMaxCount", words("at most {} of them so:"))):  # fmt: skip
            for value in graph.objects(shape, SH[name]):
                yield Asked(Markup(escape(phrase)).format(_value(value)), rows)


def _joined(members: Iterable[tuple[Asked, ...]]) -> Iterator[Asked]:
    """Each member as one row."""
    for rows in members:
        if len(rows) == 1:
            yield rows[0]
        elif rows:
            text = Markup(", ").join(row.text for row in rows)
            yield Asked(text, tuple(inner for row in rows for inner in row.inner))


def _value(value: Term) -> Markup:
    if isinstance(value, ox.Literal) and not value.value.isdigit():
        return Markup("<code>{}</code>").format(value.value)
    return link(value)


def _is_true(graph: Graph, shape: Term, prop: ox.NamedNode) -> bool:
    return any(getattr(value, "value", "") in ("true", "1") for value in graph.objects(shape, prop))
