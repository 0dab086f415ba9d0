"""What is inserted into the default graph is stated, though it stood there by inference already."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kuvend.errors import BadRequest
from kuvend.project import Project
from kuvend.project.changes import DELETE, UPDATE, Change
from kuvend.project.live import LiveDataset

PREFIXES = "PREFIX : <https://w3id.org/kuvend/def#> "
UPDATES = ox.NamedNode("https://w3id.org/kuvend/graph/statements/updates")
OTHER = "<https://w3id.org/kuvend/graph/statements/other>"
FOLLOWS = "<urn:a> :number 5 ."
NUMBER = "GRAPH <https://w3id.org/kuvend/graph/statements/updates> { <urn:a> :number 5 }"


@pytest.fixture
def live(small: Project) -> Iterator[LiveDataset]:
    """A dataset in which the size of something is given and its number follows."""
    live = LiveDataset(small)
    update(live, f"INSERT DATA {{ GRAPH {OTHER} {{ <urn:a> :size 5 }} }}")
    assert holds(live, FOLLOWS)
    assert not holds(live, NUMBER)
    return live


def update(live: LiveDataset, text: str) -> str:
    return live.apply(Change(UPDATE, text=PREFIXES + text)).release_id


def holds(live: LiveDataset, pattern: str) -> bool:
    engine = live.project.release().store().engine
    return bool(engine.query(f"{PREFIXES} ASK {{ {pattern} }}"))


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> :number 5 }",
        "INSERT DATA { <urn:b> :number 6 . <urn:a> :number 5. GRAPH <urn:g> { <urn:a> :p 1 } }",
        "INSERT DATA { <urn:b> :number 6 } ; INSERT DATA { GRAPH <urn:g> {} . <urn:a> :number 5. }",
        "INSERT { ?s :number ?n. # as it is }\n } WHERE { ?s :size ?n }",
        "INSERT { GRAPH ?g { ?s :p ?n } ?s :number ?n } WHERE { GRAPH ?g { ?s :size ?n } }",
        "DELETE { ?s :number ?n } INSERT { ?s :number ?n } WHERE { ?s :size ?n }",
        f"INSERT {{ ?s :number ?n ; :of [ :p (1 2) ] }} USING {OTHER} WHERE {{ ?s :size ?n }}",
        "INSERT DATA { GRAPH <urn:g> { <urn:a> :number 5 } } ; ADD <urn:g> TO DEFAULT",
        "INSERT DATA { <urn:a> :number 5 } ; DROP SILENT GRAPH <urn:none>",
        "DELETE DATA { <urn:a> :number 5 } ; INSERT DATA { <urn:a> :number 5 }",
    ],
)
def test_what_follows_and_is_inserted_stays_when_its_premise_goes(
    live: LiveDataset, text: str
) -> None:
    update(live, text)
    assert holds(live, NUMBER)
    update(live, "DELETE DATA { <urn:a> :size 5 }")
    assert holds(live, FOLLOWS)
    assert not holds(live, "<urn:a> :size 5")
    update(live, "DELETE DATA { <urn:a> :number 5 }")
    assert not holds(live, "<urn:a> :number ?n")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { GRAPH <urn:g> { <urn:a> :number 5 } }",
        "INSERT { ?s :number ?n } WHERE { ?s :size ?n FILTER(?n > 5) }",
        "WITH <urn:g> INSERT { ?s :number ?n } WHERE { GRAPH ?g { ?s :size ?n } }",
        "COPY DEFAULT TO <urn:g>",
        "ADD SILENT DEFAULT TO DEFAULT",
        # Nothing but what it says is seen by the operations after it.
        "INSERT DATA { <urn:b> :n 1 } ; INSERT { ?g :p 1 } WHERE { GRAPH ?g { ?s :n 1 } }",
    ],
)
def test_what_is_not_inserted_into_the_default_graph_is_not_stated(
    live: LiveDataset, text: str
) -> None:
    update(live, text)
    assert holds(live, FOLLOWS)
    assert not holds(live, NUMBER)
    assert not holds(live, "?g :p 1")


def test_what_a_graph_of_statements_says_is_not_stated_again(live: LiveDataset) -> None:
    update(live, "INSERT DATA { <urn:a> :size 5 }")
    assert not holds(live, f"GRAPH {UPDATES} {{ ?s ?p ?o }}")
    # It moves where it is taken from the one and inserted into the other.
    size = "{ ?s :size ?n }"
    update(live, f"DELETE {{ GRAPH {OTHER} {size} }} INSERT {size} WHERE {size}")
    assert holds(live, f"GRAPH {UPDATES} {{ <urn:a> :size 5 }}")
    assert not holds(live, f"GRAPH {OTHER} {{ ?s ?p ?o }}")


def test_what_the_ontology_says_may_be_stated_as_well(live: LiveDataset) -> None:
    axiom = ":size <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> :number"
    update(live, f"INSERT DATA {{ {axiom} }}")
    assert holds(live, f"GRAPH {UPDATES} {{ {axiom} }}")
    live.apply(Change(DELETE, graph=UPDATES.value))
    assert holds(live, axiom)


def test_an_update_that_fails_half_way_leaves_everything_as_it_was(live: LiveDataset) -> None:
    before = {str(quad) for quad in live._draft.store}
    graphs = set(live._draft.store.named_graphs())
    for text in (
        f"DROP GRAPH {OTHER} ; INSERT DATA {{ <urn:b> :number 6 }} ; DROP GRAPH <urn:none>",
        "CREATE GRAPH <urn:g> ; ADD <urn:g> TO DEFAULT ; CREATE GRAPH <urn:g>",
        "INSERT DATA { <urn:b> :number 6 } ; INSERT DATA { <urn:c> }",
    ):
        with pytest.raises(BadRequest):
            update(live, text)
        assert {str(quad) for quad in live._draft.store} == before
        assert set(live._draft.store.named_graphs()) == graphs
    assert not holds(live, "<urn:b> ?p ?o")
