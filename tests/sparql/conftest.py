"""Fixtures of the SPARQL tests: a project with a small published release, and its application."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from listener import Listener

from kuvend.config import Settings
from kuvend.project import Project
from kuvend.project.folder import ProjectFolder
from kuvend.sparql import QueryPool
from kuvend.store import Store

BASE = "https://w3id.org/kuvend/"
STATEMENTS = [ox.NamedNode(f"{BASE}graph/statements/{name}") for name in ("a", "b")]
ONTOLOGY = ox.NamedNode(f"{BASE}graph/ontology")
INFERRED = ox.NamedNode(f"{BASE}graph/inferred")
AKK = ox.NamedNode(f"{BASE}id/org/akk")
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
ASSOCIATION, ORGANISATION = (
    ox.NamedNode(f"{BASE}def#{n}") for n in ("Association", "Organisation")
)

SMALL_ONTOLOGY = f"""
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<{BASE}def> a owl:Ontology .
<{BASE}def#size> a owl:DatatypeProperty ; rdfs:subPropertyOf <{BASE}def#number> .
<{BASE}def#number> a owl:DatatypeProperty .
"""
SMALL_SHAPE = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
<{BASE}shapes#Size> a sh:NodeShape ; sh:targetSubjectsOf <{BASE}def#size> ;
    sh:property <{BASE}shapes#Size-size> .
<{BASE}shapes#Size-size> sh:path <{BASE}def#size> ; sh:maxInclusive 100 ;
    sh:message "{{$this}} is of size {{$value}}, which is too large."@en .
"""


def small_dataset() -> list[ox.Quad]:
    """Two documents that agree on one triple, one inferred triple, and their merge."""
    said = ox.Triple(AKK, TYPE, ASSOCIATION)
    label = ox.Triple(AKK, LABEL, ox.Literal("Asociacioni i Komunave të Kosovës", language="sq"))
    inferred = ox.Triple(AKK, TYPE, ORGANISATION)
    axiom = ox.Triple(ASSOCIATION, LABEL, ox.Literal("Association", language="en"))
    named = [
        (said, STATEMENTS[0]), (label, STATEMENTS[0]), (said, STATEMENTS[1]),
        (axiom, ONTOLOGY), (inferred, INFERRED),
    ]  # fmt: skip
    quads = [ox.Quad(t.subject, t.predicate, t.object, g) for t, g in named]
    merged = {t for t, _ in named}
    return quads + [ox.Quad(t.subject, t.predicate, t.object) for t in merged]


def many_numbers(count: int) -> list[ox.Quad]:
    """``count`` triples, enough for queries that never end."""
    return [
        ox.Quad(ox.NamedNode(f"urn:s{i}"), ox.NamedNode(f"urn:p{i % 10}"), ox.Literal(i))
        for i in range(count)
    ]


@pytest.fixture(scope="session")
def quick_folders() -> Iterator[Callable[[], Path]]:
    """A function that makes folders in memory where there is such a place.

    A change is on disk before it is acknowledged, which hundreds of tests need not wait for.
    """
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place, prefix="kuvend-") as root:
        numbers = itertools.count()

        def make() -> Path:
            folder = Path(root) / str(next(numbers))
            folder.mkdir()
            return folder

        yield make


@pytest.fixture
def scratch(quick_folders: Callable[[], Path]) -> Project:
    """An empty project that takes graphs as they come."""
    project = Project(Settings(data_dir=quick_folders(), scratch=True))
    project.ensure_release()
    return project


@pytest.fixture
def small(quick_folders: Callable[[], Path]) -> Project:
    """A project of two properties and one shape, without documents."""
    root = quick_folders()
    for name in ("ontology", "shapes", "queries", "data/documents", "data/statements"):
        (root / name).mkdir(parents=True)
    (root / "ontology" / "size.ttl").write_text(SMALL_ONTOLOGY, encoding="utf-8")
    (root / "shapes" / "size.ttl").write_text(SMALL_SHAPE, encoding="utf-8")
    (root / "data" / "documents" / "catalogue.ttl").touch()
    project = Project(Settings(data_dir=root / "state"), ProjectFolder.open(root))
    project.build()
    return project


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store on disk with the small dataset and two thousand numbers."""
    path = tmp_path_factory.mktemp("sparql") / "store"
    with Store.create(path) as store:
        store.load([*small_dataset(), *many_numbers(2000)])
        store.flush()
    return path


@pytest.fixture
def make_pool(store_path: Path) -> Iterator[Callable[..., QueryPool]]:
    """A function that opens a pool with some settings changed; closed after the test."""
    pools: list[QueryPool] = []

    def make(**changes: object) -> QueryPool:
        pool = QueryPool(store_path, Settings(**changes), prefixes={"kv": f"{BASE}def#"})  # type: ignore[arg-type]
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the small dataset published as its release."""
    project = Project(Settings(data_dir=tmp_path_factory.mktemp("data"), query_timeout_s=5.0))
    quads = [*small_dataset(), *many_numbers(2000)]
    counts = {"default": sum(q.graph_name == ox.DefaultGraph() for q in quads)}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            counts[quad.graph_name.value] = counts.get(quad.graph_name.value, 0) + 1
    project.releases.publish_locked(quads, {"date": "2026-01-01", "graphs": counts})
    return project


@pytest.fixture(scope="module")
def app(served: Project) -> Iterator[Flask]:
    """An application with the SPARQL blueprint alone."""
    from kuvend.web import errors, headers, sparql
    from kuvend.web.querying import querying

    application = Flask("kuvend.web")
    application.extensions["kuvend"] = served
    application.config["MAX_CONTENT_LENGTH"] = served.settings.max_body_bytes
    errors.install(application)
    headers.install(application)
    application.register_blueprint(sparql.blueprint)
    yield application
    querying(application).pools.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without state."""
    return app.test_client()


@pytest.fixture(scope="module")
def whole(served: Project) -> Iterator[FlaskClient]:
    """A client of the whole application, pages included."""
    from kuvend.web import create_app
    from kuvend.web.querying import querying

    made = create_app(served)
    yield made.test_client()
    querying(made).pools.close()


@pytest.fixture(scope="module")
def canary() -> Iterator[Listener]:
    """A listener nobody may call."""
    listener = Listener()
    yield listener
    listener.socket.close()
