"""What a rule reads: the properties its store is given, no more and no fewer."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kuvend.namespaces import RDF, XSD
from kuvend.reasoning import Reasoner
from kuvend.reasoning.rules import parse_rule

TYPE = RDF.type.value


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("?a <u:p> ?b", {("u:p", None)}),
        ("?a a <u:C> ; <u:p> <u:o>, ?b", {(TYPE, "u:C"), ("u:p", "u:o"), ("u:p", None)}),
        ("?a <u:p>/^<u:q>+ ?b", {("u:p", None), ("u:q", None)}),
        ("?a <u:p> ?b FILTER NOT EXISTS { ?b a <u:C> ; <u:e> 1 }",
         {("u:p", None), (TYPE, "u:C"), ("u:e", None)}),
        ("{ ?a <u:p> ?b } UNION { ?a (<u:q>|<u:r>) ?b } OPTIONAL { ?b <u:s> ?c }",
         {("u:p", None), ("u:q", None), ("u:r", None), ("u:s", None)}),
        ("?a <u:p> ?b MINUS { ?a <u:m> ?b } BIND (EXISTS { ?a <u:e> ?c } AS ?d)",
         {("u:p", None), ("u:m", None), ("u:e", None)}),
        ("{ SELECT ?a ?b { ?a <u:p> ?b } GROUP BY ?a ?b HAVING (EXISTS { ?a <u:h> 1 }) }",
         {("u:p", None), ("u:h", None)}),
        ("?a <u:p> ?b FILTER EXISTS { ?a (<u:q>|<u:r>) ?b }",
         {("u:p", None), ("u:q", None), ("u:r", None)}),
        ("?a <u:p>* ?b", None),
        ("?a <u:p>? ?b", None),
        ("?a !<u:p> ?b", None),
        ("?a <u:p> ?b . ?a ?any ?c", None),
        ("?a <u:p> ?b FILTER EXISTS { ?a ?any ?c }", None),
    ],
)  # fmt: skip
def test_a_rule_reads_what_its_patterns_match(
    where: str, expected: set[tuple[str, str | None]] | None
) -> None:
    reads = parse_rule(f"CONSTRUCT {{ ?a <u:x> ?b }} WHERE {{ {where} }}").reads
    found = reads and {(p.value, None if o is None else o.value) for p, o in reads}
    assert found == expected


@pytest.mark.parametrize("spread", ["", "?a ?any ?thing ."])
def test_what_is_read_of_a_closure_is_enough(spread: str) -> None:
    rule = parse_rule(
        f"CONSTRUCT {{ ?a <u:plain> ?b }} WHERE {{ {spread} ?a a <u:C> ; <u:p> ?b "
        "FILTER NOT EXISTS { ?b <u:gone> ?when } }"
    )
    axiom = ox.Triple(*map(ox.NamedNode, ("u:D", "http://www.w3.org/2000/01/rdf-schema#subClassOf",
                                          "u:C")))  # fmt: skip
    a, b, p, gone = (ox.NamedNode(f"u:{name}") for name in ("a", "b", "p", "gone"))
    reasoner = Reasoner([axiom, ox.Triple(a, p, b)], rules=[rule])
    plain = ox.Triple(a, ox.NamedNode("u:plain"), b)
    assert plain in reasoner.add([ox.Triple(a, RDF.type, ox.NamedNode("u:D"))]).inferred
    assert plain in reasoner.add([ox.Triple(b, gone, ox.Literal("1"))]).withdrawn
    assert plain in reasoner.remove([ox.Triple(b, gone, ox.Literal("1"))]).inferred


@pytest.mark.parametrize("pattern", ["?a <u:q> 1.5", "?a <u:q> ?size"])
def test_a_number_in_another_spelling_is_a_premise_as_it_was_written(pattern: str) -> None:
    where = f"?a <u:p> ?b . {pattern} FILTER NOT EXISTS {{ ?b <u:gone> ?when }}"
    rule = parse_rule(f"CONSTRUCT {{ ?a <u:plain> ?b }} WHERE {{ {where} }}")
    a, b, p, q, plain = (ox.NamedNode(f"u:{name}") for name in ("a", "b", "p", "q", "plain"))
    size = ox.Triple(a, q, ox.Literal("1.50", datatype=XSD.decimal))
    reasoner = Reasoner([ox.Triple(a, p, b), size], rules=[rule])
    (proof,) = reasoner.explain(a, plain, b)
    assert size in proof.asserted()
