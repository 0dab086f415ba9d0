"""The query library over HTTP: every query runs, takes parameters, and shows its sentences."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable

from flask.testing import FlaskClient
from html_page import Page

from kuvend.project import Project
from kuvend.queries import load_library


def rows(response_text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response_text)))


def test_every_query_of_the_library_has_a_page_that_answers(
    client: FlaskClient, project: Project
) -> None:
    library = load_library(project.folder.queries)
    assert len(library) > 20
    wrong = []
    for query in library:
        response = client.get(f"/queries/{query.name}", headers={"Accept": "text/html"})
        if response.status_code != 200 or 'class="problem"' in response.text:
            wrong.append(query.name)
    assert not wrong


def test_most_competency_queries_show_the_sentences_behind_their_rows(
    client: FlaskClient, project: Project
) -> None:
    queries = load_library(project.folder.queries).of_kind("competency")
    pages = [client.get(f"/queries/{q.name}", headers={"Accept": "text/html"}) for q in queries]
    with_sentence = [p for p in pages if 'class="quote"' in p.text or 'class="said"' in p.text]
    assert len(with_sentence) > 0.7 * len(pages)


def test_a_query_is_a_call_with_every_result_format(client: FlaskClient) -> None:
    path = "/queries/konya-assembly-meetings"
    for extension, media_type in (
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
        ("srj", "application/sparql-results+json"),
        ("srx", "application/sparql-results+xml"),
    ):
        assert client.get(f"{path}.{extension}").mimetype == media_type
    months = {row["month"].rpartition("/")[2] for row in rows(client.get(f"{path}.csv").text)}
    assert months == {"May", "November"}


def test_a_parameter_takes_the_place_of_the_default(client: FlaskClient) -> None:
    path = "/queries/akk-objectives.csv"
    assert len(rows(client.get(path).text)) == 7
    assert rows(client.get(f"{path}?body=id-org:rochester-hills").text) == []


def test_a_parameter_cannot_change_the_query(client: FlaskClient) -> None:
    response = client.get(
        "/queries/akk-objectives.csv", query_string={"body": "urn:x> } ?s ?p ?o . { <urn:y"}
    )
    assert response.status_code == 400


def test_the_text_of_a_query_can_be_taken_away(client: FlaskClient, project: Project) -> None:
    response = client.get("/queries/akk-objectives.rq")
    assert response.mimetype == "application/sparql-query"
    assert response.data == (project.folder.queries / "front/akk-objectives.rq").read_bytes()


def test_a_query_is_found_by_the_id_in_its_header_too(client: FlaskClient) -> None:
    assert client.get("/queries/Q15.csv").status_code == 200


def test_counts_that_differ_are_each_shown_with_their_own_sentence(
    page: Callable[..., Page],
) -> None:
    text = page("/queries/ukrainian-cities-members").text
    assert "близько 1000 громад" in text
    assert "майже 1000 членів" in text
    assert "Віталій" in text or "Vitali" in text


QUERY = """PREFIX kv: <https://w3id.org/kuvend/def#>
PREFIX id-organ: <https://w3id.org/kuvend/id/organ/>
SELECT ?month { id-organ:konya-assembly kv:governedByRule/kv:inMonth ?month }"""


def test_any_query_of_a_visitor_is_shown_with_the_sentences_behind_its_rows(
    client: FlaskClient,
) -> None:
    given = {"query": QUERY}
    page = client.get("/sentences", query_string=given, headers={"Accept": "text/html"})
    assert "Mayıs ve Kasım" in page.text
    answer = client.get("/sentences", query_string={**given, "format": "json"}).json
    assert answer["complete"] is True
    assert [row["sentences"][0]["document"].rpartition("/")[2] for row in answer["rows"]] == [
        "konya-union-history"
    ] * 2
    start, end = (answer["rows"][0]["sentences"][0][name] for name in ("start", "end"))
    text = client.get("/document/konya-union-history.txt").text
    assert text[start:end] == answer["rows"][0]["sentences"][0]["quote"]


def test_a_query_that_is_wrong_is_refused_as_the_endpoint_refuses_it(client: FlaskClient) -> None:
    response = client.get("/sentences", query_string={"query": "SELECT ?x { ?x "})
    assert response.status_code == 400
    assert response.json["line"] == 1
    assert client.get("/sentences").status_code == 400


def test_a_query_with_very_many_patterns_costs_no_search_for_sentences(client: FlaskClient) -> None:
    patterns = " ".join(f"OPTIONAL {{ ?s <urn:p{i}> ?o{i} }}" for i in range(60))
    query = f"SELECT * {{ ?s a <https://w3id.org/kuvend/def#Agreement> {patterns} }} LIMIT 3"
    answer = client.get("/sentences", query_string={"query": query, "format": "json"}).json
    assert answer["rows"]
    assert not any(row["sentences"] for row in answer["rows"])


def test_thousands_of_columns_are_shown_in_no_time(client: FlaskClient) -> None:
    columns = " ".join(f"?v{number}" for number in range(2000))
    began = time.process_time()
    response = client.get("/sentences", query_string={"query": f"SELECT {columns} {{}}"})
    assert response.status_code == 200
    assert time.process_time() - began < 5
