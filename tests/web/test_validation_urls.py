"""Submissions that a request names by their URL, and the page that asks for one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html_page import Page

from file_host import file_host
from kuvend.config import Settings
from kuvend.errors import BadRequest, TooLarge
from kuvend.project import Project
from kuvend.syntax import Source
from kuvend.web import create_app
from kuvend.web.validate import close_validation
from kuvend.web.validation_request import sources

MISTAKES = Path(__file__).resolve().parents[1] / "shacl" / "mistakes"
TEXT = b"<urn:a> <urn:p> 1 .\n"


def named(app: Flask, query: str, **changes: object) -> tuple[Source, ...]:
    settings = dataclasses.replace(Settings(), **changes)  # type: ignore[arg-type]
    with app.test_request_context(f"/validate?{query}", method="POST"):
        return sources(settings)


def test_files_are_read_from_hosts_that_the_operator_names(app: Flask) -> None:
    with file_host(TEXT) as host:
        url = f"http://{host}/a.ttl"
        found = named(app, f"url={url}&url={url}", fetch_hosts=f"{host} 127.0.0.1")
        assert found == (Source(url, TEXT, "text/turtle"),) * 2
        with pytest.raises(TooLarge):
            named(app, f"url={url}&url={url}", fetch_hosts=f"{host} 127.0.0.1", max_body_bytes=30)
        with pytest.raises(BadRequest, match="11 URLs"):
            named(app, "&".join([f"url={url}"] * 11), fetch_hosts=f"{host} 127.0.0.1")


def test_nothing_is_read_by_default(client: FlaskClient) -> None:
    answer = client.post("/validate?url=http://127.0.0.1:9/a.ttl")
    assert answer.status_code == 403
    assert "fetch_hosts" in answer.get_data(as_text=True)


def test_the_page_asks_for_a_url_where_the_operator_names_hosts(
    client: FlaskClient, project: Project
) -> None:
    assert 'name="url"' not in client.get("/validate", headers={"Accept": "text/html"}).text
    with file_host(b"<https://w3id.org/kuvend/id/org/x> a <urn:x:C> .\n") as host:
        settings = dataclasses.replace(
            project.settings, fetch_hosts=f"{host} 127.0.0.1", validation_timeout_s=600.0
        )
        app = create_app(Project(settings, project.folder))
        try:
            own = app.test_client()
            form = Page(own.get("/validate", headers={"Accept": "text/html"}).text)
            assert ("name", "url") in form.attributes
            assert ("placeholder", f"https://{host}/…") in form.attributes
            url = f"http://{host}/a.ttl"
            # As a browser without a script sends the form: empty fields too.
            sent = {"text": "", "url": url, "shapes": "", "format": "html"}
            answer = own.post("/validate", data=sent, content_type="multipart/form-data")
            assert answer.status_code == 200
            assert "urn:x:C" in Page(answer.text).text
            assert ("value", url) in Page(answer.text).attributes
        finally:
            close_validation(app)


def test_what_comes_of_a_mistake_is_told_under_it(client: FlaskClient) -> None:
    text = (MISTAKES / "person-as-party.ttl").read_text(encoding="utf-8")
    sent = {"text": text, "format": "html", "alone": "false"}
    found = Page(client.post("/validate", data=sent).text)
    assert found.elements.count("article") == 2
    assert "kuvend/contradiction" in found.text and found.text.count("is a person.") == 2
