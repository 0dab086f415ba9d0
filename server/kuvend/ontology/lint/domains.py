"""Rules on domains and ranges: absent, or saying more than was meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDFS, XSD, compact
from kuvend.ontology.findings import Finding
from kuvend.ontology.graph import Triples
from kuvend.ontology.model import DeclaredTerm, Ontology
from kuvend.terms import Term

_LITERAL = (RDFS.Literal, RDFS.Datatype)


def domain_findings(ontology: Ontology, triples: Triples) -> Iterator[Finding]:
    """Findings on the domains and ranges of the ontology's own properties."""
    rules = _Rules(ontology, triples)
    for term in ontology.of_kind("object property", "datatype property", "property", own=True):
        yield from rules.absent(term)
        yield from rules.wrong_sort(term)
        yield from rules.never(term)


class _Rules:
    def __init__(self, ontology: Ontology, triples: Triples) -> None:
        self.ontology = ontology
        self.triples = triples
        self.disjoint = {frozenset(pair) for pair in triples.disjoint_pairs()}

    def absent(self, term: DeclaredTerm) -> Iterator[Finding]:
        """A property that says nothing of its subjects or values; often on purpose."""
        given = self._implied(term)
        gaps = [name for name in ("domain", "range") if not given[name]]
        if gaps and term.kind == "object property":
            yield self._finding(
                "no-domain-or-range", "info", term, f"has no {' and no '.join(gaps)}."
            )

    def wrong_sort(self, term: DeclaredTerm) -> Iterator[Finding]:
        """An object property with a datatype for range, or the other way round."""
        for iri in term.range:
            is_data = iri.startswith(str(XSD)) or ox.NamedNode(iri) in _LITERAL
            if is_data and term.kind == "object property":
                message = f"is an object property with the datatype {self._show(iri)} for range."
                yield self._finding("range-of-wrong-sort", "error", term, message)
            known = self.ontology.terms.get(iri)
            if known and known.kind == "class" and term.kind == "datatype property":
                message = f"is a datatype property with the class {self._show(iri)} for range."
                yield self._finding("range-of-wrong-sort", "error", term, message)

    def never(self, term: DeclaredTerm) -> Iterator[Finding]:
        """Domains, or ranges, that nothing can fulfil together: each use is a contradiction."""
        for place, classes in self._implied(term).items():
            for left, right in combinations(sorted(classes, key=str), 2):
                if clash := self._clash(left, right):
                    message = (
                        f"wants a {place} that is {self._name(left)} and {self._name(right)}"
                        f" ({self._name(clash[0])} and {self._name(clash[1])} are disjoint)."
                    )
                    yield self._finding("impossible-domain-or-range", "error", term, message)
                    break

    def _implied(self, term: DeclaredTerm) -> dict[str, set[Term]]:
        """The domains and ranges that hold for the property, through those above and inverses."""
        found: dict[str, set[Term]] = {"domain": set(), "range": set()}
        node = ox.NamedNode(term.iri)
        for above in self.triples.above(node, RDFS.subPropertyOf):
            found["domain"].update(self.triples.objects(above, RDFS.domain))
            found["range"].update(self.triples.objects(above, RDFS.range))
            for inverse in self._inverses(above):
                for higher in self.triples.above(inverse, RDFS.subPropertyOf):
                    found["domain"].update(self.triples.objects(higher, RDFS.range))
                    found["range"].update(self.triples.objects(higher, RDFS.domain))
        return found

    def _inverses(self, node: Term) -> list[Term]:
        stated = self.triples.objects(node, OWL.inverseOf)
        return [*stated, *(s for s, o in self.triples.pairs(OWL.inverseOf) if o == node)]

    def _clash(self, left: Term, right: Term) -> tuple[Term, Term] | None:
        for a in self.triples.super_classes(left):
            for b in self.triples.super_classes(right):
                if frozenset({a, b}) in self.disjoint:
                    return a, b
        return None

    def _show(self, iri: str) -> str:
        return compact(iri, self.ontology.prefixes)

    def _name(self, node: Term) -> str:
        return self._show(node.value) if isinstance(node, ox.NamedNode) else "an unnamed class"

    def _finding(self, rule: str, severity: str, term: DeclaredTerm, message: str) -> Finding:
        return Finding(
            rule=rule,
            severity=severity,  # type: ignore[arg-type]
            message=f"{self._show(term.iri)} {message}",
            file=term.file,
            term=term.iri,
        )
