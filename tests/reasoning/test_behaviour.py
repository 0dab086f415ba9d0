"""What the closure promises beyond single rules: surprises, values, sizes, no side effects."""

from __future__ import annotations

import gc
import subprocess
import sys
from itertools import pairwise

import pyoxigraph as ox
import pytest

from kuvend.errors import BadRequest
from kuvend.namespaces import OWL, RDF, RDFS, XSD
from kuvend.reasoning import Reasoner, close
from kuvend.terms import Term


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:{name}")


def test_a_surprising_equality_names_the_functional_property_behind_it() -> None:
    p, a, b, c = map(iri, "pabc")
    triples = [
        ox.Triple(p, RDF.type, OWL.FunctionalProperty),
        ox.Triple(a, p, b),
        ox.Triple(a, p, c),
    ]
    (same,) = close(triples).same_as
    assert (same.left, same.right, same.rule) == (b, c, "prp-fp")
    assert set(same.triples) == set(triples)


def test_an_asserted_equality_is_no_surprise() -> None:
    assert not close([ox.Triple(iri("a"), OWL.sameAs, iri("b"))]).same_as


@pytest.mark.parametrize(
    ("text", "datatype", "is_wrong"),
    [
        ("2013-13", "gYearMonth", True),
        ("2013-12", "gYearMonth", False),
        ("2023-02-29", "date", True),
        ("2024-02-29", "date", False),
        ("05", "gMonth", True),
        ("--05", "gMonth", False),
        ("P5Y", "duration", False),
        ("5 years", "duration", True),
        ("almost 1000", "integer", True),
    ],
)
def test_a_literal_that_is_not_of_its_datatype_is_a_contradiction(
    text: str, datatype: str, is_wrong: bool
) -> None:
    triple = ox.Triple(iri("a"), iri("p"), ox.Literal(text, datatype=XSD[datatype]))
    found = close([triple]).inconsistencies
    assert [(i.rule, i.triples) for i in found] == (
        [("dt-not-type", (triple,))] if is_wrong else []
    )


def test_language_tags_are_compared_without_regard_to_case() -> None:
    p, a = iri("p"), iri("a")
    triples = [
        ox.Triple(p, RDF.type, OWL.FunctionalProperty),
        *(ox.Triple(a, p, ox.Literal("Kuvend", language=tag)) for tag in ("sq", "SQ")),
    ]
    assert not close(triples).inconsistencies
    other = ox.Triple(a, p, ox.Literal("Kuvend", language="en"))
    assert close([*triples, other]).inconsistencies


def test_literals_keep_their_spelling() -> None:
    p, q, a = iri("p"), iri("q"), iri("a")
    value = ox.Literal("007", datatype=XSD.int)
    inferred = close([ox.Triple(p, RDFS.subPropertyOf, q), ox.Triple(a, p, value)]).inferred
    assert inferred == (ox.Triple(a, q, value),)


def test_a_clique_of_thousands_is_closed_and_given_by_its_representative() -> None:
    things = [iri(f"n{i}") for i in range(3000)]
    triples = [ox.Triple(s, OWL.sameAs, o) for s, o in pairwise(things)]
    triples += [ox.Triple(thing, iri("p"), iri("x")) for thing in things[:5]]
    closure = close(triples)
    assert len(closure.inferred) < 20_000
    assert closure.notes[0].startswith("3000 terms are the same as")
    reasoner = Reasoner(triples)
    assert reasoner.explain(things[2999], iri("p"), iri("x"))


def test_a_hierarchy_of_a_thousand_classes_is_closed() -> None:
    classes = [iri(f"C{i}") for i in range(1000)]
    triples = [ox.Triple(s, RDFS.subClassOf, o) for s, o in pairwise(classes)]
    triples.append(ox.Triple(iri("a"), RDF.type, classes[0]))
    inferred = close(triples).inferred
    assert len(inferred) == 999 * 998 // 2 + 999


def test_a_functional_property_with_many_values_links_them_in_one_line() -> None:
    p, hub = iri("p"), iri("hub")
    triples = [ox.Triple(hub, p, iri(f"v{i}")) for i in range(2000)]
    closure = close([ox.Triple(p, RDF.type, OWL.FunctionalProperty), *triples])
    assert len(closure.same_as) == 1999


def test_no_engine_changes_the_datatypes_of_this_process() -> None:
    """owlrl replaces rdflib's converters of months and days; ours runs it apart."""
    code = """if True:
        import pyoxigraph as ox, rdflib
        from rdflib.term import _toPythonMapping
        from kuvend.reasoning import close
        before = dict(_toPythonMapping)
        a = ox.NamedNode("urn:a")
        for engine in ("owlrl", "kuvend"):
            close([ox.Triple(a, a, a)], engine=engine)
        assert _toPythonMapping == before
        literal = rdflib.Literal("--05", datatype=rdflib.XSD.gMonth)
        assert not literal.ill_typed
        print("unchanged")
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "unchanged", done.stderr


def test_closing_leaves_the_garbage_collector_as_it_was() -> None:
    assert gc.isenabled()
    close([])
    assert gc.isenabled()


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadRequest, match="there is no reasoning engine"):
        close([], engine="guess")


def test_ablation_counts_what_is_lost_and_leaves_the_graph_as_it_was() -> None:
    p, q, a, b = map(iri, "pqab")
    useful = ox.Triple(p, RDF.type, OWL.SymmetricProperty)
    idle = ox.Triple(q, RDF.type, OWL.SymmetricProperty)
    reasoner = Reasoner([useful, idle, ox.Triple(a, p, b)])
    before = reasoner.closure()
    table = reasoner.ablation()
    assert [(row.axiom, row.lost_data) for row in table] == [(useful, 1), (idle, 0)]
    assert table[0].examples == (ox.Triple(b, p, a),)
    assert reasoner.closure() == before


def test_a_schema_that_data_bring_in_late_takes_effect() -> None:
    """Meta-modelling: a data property makes another property transitive."""
    marks, p = iri("marks"), iri("p")
    nodes: list[Term] = [iri(n) for n in "abc"]
    triples = [
        ox.Triple(marks, RDFS.subPropertyOf, RDF.type),
        ox.Triple(p, marks, OWL.TransitiveProperty),
        *(ox.Triple(s, p, o) for s, o in pairwise(nodes)),  # type: ignore[arg-type]
    ]
    assert ox.Triple(iri("a"), p, iri("c")) in close(triples).inferred


def test_long_lists_of_what_is_all_different_or_disjoint_are_checked_in_one_go() -> None:
    def described(kind: Term, members: list[ox.NamedNode], name: str) -> list[ox.Triple]:
        nodes = [ox.BlankNode(f"{name}{i}") for i in range(len(members))]
        triples = [ox.Triple(iri(name), OWL.members, nodes[0])]
        triples.append(ox.Triple(iri(name), RDF.type, kind))  # type: ignore[arg-type]
        for node, member, rest in zip(nodes, members, [*nodes[1:], RDF.nil], strict=True):
            triples += [ox.Triple(node, RDF.first, member), ox.Triple(node, RDF.rest, rest)]
        return triples

    things, classes = [iri(f"i{n}") for n in range(3000)], [iri(f"C{n}") for n in range(1000)]
    graph = [
        *described(OWL.AllDifferent, things, "things"),
        *described(OWL.AllDisjointClasses, classes, "classes"),
        ox.Triple(iri("x"), RDF.type, classes[3]),
    ]
    assert not close(graph).inconsistencies
    reasoner = Reasoner(graph)
    wrong = reasoner.add([ox.Triple(iri("x"), RDF.type, classes[997])])
    assert [i.rule for i in wrong.inconsistencies] == ["cax-adc"]
    reasoner.remove([ox.Triple(iri("x"), RDF.type, classes[997])])
    assert not reasoner.inconsistencies()
    wrong = reasoner.add([ox.Triple(things[0], OWL.sameAs, things[2999])])
    assert [i.rule for i in wrong.inconsistencies] == ["eq-diff2"]
