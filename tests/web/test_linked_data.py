"""Dereferencing: 303, content negotiation, canonical IRIs, headers, conditional requests."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient

from kuvend.formats import by_extension, by_name
from kuvend.namespaces import FOAF, KV, OA, PROV, RDF
from kuvend.project import Project, Release
from kuvend.web.knowledge import Knowledge
from kuvend.web.negotiation import DESCRIPTION_FORMATS
from kuvend.web.proving import prove
from kuvend.web.reading import GROUPS

BASE = "https://w3id.org/kuvend/"
UNION = ox.NamedNode(f"{BASE}id/org/konya-union")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

ACCEPTED = [
    ("text/turtle", "text/turtle; charset=utf-8"),
    ("application/ld+json", "application/ld+json"),
    ("application/n-triples", "application/n-triples"),
    ("application/rdf+xml", "application/rdf+xml"),
    ("application/trig", "application/trig"),
    ("application/n-quads", "application/n-quads"),
    (BROWSER, "text/html; charset=utf-8"),
    ("*/*", "text/html; charset=utf-8"),
    ("application/rdf+xml;q=0.5, text/turtle;q=0.9", "text/turtle; charset=utf-8"),
]


def triples(body: bytes, name: str) -> list[ox.Triple]:
    format_ = by_name(name, DESCRIPTION_FORMATS)
    assert format_ is not None
    assert format_.rdf is not None
    return [quad.triple for quad in ox.parse(body, format=format_.rdf)]


def test_a_thing_answers_303_to_its_description(client: FlaskClient) -> None:
    response = client.get("/id/org/konya-union", headers={"Accept": "text/turtle"})
    assert response.status_code == 303
    assert response.headers["Location"] == "/doc/org/konya-union"
    assert client.get("/id/org/konya-union.ttl").headers["Location"].endswith("konya-union.ttl")


def test_a_thing_nobody_speaks_of_is_404_and_not_303(client: FlaskClient) -> None:
    assert client.get("/id/org/no-such-body").status_code == 404


@pytest.mark.parametrize(("accept", "content_type"), ACCEPTED)
def test_the_description_comes_in_the_format_asked_for(
    client: FlaskClient, accept: str, content_type: str
) -> None:
    response = client.get("/doc/org/konya-union", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.content_type == content_type
    assert {"Accept", "Accept-Language"} <= set(response.vary)


@pytest.mark.parametrize("extension", ["ttl", "jsonld", "nt", "rdf", "trig", "nq"])
def test_an_extension_wins_over_accept_and_every_format_holds_the_same(
    client: FlaskClient, extension: str
) -> None:
    response = client.get(f"/doc/org/konya-union.{extension}", headers={"Accept": "text/html"})
    format_ = by_extension(extension, DESCRIPTION_FORMATS)
    assert format_ is not None
    assert response.mimetype == format_.media_type
    named = {t for t in triples(response.data, format_.name) if is_ground(t)}
    turtle = client.get("/doc/org/konya-union.ttl").data
    assert named == {t for t in triples(turtle, "turtle") if is_ground(t)}
    assert ox.Triple(UNION, RDF.type, KV.LocalAdministrationUnion) in named


def is_ground(triple: ox.Triple) -> bool:
    return not isinstance(triple.subject, ox.BlankNode) and not isinstance(
        triple.object, ox.BlankNode
    )


def test_an_accept_header_nothing_fits_is_406_with_what_there_is(client: FlaskClient) -> None:
    response = client.get("/doc/org/konya-union", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.mimetype == "application/problem+json"
    assert "text/turtle" in response.json["suggestion"]


def test_the_iris_stay_canonical_whatever_the_host(client: FlaskClient) -> None:
    body = client.get("/doc/org/konya-union.nt", headers={"Host": "example.org"}).text
    assert "example.org" not in body
    assert str(UNION) in body


def test_turtle_tells_asserted_inferred_and_evidence_apart(client: FlaskClient) -> None:
    text = client.get("/doc/org/konya-union.ttl").text
    heads = ["# What the documents assert", "# What follows by rule", "# The evidence"]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert "org:transitiveSubOrganizationOf" not in text[: places[1]]


def test_trig_keeps_the_named_graphs(client: FlaskClient, project: Project) -> None:
    body = client.get("/doc/org/konya-union.trig").data
    quads = list(ox.parse(body, format=ox.RdfFormat.TRIG))
    names = {quad.graph_name for quad in quads}
    graphs = project.graphs
    assert {graphs.statements("konya-union-history"), graphs.inferred, graphs.evidence} <= names
    named = {quad.triple for quad in quads if quad.graph_name != ox.DefaultGraph()}
    assert named <= {quad.triple for quad in quads if quad.graph_name == ox.DefaultGraph()}


def test_the_evidence_of_a_thing_comes_with_its_selectors(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/doc/org/konya-union.ttl").text)
    quotes = {str(o) for o in graph.objects(None, rdflib.URIRef(OA.exact.value))}
    assert "bir kamu kurumudur" in quotes


def test_the_description_says_what_it_is_about(client: FlaskClient) -> None:
    found = triples(client.get("/doc/org/konya-union.nt").data, "ntriples")
    document = ox.NamedNode(f"{BASE}doc/org/konya-union")
    assert ox.Triple(document, FOAF.primaryTopic, UNION) in found


def test_json_ld_has_a_context_and_short_names(client: FlaskClient) -> None:
    value = json.loads(client.get("/doc/org/konya-union.jsonld").text)
    assert value["@context"]["kv"] == f"{BASE}def#"
    ids = {node["@id"] for node in value["@graph"]}
    assert "id-org:konya-union" in ids


def test_the_link_header_names_the_thing_its_types_formats_and_licence(
    client: FlaskClient,
) -> None:
    links = client.get("/doc/org/konya-union", headers={"Accept": BROWSER}).headers.getlist("Link")
    joined = "\n".join(links)
    assert f'<{UNION.value}>; rel="cite-as"' in joined
    assert '</doc/org/konya-union.ttl>; rel="alternate"; type="text/turtle"' in joined
    assert f'<{KV.LocalAdministrationUnion.value}>; rel="type"' in joined
    assert 'rel="license"' in joined
    assert 'rel="describedby"' in joined


def test_a_client_that_has_the_representation_gets_304(client: FlaskClient) -> None:
    first = client.get("/doc/org/konya-union.ttl")
    again = client.get("/doc/org/konya-union.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_tag_that_a_proxy_weakened_still_gives_304(client: FlaskClient) -> None:
    tag = client.get("/doc/org/akk").headers["ETag"]
    assert client.get("/doc/org/akk", headers={"If-None-Match": f"W/{tag}"}).status_code == 304


def test_the_shapes_have_a_short_path(client: FlaskClient) -> None:
    assert client.get("/shapes").mimetype == "text/html"
    assert client.get("/shapes.ttl").mimetype == "text/turtle"


def test_the_etag_differs_by_format_and_language(client: FlaskClient) -> None:
    def tag(accept: str, language: str) -> str:
        headers = {"Accept": accept, "Accept-Language": language}
        return client.get("/doc/org/konya-union", headers=headers).headers["ETag"]

    tags = {tag("text/turtle", "en"), tag("text/html", "en"), tag("text/html", "tr")}
    assert len(tags) == 3


def test_head_answers_as_get_without_a_body(client: FlaskClient) -> None:
    response = client.head("/doc/org/konya-union", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert response.content_type.startswith("text/turtle")
    assert response.data == b""


def test_reading_is_open_to_other_origins_and_writing_is_not_offered(client: FlaskClient) -> None:
    origin = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    response = client.options("/doc/org/konya-union", headers=origin)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "Authorization" not in response.headers["Access-Control-Allow-Headers"]


def test_every_response_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", "/doc/org/konya-union.ttl", "/nothing-here", "/static/kuvend.css"):
        with client.get(path) as response:
            headers = response.headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in headers


def test_the_graph_of_a_document_and_the_whole_dataset_can_be_taken_away(
    client: FlaskClient, release: Release
) -> None:
    body = client.get("/graph/statements/konya-union-history.nt").data
    size = release.manifest["graphs"][f"{BASE}graph/statements/konya-union-history"]
    assert len(triples(body, "ntriples")) == size
    with client.get("/dataset.nq") as response:
        assert response.data == release.dataset_path.read_bytes()


def test_the_text_of_a_document_is_the_text_of_the_file(
    client: FlaskClient, project: Project
) -> None:
    file = project.folder.data / "documents" / "konya-union-history.tr.txt"
    assert client.get("/document/konya-union-history.txt").data == file.read_bytes()


def test_the_ontology_is_given_without_what_is_restated_of_others(client: FlaskClient) -> None:
    found = triples(client.get("/def.ttl").data, "turtle")
    named = {t.subject.value for t in found if isinstance(t.subject, ox.NamedNode)}
    assert f"{BASE}def#Municipality" in named
    assert all(iri.startswith(f"{BASE}def") for iri in named)


def test_the_dataset_describes_itself_at_the_well_known_place(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/.well-known/void").text)
    dataset = rdflib.URIRef(f"{BASE}dataset")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    assert (dataset, void.sparqlEndpoint, rdflib.URIRef(f"{BASE}sparql")) in graph
    assert (dataset, void.dataDump, rdflib.URIRef(f"{BASE}dataset.nq")) in graph


def test_robots_sitemap_and_api_description_are_there(client: FlaskClient) -> None:
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    sitemap = client.get("/sitemap.xml")
    assert sitemap.mimetype == "application/xml"
    assert "<loc>http://localhost/doc/org/konya-union</loc>" in sitemap.text
    api = client.get("/openapi.json").json
    assert api["openapi"] == "3.1.0"
    assert "/queries/konya-assembly-meetings" in api["paths"]


def test_a_mount_point_is_kept_in_every_link(client: FlaskClient) -> None:
    response = client.get(
        "/doc/org/konya-union",
        headers={"Accept": "text/html"},
        environ_overrides={"SCRIPT_NAME": "/graph-server"},
    )
    assert 'href="/doc/' not in response.text
    assert 'href="/graph-server/doc/' in response.text


def test_the_claim_of_a_statement_is_dereferenced(client: FlaskClient) -> None:
    found = triples(client.get("/doc/org/konya-union.nt").data, "ntriples")
    claim = next(t.subject for t in found if t.predicate == KV.supportedBy)
    assert isinstance(claim, ox.NamedNode)
    body = client.get(f"/doc/{claim.value.removeprefix(BASE + 'id/')}.nt").data
    assert ox.Triple(claim, RDF.type, KV.Claim) in triples(body, "ntriples")
    path = f"/doc/{claim.value.removeprefix(BASE + 'id/')}"
    page = client.get(f"{path}.html?lang=tr").text
    assert f'href="{path}.ttl"' in page


def test_a_source_gives_its_whole_text(client: FlaskClient, project: Project) -> None:
    found = triples(client.get("/doc/org/konya-union.nt").data, "ntriples")
    source = next(t.object for t in found if t.predicate == OA.hasSource)
    assert isinstance(source, ox.NamedNode)
    body = client.get(f"/doc/{source.value.removeprefix(BASE + 'id/')}.nt").data
    values = [t.object.value for t in triples(body, "ntriples") if t.predicate == PROV.value]
    file = project.folder.data / "documents" / "konya-union-history.tr.txt"
    assert values == [file.read_text(encoding="utf-8")]


def test_every_inferred_statement_about_a_thing_has_a_proof_that_ends_in_sentences(
    project: Project, release: Release
) -> None:
    known = Knowledge(project, release)
    unproved, without_claim = [], []
    inferred = [
        quad.triple
        for quad in known.store.quads(graph_name=project.graphs.inferred)
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(f"{BASE}id/")
    ]
    assert len(inferred) > 1000
    for triple in inferred:
        proof = prove(known, triple)
        if proof is None:
            unproved.append(triple)
        elif not proof.all_claims():
            without_claim.append(triple)
    assert not unproved
    assert not without_claim


def test_an_explanation_names_rule_premises_axiom_and_quote(client: FlaskClient) -> None:
    path = "/explain?s=id/org/konya-union&p=kv:hasLegalBasis&o=id/law/law-5355"
    proof = client.get(path, headers={"Accept": "application/json"}).json["proof"]
    assert proof["rule"] == "prp-spo2"
    assert proof["axioms"]
    assert "gereğince" in proof["premises"][0]["claims"][0]["passages"][0]["quote"]
    turtle = client.get(path, headers={"Accept": "text/turtle"}).text
    assert "# What it follows from" in turtle


def test_what_is_not_in_the_graph_is_not_explained_away(client: FlaskClient) -> None:
    path = "/explain?s=id/law/law-5355&p=kv:hasLegalBasis&o=id/org/konya-union"
    assert client.get(path, headers={"Accept": "application/json"}).json["proof"] is None
    page = client.get(path, headers={"Accept": "text/html"}).text
    assert "That does not make it false" in page


def test_every_property_of_the_reading_order_is_declared(
    project: Project, release: Release
) -> None:
    prefixes = project.prefixes
    named = [name for names in GROUPS.values() for name in names]
    assert len(named) == len(set(named))
    missing = []
    for name in named:
        prefix, _, local = name.partition(":")
        term = ox.NamedNode(prefixes[prefix] + local)
        if prefix in {"rdf", "rdfs"}:
            continue
        if not any(True for _ in release.store().quads(term, RDF.type)):
            missing.append(name)
    assert not missing
