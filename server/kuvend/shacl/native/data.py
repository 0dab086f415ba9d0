"""The data graph of a validation: triples by property, both ways, and the walks along paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kuvend.namespaces import RDF, RDFS
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat
from kuvend.shacl.paths import Sequence as PathSequence
from kuvend.terms import Term

_TYPE, _SUBCLASS = RDF.type.value, RDFS.subClassOf.value
_NOTHING: tuple[Term, ...] = ()


class DataGraph:
    """Triples indexed by property. Terms are compared as written, lexical form and all.

    >>> import pyoxigraph as ox
    >>> a, p = ox.NamedNode("urn:a"), ox.NamedNode("urn:p")
    >>> DataGraph([(a, p, a)]).values(a, Predicate(p))
    [<NamedNode value=urn:a>]
    """

    def __init__(self, triples: Iterable[Sequence[Term]]) -> None:
        self.forward: dict[str, dict[Term, list[Term]]] = {}
        self._backward: dict[str, dict[Term, list[Term]]] = {}
        self._instances: dict[Term, frozenset[Term]] = {}
        self._superclasses: dict[Term, frozenset[Term]] = {}
        self.size = 0
        names: dict[Term, str] = {}
        seen: set[tuple[Term, str, Term]] = set()
        for subject, predicate, value in triples:
            if isinstance(value, ox.Triple) or isinstance(subject, ox.Triple):
                continue  # SHACL 1.0 knows no triple terms
            name = names.get(predicate)
            if name is None:
                name = names[predicate] = predicate.value  # type: ignore[union-attr]
            if (subject, name, value) in seen:
                continue
            seen.add((subject, name, value))
            self.forward.setdefault(name, {}).setdefault(subject, []).append(value)
        self.size = len(seen)

    def triples(self) -> Iterator[tuple[Term, str, Term]]:
        """All triples, property by property."""
        for predicate, rows in self.forward.items():
            for subject, values in rows.items():
                for value in values:
                    yield subject, predicate, value

    def objects(self, subject: Term, predicate: str) -> Sequence[Term]:
        """The values of a property of a node."""
        return self.forward.get(predicate, {}).get(subject, _NOTHING)

    def backward(self, predicate: str) -> dict[Term, list[Term]]:
        """The subjects of each value of a property; made when first asked for."""
        found = self._backward.get(predicate)
        if found is None:
            found = self._backward[predicate] = {}
            for subject, values in self.forward.get(predicate, {}).items():
                for value in values:
                    found.setdefault(value, []).append(subject)
        return found

    def subjects(self, predicate: str, value: Term) -> Sequence[Term]:
        """The nodes that have this value of a property."""
        return self.backward(predicate).get(value, _NOTHING)

    def classes_under(self, cls: Term) -> frozenset[Term]:
        """A class and all its subclasses in the data."""
        found = self._superclasses.get(cls)
        if found is None:
            found = frozenset(self._closure([cls], _SUBCLASS, backwards=True))
            self._superclasses[cls] = found
        return found

    def instances(self, cls: Term) -> frozenset[Term]:
        """The nodes of a class or of one of its subclasses."""
        found = self._instances.get(cls)
        if found is None:
            by_class = self.backward(_TYPE)
            under = self.classes_under(cls)
            found = frozenset(node for one in under for node in by_class.get(one, _NOTHING))
            self._instances[cls] = found
        return found

    def values(self, node: Term, path: Path) -> list[Term]:
        """The nodes a walk from ``node`` along ``path`` ends at, each once.

        Source: SHACL §2.3.1, SPARQL 1.1 §9.3.
        """
        if isinstance(path, Predicate):
            return list(self.objects(node, path.iri.value))
        return list(dict.fromkeys(self._walk(node, path)))

    def _walk(self, node: Term, path: Path) -> Iterable[Term]:
        if isinstance(path, Predicate):
            return self.objects(node, path.iri.value)
        if isinstance(path, Inverse):
            return self._walk_back(node, path.path)
        if isinstance(path, Alternative):
            return [value for part in path.parts for value in self._walk(node, part)]
        if isinstance(path, PathSequence):
            nodes: Iterable[Term] = [node]
            for part in path.parts:
                nodes = list(dict.fromkeys(v for n in nodes for v in self._walk(n, part)))
            return nodes
        return self._repeat(node, path)

    def _walk_back(self, node: Term, path: Path) -> Iterable[Term]:
        if isinstance(path, Predicate):
            return self.subjects(path.iri.value, node)
        if isinstance(path, Inverse):
            return self._walk(node, path.path)
        if isinstance(path, Alternative):
            return [value for part in path.parts for value in self._walk_back(node, part)]
        if isinstance(path, PathSequence):
            nodes: Iterable[Term] = [node]
            for part in reversed(path.parts):
                nodes = list(dict.fromkeys(v for n in nodes for v in self._walk_back(n, part)))
            return nodes
        return self._repeat(node, Repeat(Inverse(path.path), path.mark))

    def _repeat(self, node: Term, path: Repeat) -> list[Term]:
        if path.mark == "?":
            return list(dict.fromkeys([node, *self._walk(node, path.path)]))
        found: dict[Term, None] = {node: None} if path.mark == "*" else {}
        waiting = [node]
        while waiting:
            for value in self._walk(waiting.pop(), path.path):
                if value not in found:
                    found[value] = None
                    waiting.append(value)
        return list(found)

    def _closure(self, start: list[Term], predicate: str, *, backwards: bool) -> list[Term]:
        found = dict.fromkeys(start)
        waiting = list(start)
        while waiting:
            node = waiting.pop()
            near = self.subjects(predicate, node) if backwards else self.objects(node, predicate)
            for other in near:
                if other not in found:
                    found[other] = None
                    waiting.append(other)
        return list(found)
