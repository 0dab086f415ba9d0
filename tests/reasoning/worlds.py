"""Random small ontologies with data, for tests that compare closures."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD
from kuvend.terms import Term


class World:
    """A random graph: ``schema`` and ``data`` triples over a few classes, properties and things."""

    def __init__(self, seed: int, *, base: str = "urn:w:", size: int = 1) -> None:
        self.random = random.Random(seed)
        self.base = base
        self.classes = [self.iri(f"C{i}") for i in range(5)]
        self.properties = [self.iri(f"p{i}") for i in range(5)]
        self.things = [self.iri(f"i{i}") for i in range(6 * size)]
        self.values: list[Term] = [
            ox.Literal("1", datatype=XSD.integer),
            ox.Literal("01", datatype=XSD.integer),
            ox.Literal("1.0", datatype=XSD.decimal),
            ox.Literal("2", datatype=XSD.integer),
            ox.Literal("one"),
        ]
        self.schema: list[ox.Triple] = []
        self.data: list[ox.Triple] = []
        self._blanks = 0
        kinds = [getattr(self, name) for name in dir(type(self)) if name.startswith("axiom_")]
        for _ in range(self.random.randint(3, 9)):
            self.random.choice(kinds)()
        for _ in range(self.random.randint(5, 14) * size):
            self.data.append(self.statement())

    def iri(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self.base}{name}")

    def statement(self) -> ox.Triple:
        chance = self.random.random()
        if chance < 0.3:
            return ox.Triple(self.thing(), RDF.type, self.cls())
        if chance < 0.36:
            return ox.Triple(self.thing(), OWL.sameAs, self.thing())
        if chance < 0.39:
            return ox.Triple(self.thing(), OWL.differentFrom, self.thing())
        if chance < 0.46:
            value = self.random.choice(self.values)
            return ox.Triple(self.thing(), self.prop(), value)  # type: ignore[arg-type]
        return ox.Triple(self.thing(), self.prop(), self.thing())

    @property
    def triples(self) -> list[ox.Triple]:
        return [*self.schema, *self.data]

    def cls(self) -> ox.NamedNode:
        return self.random.choice(self.classes)

    def prop(self) -> ox.NamedNode:
        return self.random.choice(self.properties)

    def thing(self) -> ox.NamedNode:
        return self.random.choice(self.things)

    def blank(self) -> ox.BlankNode:
        self._blanks += 1
        return ox.BlankNode(f"{''.join(c for c in self.base if c.isalnum())}{self._blanks}")

    def say(self, subject: Term, predicate: ox.NamedNode, obj: Term) -> None:
        self.schema.append(ox.Triple(subject, predicate, obj))  # type: ignore[arg-type]

    def list(self, pick: Callable[[], Term], least: int, most: int) -> Term:
        head: Term = RDF.nil
        for _ in range(self.random.randint(least, most)):
            node = self.blank()
            self.say(node, RDF.first, pick())
            self.say(node, RDF.rest, head)
            head = node
        return head

    def expression(self) -> Term:
        if self.random.random() < 0.5:
            return self.cls()
        node = self.blank()
        self.say(node, OWL.onProperty, self.prop())
        kind = self.random.choice(["some", "all", "value", "max", "thing"])
        if kind == "some":
            self.say(node, OWL.someValuesFrom, self.cls())
        elif kind == "all":
            self.say(node, OWL.allValuesFrom, self.cls())
        elif kind == "value":
            choice = self.values if self.random.random() < 0.2 else self.things
            self.say(node, OWL.hasValue, self.random.choice(choice))
        elif kind == "max":
            self.say(node, OWL.maxCardinality, ox.Literal("1", datatype=XSD.nonNegativeInteger))
        else:
            self.say(node, OWL.someValuesFrom, OWL.Thing)
        return node

    def axiom_sub_class(self) -> None:
        self.say(self.expression(), RDFS.subClassOf, self.expression())

    def axiom_sub_class_again(self) -> None:
        self.say(self.cls(), RDFS.subClassOf, self.expression())

    def axiom_equivalent_class(self) -> None:
        self.say(self.cls(), OWL.equivalentClass, self.expression())

    def axiom_sub_property(self) -> None:
        self.say(self.prop(), RDFS.subPropertyOf, self.prop())

    def axiom_equivalent_property(self) -> None:
        self.say(self.prop(), OWL.equivalentProperty, self.prop())

    def axiom_domain_range(self) -> None:
        self.say(self.prop(), self.random.choice([RDFS.domain, RDFS.range]), self.cls())

    def axiom_inverse(self) -> None:
        self.say(self.prop(), OWL.inverseOf, self.prop())

    def axiom_property_kind(self) -> None:
        kind = self.random.choice(
            [
                "Symmetric",
                "Transitive",
                "Functional",
                "InverseFunctional",
                "Irreflexive",
                "Asymmetric",
            ]
        )
        self.say(self.prop(), RDF.type, OWL[f"{kind}Property"])

    def axiom_chain(self) -> None:
        self.say(self.prop(), OWL.propertyChainAxiom, self.list(self.prop, 1, 3))

    def axiom_union_intersection(self) -> None:
        kind = self.random.choice([OWL.unionOf, OWL.intersectionOf])
        self.say(self.cls(), kind, self.list(self.cls, 1, 3))

    def axiom_one_of(self) -> None:
        self.say(self.cls(), OWL.oneOf, self.list(self.thing, 1, 3))

    def axiom_key(self) -> None:
        self.say(self.cls(), OWL.hasKey, self.list(self.prop, 1, 2))

    def axiom_disjoint(self) -> None:
        if self.random.random() < 0.5:
            self.say(self.cls(), OWL.disjointWith, self.cls())
        else:
            self.say(self.prop(), OWL.propertyDisjointWith, self.prop())

    def axiom_complement(self) -> None:
        self.say(self.cls(), OWL.complementOf, self.cls())

    def axiom_negative_assertion(self) -> None:
        node = self.blank()
        self.say(node, OWL.sourceIndividual, self.thing())
        self.say(node, OWL.assertionProperty, self.prop())
        if self.random.random() < 0.7:
            self.say(node, OWL.targetIndividual, self.thing())
        else:
            self.say(node, OWL.targetValue, self.random.choice(self.values))

    def axiom_qualified_cardinality(self) -> None:
        node = self.blank()
        number = ox.Literal(self.random.choice("01"), datatype=XSD.nonNegativeInteger)
        self.say(node, OWL.onProperty, self.prop())
        self.say(node, OWL.maxQualifiedCardinality, number)
        self.say(node, OWL.onClass, self.random.choice([self.cls(), self.cls(), OWL.Thing]))
        self.say(self.cls(), RDFS.subClassOf, node)

    def axiom_datatype(self) -> None:
        datatype = self.random.choice([XSD.integer, XSD.decimal, XSD.string, RDFS.Literal])
        if self.random.random() < 0.4:
            self.say(self.prop(), RDFS.range, datatype)
            return
        node = self.blank()
        self.say(node, OWL.onProperty, self.prop())
        self.say(node, self.random.choice([OWL.someValuesFrom, OWL.allValuesFrom]), datatype)
        pair = [self.cls(), node]
        self.random.shuffle(pair)
        self.say(pair[0], RDFS.subClassOf, pair[1])

    def axiom_all_different(self) -> None:
        node = self.blank()
        self.say(node, RDF.type, OWL.AllDifferent)
        leads_to = self.random.choice([OWL.members, OWL.distinctMembers])
        self.say(node, leads_to, self.list(self.thing, 2, 3))

    def axiom_all_disjoint(self) -> None:
        node = self.blank()
        if self.random.random() < 0.5:
            self.say(node, RDF.type, OWL.AllDisjointClasses)
            self.say(node, OWL.members, self.list(self.cls, 2, 3))
        else:
            self.say(node, RDF.type, OWL.AllDisjointProperties)
            self.say(node, OWL.members, self.list(self.prop, 2, 3))

    def axiom_declared(self) -> None:
        self.say(self.cls(), RDF.type, OWL.Class)
        self.say(self.prop(), RDF.type, OWL.ObjectProperty)

    def axiom_schema_equality(self) -> None:
        if self.random.random() < 0.3:
            pick = self.random.choice([self.prop, self.cls])
            self.say(pick(), OWL.sameAs, pick())

    def axiom_about_the_vocabulary(self) -> None:
        if self.random.random() < 0.2:
            meta = self.random.choice([RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain])
            self.say(self.prop(), RDFS.subPropertyOf, meta)
