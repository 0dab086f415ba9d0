"""The store: one pyoxigraph dataset, its graphs, and who may open it how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

from kuvend.errors import NotFound, Unavailable

DEFAULT_GRAPH = ox.DefaultGraph()


class GraphNames:
    """The names of the named graphs of a project under ``base_iri`` (design: graphs).

    >>> GraphNames("https://w3id.org/kuvend/").evidence.value
    'https://w3id.org/kuvend/graph/evidence'
    """

    def __init__(self, base_iri: str) -> None:
        self.base_iri = base_iri
        self.inferred = self.named("inferred")
        self.evidence = self.named("evidence")
        self.ontology = self.named("ontology")
        self.shapes = self.named("shapes")
        self.catalog = self.named("catalog")

    def named(self, slug: str) -> ox.NamedNode:
        """The graph ``graph/{slug}``."""
        return ox.NamedNode(f"{self.base_iri}graph/{slug}")

    def statements(self, document: str) -> ox.NamedNode:
        """The graph of what the document with this slug asserts."""
        return self.named(f"statements/{document}")

    def is_statements(self, graph_name: ox.NamedNode) -> bool:
        """Whether this graph holds what a document, or a writer, asserts."""
        return graph_name.value.startswith(f"{self.base_iri}graph/statements/")


class Store:
    """A dataset that can be read, and written where it was opened for writing.

    >>> store = Store.in_memory()
    >>> a = ox.NamedNode("urn:a")
    >>> store.add([ox.Quad(a, a, a)])
    >>> len(list(store.quads()))
    1
    """

    def __init__(self, engine: ox.Store, *, path: Path | None = None) -> None:
        self.engine = engine
        self.path = path

    @classmethod
    def in_memory(cls) -> Store:
        """An empty dataset that lives as long as this object."""
        return cls(ox.Store())

    @classmethod
    def create(cls, path: Path) -> Store:
        """An empty dataset on disk, open for writing."""
        return cls(ox.Store(str(path)), path=path)

    @classmethod
    def open_read_only(cls, path: Path) -> Store:
        """The dataset on disk as it stands now; later writes by others are not seen.

        :raises Unavailable: where there is no dataset at ``path``.
        """
        try:
            return cls(ox.Store.read_only(str(path)), path=path)
        except OSError as error:
            raise Unavailable(f"the store at {path} cannot be opened: {error}") from error

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add many quads fast; a failure leaves the store in an unknown state."""
        self.engine.bulk_extend(quads)

    def flush(self) -> None:
        """Make what was loaded durable and compact."""
        self.engine.flush()
        self.engine.optimize()

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in one transaction."""
        self.engine.extend(quads)

    def quads(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None = None,
        predicate: ox.NamedNode | None = None,
        obj: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None = None,
        graph_name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None = None,
    ) -> Iterator[ox.Quad]:
        """Quads of the pattern, lazily; ``None`` matches anything, in any graph."""
        return iter(self.engine.quads_for_pattern(subject, predicate, obj, graph_name))

    def triples(self, graph_name: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Triple]:
        """The triples of one graph, lazily."""
        return (quad.triple for quad in self.quads(graph_name=graph_name))

    def graph_names(self) -> list[ox.NamedNode]:
        """The named graphs, sorted by IRI."""
        names = (n for n in self.engine.named_graphs() if isinstance(n, ox.NamedNode))
        return sorted(names, key=lambda name: name.value)

    def value(
        self,
        subject: ox.NamedNode,
        predicate: ox.NamedNode,
        graph_name: ox.NamedNode | ox.DefaultGraph = DEFAULT_GRAPH,
    ) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
        """The object of a triple that should be there once; the least one if there are several.

        :raises NotFound: where there is none.
        """
        found = sorted(
            (q.object for q in self.quads(subject, predicate, None, graph_name)), key=str
        )
        if not found:
            raise NotFound(f"{subject} has no {predicate} in {graph_name}")
        return found[0]

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The engine releases its lock when the last reference is gone.
        del self.engine
