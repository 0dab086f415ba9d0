"""The W3C tests of SPARQL entailment regimes, asked over the closure.

Run are those whose regimes include RDF, RDFS or OWL with RDF-based semantics (of which OWL 2 RL/RDF
is the rule-based part), with one data file. What the profile does not conclude is listed.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from kuvend.reasoning import close

SUITE = Path(os.environ.get("KUVEND_W3C_SUITES", Path(__file__).parents[3] / "shared" / "w3c"))
FOLDER = SUITE / "sparql" / "sparql11" / "entailment"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
REGIME = "http://www.w3.org/ns/sparql-service-description#entailmentRegime"
RUN = ("RDF", "RDFS", "OWL-RDF-Based")

# Test -> why OWL 2 RL, as a set of rules over triples, does not give these rows.
NOT_CONCLUDED = {
    "rdf01": "RDF types each predicate rdf:Property; no rule of the tables does",
    "rdfs11": "that a property is a subproperty of itself follows (scm-op) where it is declared "
    "an owl:ObjectProperty, not from its use",
    "sparqldl-11": "the range of an inverse property is concluded of each value, not as an axiom",
}


class Case(NamedTuple):
    name: str
    data: Path
    query: Path
    result: Path


def cases() -> list[Case]:
    if not (FOLDER / "manifest.ttl").is_file():
        return []
    store = ox.Store()
    base = "http://example.org/entailment/"
    text = (FOLDER / "manifest.ttl").read_text(encoding="utf-8")
    store.load(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=base)
    rows = store.query(
        f"""SELECT DISTINCT ?test ?data ?query ?result WHERE {{
            ?test <{MF}result> ?result ; <{MF}action> ?action .
            ?action <{QT}query> ?query ; <{QT}data> ?data ; <{REGIME}> ?stated .
            ?stated (<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>*/
                     <http://www.w3.org/1999/02/22-rdf-syntax-ns#first>)? ?regime
            FILTER(?regime IN ({", ".join(f"<http://www.w3.org/ns/entailment/{r}>" for r in RUN)}))
        }} ORDER BY ?test"""
    )
    found = [
        Case(
            row["test"].value.rpartition("#")[2],
            *(FOLDER / row[key].value.rpartition("/")[2] for key in ("data", "query", "result")),
        )
        for row in rows  # type: ignore[union-attr]
    ]
    counts = Counter(case.name for case in found)
    return [case for case in found if counts[case.name] == 1]


CASES = cases()
pytestmark = pytest.mark.skipif(not CASES, reason=f"no W3C suite in {SUITE}")


def solutions(results: object) -> Counter[str]:
    """The rows as text, blank nodes without their names; of ASK the answer."""
    if isinstance(results, ox.QueryBoolean):
        return Counter([str(bool(results))])
    assert isinstance(results, ox.QuerySolutions)
    names = sorted(variable.value for variable in results.variables)
    return Counter(
        " ".join(f"{n}={'_:' if isinstance(row[n], ox.BlankNode) else row[n]}" for n in names)
        for row in results
    )


def answer(case: Case) -> Counter[str]:
    quads = ox.parse(path=str(case.data), format=ox.RdfFormat.TURTLE, base_iri="http://base/")
    triples = [quad.triple for quad in quads]
    closure = close(triples, all_triples=True)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in (*triples, *closure.inferred))
    results = store.query(case.query.read_text(encoding="utf-8"), base_iri="http://base/")
    return solutions(results)


def expected(case: Case) -> Counter[str]:
    results = ox.parse_query_results(path=str(case.result), format=ox.QueryResultsFormat.XML)
    return solutions(results)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_rows_of_the_regime_are_found_in_the_closure(case: Case) -> None:
    missing = expected(case) - answer(case)
    if case.name in NOT_CONCLUDED:
        assert missing, f"{case.name} is listed as not concluded, and is"
    else:
        assert not missing


def test_the_suite_was_found_whole() -> None:
    assert len(CASES) > 30
