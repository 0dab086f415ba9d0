"""Submissions that a request names by their URL."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient

from file_host import file_host
from kuvend.config import Settings
from kuvend.errors import BadRequest, TooLarge
from kuvend.syntax import Source
from kuvend.web.validation_request import sources

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
