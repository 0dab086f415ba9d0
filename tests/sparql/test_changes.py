"""Updates and the graph store: one writer, whole changes, kept once acknowledged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kuvend.config import Settings
from kuvend.project import Project
from kuvend.web.changing import close_writer
from kuvend.web.querying import querying

TOKEN = {"Authorization": "Bearer open sesame"}
READER = {"Authorization": "Bearer only looking"}
TURTLE = "<urn:a> <urn:p> 1, 2 ."


def open_app(project: Project) -> Flask:
    from kuvend.web import create_app

    return create_app(project)


def close_app(application: Flask) -> None:
    close_writer(application)
    querying(application).pools.close()


@pytest.fixture(scope="module", params=[256, 0], ids=["in memory", "on disk"])
def scratch(quick_folders: Callable[[], Path], request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application over an empty scratch store with two tokens."""
    reader = hashlib.sha256(b"only looking").hexdigest()
    settings = Settings(
        data_dir=quick_folders(),
        scratch=True,
        token="open sesame",
        tokens=f"visitor:read:{reader}",
        memory_store_mb=request.param,
    )
    project = Project(settings)
    project.ensure_release()
    application = open_app(project)
    yield application
    close_app(application)


@pytest.fixture
def http(scratch: Flask) -> FlaskClient:
    """A client of the scratch store, emptied."""
    client = scratch.test_client()
    assert change(client, "DROP ALL").status_code == 204
    return client


def change(client: FlaskClient, text: str, **options: object) -> object:
    return client.post(
        "/update", data=text, content_type="application/sparql-update", headers=TOKEN, **options
    )  # type: ignore[arg-type]


def count(client: FlaskClient, pattern: str = "?s ?p ?o") -> int:
    text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
    response = client.get("/sparql", query_string={"query": text, "format": "csv"})
    return int(response.data.split()[1])


def test_an_update_by_body_or_form_is_seen_by_the_next_query(http: FlaskClient) -> None:
    assert change(http, "INSERT DATA { <urn:a> <urn:p> 1 }").status_code == 204  # type: ignore[attr-defined]
    assert count(http) == 1
    form = http.post("/update", data={"update": "INSERT DATA { <urn:a> <urn:p> 2 }"}, headers=TOKEN)
    assert form.status_code == 204
    assert count(http) == 2


def test_an_update_whose_second_operation_fails_changes_nothing(http: FlaskClient) -> None:
    refused = change(http, "INSERT DATA { <urn:a> <urn:p> 1 } ; DROP GRAPH <urn:absent>")
    assert refused.status_code == 400  # type: ignore[attr-defined]
    assert count(http) == 0


def test_prefixes_may_be_declared_between_operations(http: FlaskClient) -> None:
    text = """PREFIX a: <urn:a:> INSERT DATA { a:s a:p 1 } ;
        # more
        PREFIX a: <urn:a:> PREFIX b: <urn:b:>
        INSERT { b:s ?p ?o } WHERE { a:s ?p ?o } ;"""
    assert change(http, text).status_code == 204  # type: ignore[attr-defined]
    assert count(http, "<urn:b:s> <urn:a:p> 1") == 1
    wrong = change(http, text + "\nDELETE { b:s ?p } WHERE { b:s ?p ?o }")
    assert wrong.status_code == 400  # type: ignore[attr-defined]
    place = wrong.get_json()  # type: ignore[attr-defined]
    assert (place["line"], place["column"]) == (5, 17)
    other = "; PREFIX b: <urn:c:> INSERT DATA { b:s b:p 1 }"
    assert change(http, text.rstrip(";") + other).status_code == 400  # type: ignore[attr-defined]


def test_the_request_may_name_the_dataset_of_an_update(http: FlaskClient) -> None:
    change(http, "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } <urn:b> <urn:p> 2 }")
    copy = "INSERT { GRAPH <urn:h> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    done = change(http, copy, query_string={"using-graph-uri": "urn:g"})
    assert done.status_code == 204  # type: ignore[attr-defined]
    assert count(http, "GRAPH <urn:h> { <urn:a> ?p ?o }") == 1
    assert count(http, "GRAPH <urn:h> { ?s ?p ?o }") == 1
    twice = copy.replace("WHERE", "USING <urn:h> WHERE")
    conflict = change(http, twice, query_string={"using-graph-uri": "urn:g"})
    assert conflict.status_code == 400  # type: ignore[attr-defined]


@pytest.mark.parametrize("parameters", [{}, {"using-graph-uri": ["urn:g1", "urn:g2"]}])
@pytest.mark.parametrize("form", ["SUM(?o)", "COUNT(*)"])
def test_several_graphs_an_update_uses_are_merged(
    http: FlaskClient, parameters: dict[str, list[str]], form: str
) -> None:
    same = "{ <urn:a> <urn:p> 1 }"
    change(http, f"INSERT DATA {{ GRAPH <urn:g1> {same} GRAPH <urn:g2> {same} }}")
    using = "" if parameters else "USING <urn:g1> USING g:2"
    text = f"""PREFIX g: <urn:g> INSERT {{ <urn:r> <urn:is> ?x }} {using}
        WHERE {{ SELECT ({form} AS ?x) {{ ?s <urn:p> ?o }} }}"""
    assert change(http, text, query_string=parameters).status_code == 204  # type: ignore[attr-defined]
    assert count(http) == 1
    assert count(http, "<urn:r> <urn:is> 1") == 1
    assert count(http, "GRAPH ?g { ?s ?p ?o }") == 2


def test_of_the_merge_of_graphs_nothing_is_left_and_nothing_seen(http: FlaskClient) -> None:
    change(
        http,
        "INSERT DATA { GRAPH <urn:g1> { <urn:a> <urn:p> 1 } GRAPH <urn:g2> { _:b <urn:p> 2 } }",
    )
    change(
        http,
        "DELETE { GRAPH <urn:g1> { ?s ?p ?o } } INSERT { GRAPH <urn:h> { ?s ?p ?o . ?g ?p ?o } } "
        "USING <urn:g1> USING NAMED <urn:g2> USING <urn:g2> USING <urn:none> "
        "WHERE { ?s ?p ?o OPTIONAL { GRAPH ?g { ?s ?p ?o } } } ; "
        "INSERT { GRAPH <urn:i> { ?g ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    )
    assert count(http, "GRAPH <urn:g1> { ?s ?p ?o }") == 0
    assert count(http, "GRAPH <urn:h> { <urn:a> <urn:p> 1 }") == 1
    assert count(http, "GRAPH <urn:h> { <urn:g2> <urn:p> 2 }") == 1
    assert count(http, "GRAPH <urn:g2> { ?b ?p ?o } GRAPH <urn:h> { ?b ?p ?o }") == 1
    assert count(http, "GRAPH <urn:h> { ?s ?p ?o }") == 3
    assert count(http, "GRAPH <urn:i> { ?s ?p ?o }") == 3
    assert count(http) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401), (READER, 403), (TOKEN, 204)],
)
def test_writing_needs_a_token_with_the_right(
    http: FlaskClient, headers: dict[str, str], status: int
) -> None:
    response = http.put(
        "/data?graph=urn:g", data=TURTLE, headers=headers, content_type="text/turtle"
    )
    assert response.status_code == (201 if status == 204 else status)
    assert ("WWW-Authenticate" in response.headers) == (status == 401)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"data": "CLEAR ALL", "content_type": "text/plain"}, 415),
        ({"data": {"query": "ASK {}"}}, 400),
        ({"data": {"update": ["CLEAR ALL", "CLEAR ALL"]}}, 400),
        ({"query_string": {"update": "CLEAR ALL"}, "data": {"update": "CLEAR ALL"}}, 400),
        ({"data": "ASK {}", "content_type": "application/sparql-update"}, 400),
        ({"data": "INSERT DATA {", "content_type": "application/sparql-update"}, 400),
        ({"data": "LOAD <http://a.example/>", "content_type": "application/sparql-update"}, 403),
        ({"data": b"\xff", "content_type": "application/sparql-update"}, 400),
    ],
)
def test_a_wrong_update_is_refused(
    http: FlaskClient, request_: dict[str, object], status: int
) -> None:
    response = http.post("/update", headers=TOKEN, **request_)  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_updates_are_not_sent_by_get(http: FlaskClient) -> None:
    response = http.get("/update?update=CLEAR%20ALL")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("address", ["/data?graph=urn:g", "/data/people/1", "/data?default"])
def test_a_graph_is_put_read_added_to_and_deleted(http: FlaskClient, address: str) -> None:
    put = http.put(address, data=TURTLE, content_type="text/turtle", headers=TOKEN)
    assert put.status_code == (204 if "default" in address else 201)
    assert (
        len(http.get(address, headers={"Accept": "application/n-triples"}).data.splitlines()) == 2
    )
    again = http.put(address, data="<urn:a> <urn:p> 3 .", content_type="text/turtle", headers=TOKEN)
    assert again.status_code == 204
    more = '{"@id": "urn:a", "urn:p": "four"}'
    added = http.post(address, data=more, content_type="application/ld+json", headers=TOKEN)
    assert added.status_code == 204
    read = http.get(address, headers={"Accept": "application/n-triples"})
    assert sorted(line.split()[2][:2] for line in read.data.splitlines()) == [b'"3', b'"f']
    head = http.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert http.delete(address, headers=TOKEN).status_code == 204
    if "default" not in address:
        assert http.get(address).status_code == 404
        assert http.head(address).status_code == 404
        assert http.delete(address, headers=TOKEN).status_code == 404


@pytest.mark.parametrize(
    ("content_type", "body", "line"),
    [
        ("application/n-quads", '<urn:a> <urn:p> "1" .\n<urn:a> <urn:p> "2" <urn:h> .\n', 2),
        ("application/trig", "<urn:h> { <urn:a> <urn:p> 2 }", 1),
        ("application/trig", "_:h { <urn:a> <urn:p> 2 }", 1),
        ("application/ld+json", '{"@id": "urn:h", "@graph": [{"@id": "urn:a", "urn:p": 2}]}', 1),
    ],
)
def test_what_is_sent_to_a_graph_names_no_other(
    http: FlaskClient, content_type: str, body: str, line: int
) -> None:
    for address in ("/data?graph=urn:g", "/data?default", "/data"):
        refused = http.post(address, data=body, content_type=content_type, headers=TOKEN)
        assert refused.status_code == 400
        problem = refused.get_json()
        assert "names another one" in problem["detail"]
        assert problem["line"] == line
        assert "INSERT DATA" in problem["suggestion"]
    assert count(http, "GRAPH ?g { ?s ?p ?o }") == count(http) == 0


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/n-quads", "<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> <urn:c> <urn:g> .\n"),
        ("application/trig", "<urn:g> { <urn:a> <urn:p> 2 } { <urn:a> <urn:p> 1 }"),
    ],
)
def test_quads_of_the_very_graph_and_of_none_are_put_into_it(
    http: FlaskClient, content_type: str, body: str
) -> None:
    put = http.put("/data?graph=urn:g", data=body, content_type=content_type, headers=TOKEN)
    assert put.status_code == 201
    assert count(http, "GRAPH <urn:g> { <urn:a> <urn:p> ?o }") == 2
    assert count(http) == 0


def test_an_empty_graph_is_there(http: FlaskClient) -> None:
    empty = http.put("/data?graph=urn:e", data="", content_type="text/turtle", headers=TOKEN)
    assert empty.status_code == 201
    assert http.get("/data?graph=urn:e").content_type == "text/turtle; charset=utf-8"
    assert http.get("/data?graph=urn:e").status_code == 200


def test_queries_see_empty_graphs_and_tags_tell_of_them(http: FlaskClient) -> None:
    assert put(http, TURTLE) == 201
    before = http.get("/data?graph=urn:g").headers["ETag"]
    assert change(http, "CREATE GRAPH <urn:e>").status_code == 204  # type: ignore[attr-defined]
    assert change(http, "CREATE GRAPH <urn:e>").status_code == 400  # type: ignore[attr-defined]
    assert put(http, TURTLE, If_Match=before) == 412
    assert count(http, "GRAPH <urn:e> {}") == 1
    assert count(http, "GRAPH ?g {}") == 2
    given = {"query": "SELECT ?g { GRAPH ?g {} }", "format": "csv"}
    given |= {"named-graph-uri": ["urn:e", "urn:g"], "default-graph-uri": ["urn:g", "urn:e"]}  # type: ignore[dict-item]
    assert http.get("/sparql", query_string=given).data.count(b"urn:") == 2
    assert change(http, "DROP GRAPH <urn:e>").status_code == 204  # type: ignore[attr-defined]
    assert count(http, "GRAPH <urn:e> {}") == 0
    assert http.get("/data?graph=urn:g").headers["ETag"] == before


def test_data_sent_to_the_store_itself_become_a_new_graph(http: FlaskClient) -> None:
    made = http.post("/data", data=TURTLE, content_type="text/turtle", headers=TOKEN)
    assert made.status_code == 201
    path = made.headers["Location"].removeprefix("http://localhost")
    assert http.get(path).status_code == 200


def test_blank_nodes_of_two_requests_are_never_the_same(http: FlaskClient) -> None:
    for _ in range(2):
        http.post(
            "/data?graph=urn:g", data="_:x <urn:p> 1 .", content_type="text/turtle", headers=TOKEN
        )
    assert count(http, "GRAPH <urn:g> { ?s ?p ?o }") == 2


@pytest.mark.parametrize(
    ("address", "content_type", "body", "status"),
    [
        ("/data?graph=urn:g", "text/turtle", "<urn:a> <urn:b>", 400),
        ("/data?graph=urn:g", "text/plain", TURTLE, 415),
        ("/data?graph=urn:g&default", "text/turtle", TURTLE, 400),
        ("/data?graph=urn:g&graph=urn:h", "text/turtle", TURTLE, 400),
        ("/data", "text/turtle", TURTLE, 400),
        ("/data?graph=urn:%3Eg", "text/turtle", TURTLE, 400),
        ("/data?graph=urn:g", "application/rdf+xml", '<!DOCTYPE a [<!ENTITY b "c">]><a/>', 400),
        ("/data?graph=urn:g", "application/ld+json", "[" * 100_000, 400),
    ],
)
def test_a_wrong_graph_is_refused_with_the_reason(
    http: FlaskClient, address: str, content_type: str, body: str, status: int
) -> None:
    response = http.put(address, data=body, content_type=content_type, headers=TOKEN)
    assert response.status_code == status
    assert response.get_json()["detail"]
    assert count(http, "GRAPH ?g { ?s ?p ?o }") == 0


def put(client: FlaskClient, turtle: str, **conditions: str) -> int:
    headers = {name.replace("_", "-"): value for name, value in conditions.items()}
    response = client.put(
        "/data?graph=urn:g", data=turtle, content_type="text/turtle", headers={**TOKEN, **headers}
    )
    return response.status_code


def test_a_graph_is_replaced_only_as_it_was_read(http: FlaskClient) -> None:
    assert put(http, TURTLE) == 201
    read = http.get("/data?graph=urn:g").headers["ETag"]
    query = {"query": "ASK { GRAPH <urn:g> { ?s ?p 2 } }"}
    asked = http.get("/sparql", query_string=query).headers["ETag"]
    assert put(http, "<urn:a> <urn:p> 3 .", If_Match=read) == 204
    # Both were read before the change.
    for tag in (read, asked, '"0123", W/"4567"'):
        assert put(http, "<urn:a> <urn:p> 4 .", If_Match=tag) == 412
        refused = http.post(
            "/update",
            data="DROP ALL",
            content_type="application/sparql-update",
            headers={**TOKEN, "If-Match": tag},
        )
        assert refused.status_code == 412
        assert "changed since" in refused.get_json()["detail"]
        deleted = http.delete("/data?graph=urn:g", headers={**TOKEN, "If-Match": tag})
        assert deleted.status_code == 412
    assert count(http, "GRAPH <urn:g> { ?s ?p 3 }") == 1
    again = http.get("/data?graph=urn:g").headers["ETag"]
    assert put(http, TURTLE, If_Match=f'"0123", {again}') == 204


def test_a_graph_is_made_or_replaced_only_where_that_is_wanted(http: FlaskClient) -> None:
    assert put(http, TURTLE, If_Match="*") == 412
    assert put(http, TURTLE, If_None_Match='"0123"') == 400
    assert put(http, TURTLE, If_None_Match="*") == 201
    assert put(http, "<urn:a> <urn:p> 3 .", If_None_Match="*") == 412
    assert put(http, "<urn:a> <urn:p> 3 .", If_Match="*") == 204
    assert count(http, "GRAPH <urn:g> { ?s ?p ?o }") == 1


def test_of_two_changes_of_what_was_read_one_is_made(http: FlaskClient) -> None:
    assert put(http, TURTLE) == 201
    tag = http.get("/data?graph=urn:g").headers["ETag"]
    clients = [http.application.test_client() for _ in range(6)]
    with ThreadPoolExecutor(len(clients)) as threads:
        made = list(
            threads.map(lambda c: put(c, f"<urn:a> <urn:p> {id(c)} .", If_Match=tag), clients)
        )
    assert sorted(made) == [204, 412, 412, 412, 412, 412]


def test_the_methods_of_a_graph_are_told(http: FlaskClient) -> None:
    told = http.options("/data?graph=urn:g")
    assert told.status_code == 200
    assert told.headers["Allow"] == "GET, HEAD, PUT, POST, DELETE, OPTIONS"


def test_patch_is_refused_with_the_methods_there_are(http: FlaskClient) -> None:
    response = http.patch("/data?default", headers=TOKEN)
    assert response.status_code == 405
    assert "PUT" in response.headers["Allow"]


def test_without_any_token_nothing_is_taken(client: FlaskClient, app: Flask) -> None:
    from kuvend.web import update

    if "update" not in app.blueprints:
        app.register_blueprint(update.blueprint)
    assert client.post("/update", data={"update": "CLEAR ALL"}).status_code == 403


def test_what_was_acknowledged_is_there_for_another_process(
    http: FlaskClient, scratch: Flask
) -> None:
    change(http, "INSERT DATA { <urn:kept> <urn:p> 1 }")
    project: Project = scratch.extensions["kuvend"]
    reopened = Project(Settings(data_dir=Path(project.settings.data_dir), scratch=True))
    assert len(list(reopened.release().store().quads())) == 1
