"""POST /validate: a report in any format, in a process that a visitor cannot hang."""

from __future__ import annotations

import io
import json
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import jsonschema
import pytest
from flask.testing import FlaskClient
from html_page import Page

from kuvend.errors import TooManyRequests
from kuvend.project import Project
from kuvend.project.validation_call import ValidationCall
from kuvend.project.validation_service import MAX_UNDER_WAY, ValidationService
from kuvend.syntax import Source

BAD = """@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix id-org: <https://w3id.org/kuvend/id/org/> .
id-org:x a kv:Municipalty .
"""


def post(client: FlaskClient, text: str = BAD, **headers: str) -> dict[str, object]:
    sent = {"Content-Type": "text/turtle", "Accept": "application/json", **headers}
    answer = client.post("/validate?name=x.ttl", data=text.encode(), headers=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.get_json()
    return found


def test_a_body_gets_a_report_with_line_and_column(client: FlaskClient) -> None:
    report = post(client)
    assert report["conforms"] is False
    rows = [f for f in report["findings"] if f["rule"] == "kuvend/unknown-class"]  # type: ignore[attr-defined]
    assert [(r["place"]["line"], r["place"]["column"]) for r in rows] == [(3, 12)]
    assert rows[0]["advice"] == "Did you mean kv:Municipality?"


def test_words_come_in_the_language_asked_for(client: FlaskClient) -> None:
    report = post(client, **{"Accept-Language": "tr"})
    assert "sınıf yok" in json.dumps(report, ensure_ascii=False)


@pytest.mark.parametrize(
    ("accept", "starts"),
    [
        ("application/sarif+json", "{"),
        ("text/csv", "source,line"),
        ("text/turtle", "@prefix"),
        ("application/ld+json", "{"),
        ("application/junit+xml", "<?xml"),
        ("text/plain", "x.ttl:3"),
        ("text/html", "<!doctype html>"),
    ],
)
def test_every_format_is_negotiated(client: FlaskClient, accept: str, starts: str) -> None:
    sent = {"Content-Type": "text/turtle", "Accept": accept}
    answer = client.post("/validate?name=x.ttl", data=BAD.encode(), headers=sent)
    assert answer.status_code == 200
    assert answer.mimetype == accept
    assert answer.text.startswith(starts)


def test_files_and_text_of_a_form_are_read_together(client: FlaskClient) -> None:
    form = {
        "file": (io.BytesIO(BAD.encode()), "folder/one.ttl"),
        "text": '{"@id": "https://w3id.org/kuvend/id/org/y", "@type": "https://w3id.org/kuvend/def#Nothing"}',
        "format": "json",
    }
    answer = client.post("/validate", data=form)
    names = {f["place"]["source"] for f in answer.get_json()["findings"] if f["place"]}
    assert names == {"one.ttl", "text"}


def test_shapes_can_be_brought_along(client: FlaskClient) -> None:
    shapes = b"""@prefix sh: <http://www.w3.org/ns/shacl#> .
    [] a sh:NodeShape ; sh:targetNode <urn:x:a> ; sh:property [ sh:path <urn:x:p> ; sh:maxCount 0 ;
      sh:message "No p, please."@en ] ."""
    form = {
        "file": (io.BytesIO(b"<urn:x:a> <urn:x:p> 1 ."), "a.ttl"),
        "shapes": (io.BytesIO(shapes), "s.ttl"),
        "alone": "true",
        "format": "json",
    }
    messages = [f["message"] for f in client.post("/validate", data=form).get_json()["findings"]]
    assert "No p, please." in messages


def test_nothing_sent_and_formats_not_read_are_refused(client: FlaskClient) -> None:
    assert client.post("/validate").status_code == 400
    image = client.post("/validate", data=b"x", headers={"Content-Type": "image/png"})
    assert image.status_code == 415
    assert client.post("/validate?format=pdf", data=BAD).status_code == 400


def test_broken_shapes_are_refused_with_a_reason(client: FlaskClient) -> None:
    form = {
        "file": (io.BytesIO(b"<urn:x:a> <urn:x:p> 1 ."), "a.ttl"),
        "shapes": (io.BytesIO(b"[] a"), "s.ttl"),
    }
    assert client.post("/validate", data=form).status_code == 400


def test_committing_needs_a_token(client: FlaskClient) -> None:
    answer = client.post("/validate?commit=true", data=BAD, headers={"Content-Type": "text/turtle"})
    assert answer.status_code in (401, 403)  # 403 where writing is switched off


def test_the_page_has_a_box_and_shows_the_report_with_the_place_marked(
    client: FlaskClient,
) -> None:
    assert "<textarea" in client.get("/validate").text
    form = {"text": BAD, "format": "html", "type": "text/turtle"}
    page = client.post("/validate", data=form).text
    assert "<mark>kv:Municipalty</mark>" in page


def test_markup_in_data_stays_text(client: FlaskClient) -> None:
    text = (
        BAD.replace("Municipalty", "M") + 'id-org:x <urn:p> "<script>alert(1)</script>"@albanian .'
    )
    page = client.post("/validate", data={"text": text, "format": "html"}).text
    assert "<script>alert" not in page


@pytest.mark.parametrize("offset", ["²", "9" * 5000])
def test_an_offset_that_is_no_plain_number_is_no_reason_to_end(
    client: FlaskClient, offset: str
) -> None:
    text = f"""@prefix oa: <http://www.w3.org/ns/oa#> .
<urn:passage> oa:hasSelector [ oa:exact "AKK" ; oa:start "{offset}" ; oa:end "3" ] .
"""
    assert "findings" in post(client, text)


def test_the_page_keeps_to_its_content_security_policy(client: FlaskClient) -> None:
    text = client.get("/validate", headers={"Accept": "text/html"}).text
    assert "<style" not in text
    assert "onclick" not in text


def test_findings_are_grouped_by_cause_and_the_many_fold_away(client: FlaskClient) -> None:
    names = "".join(f"id-org:x{i} a kv:Municipalty .\n" for i in range(300))
    text = BAD.partition("id-org:x a")[0] + names
    page = Page(client.post("/validate", data={"text": text, "format": "html"}).text)
    assert page.ids.count("rule-kuvend-unknown-class") == 1
    assert "297 more" in page.text


def test_the_page_says_that_it_differs_by_language(client: FlaskClient) -> None:
    answer = client.get("/validate", headers={"Accept": "text/html"})
    assert {"accept", "accept-language"} <= set(answer.vary.as_set())


def test_only_a_few_submissions_may_wait(project: Project) -> None:
    service = ValidationService(project, wait_s=300)
    call = ValidationCall((Source("x.ttl", b"<urn:a> <urn:b> <urn:c> .", "text/turtle"),))
    with service._turn, ThreadPoolExecutor(2 * MAX_UNDER_WAY) as threads:
        asked = [threads.submit(service.validate, call) for _ in range(2 * MAX_UNDER_WAY)]
        refused, _ = wait(asked, timeout=300, return_when=FIRST_COMPLETED)
        assert all(isinstance(one.exception(), TooManyRequests) for one in refused)
        while sum(one.done() for one in asked) < MAX_UNDER_WAY:
            wait([one for one in asked if not one.done()], 1, FIRST_COMPLETED)
        service._turn.release()
        answered = [one for one in asked if one.exception() is None]
        service._turn.acquire()
    assert len(answered) == MAX_UNDER_WAY
    service.close()


def test_the_report_names_its_schema_and_meets_it(client: FlaskClient) -> None:
    sent = {"Content-Type": "text/turtle", "Accept": "application/json"}
    answer = client.post("/validate?name=x.ttl", data=BAD.encode(), headers=sent)
    assert '</validate/schema.json>; rel="describedby"' in answer.headers.getlist("Link")
    schema = client.get("/validate/schema.json")
    assert schema.mimetype == "application/schema+json" and schema.headers["ETag"]
    assert schema.json["title"] == "Kuvend validation report"
    jsonschema.validate(answer.json, schema.json)
    api = client.get("/openapi.json").json["paths"]
    told = api["/validate"]["post"]["responses"]["200"]["content"]["application/json"]
    assert told["schema"] == {"$ref": "validate/schema.json"}
