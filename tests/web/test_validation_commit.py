"""``?commit``: what conforms goes in, whatever it is written in; what does not stays out."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kuvend.config import Settings
from kuvend.project import Project
from kuvend.web import create_app
from kuvend.web.changing import close_writer
from kuvend.web.querying import querying
from kuvend.web.tokens import hash_token
from kuvend.web.validate import close_validation

ID = "https://w3id.org/kuvend/id/org/"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
BEARER = {"Authorization": "Bearer pen"}


@pytest.fixture(scope="module")
def app(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The default project in a folder of its own, to be written to."""
    folder = tmp_path_factory.mktemp("written") / "state"
    shutil.copytree(project.settings.data_dir, folder, symlinks=True)
    tokens = f"pen:write:{hash_token('pen')} eye:read:{hash_token('eye')}"
    settings = Settings(
        data_dir=folder, tokens=tokens, validation_timeout_s=600.0, write_timeout_s=600.0
    )
    made = create_app(Project(settings, project.folder))
    yield made
    close_validation(made)
    close_writer(made)
    querying(made).pools.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def turtle(name: str) -> bytes:
    cls = "https://w3id.org/kuvend/def#Municipality"
    return f'<{ID}{name}> a <{cls}> ; <{LABEL}> "{name}"@en .'.encode()


def json_ld(name: str) -> bytes:
    return json.dumps(
        {
            "@id": ID + name,
            "@type": "https://w3id.org/kuvend/def#Municipality",
            LABEL: {"@value": name, "@language": "en"},
        }
    ).encode()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def is_there(client: FlaskClient, name: str) -> bool:
    query = f"ASK {{ <{ID}{name}> <{LABEL}> ?label }}"
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    return "true" in answer.text


@pytest.mark.parametrize(
    ("name", "content", "media_type", "query"),
    [
        ("quillby", turtle("quillby"), "text/turtle", ""),
        ("marrowfen", json_ld("marrowfen"), "application/ld+json", ""),
        ("thistledown", json_ld("thistledown"), "application/octet-stream", "&name=t.jsonld"),
        ("ravenscar", zipped(a_ttl=turtle("ravenscar")), "application/octet-stream", ""),
    ],
    ids=["turtle", "json-ld", "named", "archive"],
)
def test_what_conforms_goes_in(
    client: FlaskClient, name: str, content: bytes, media_type: str, query: str
) -> None:
    headers = {**BEARER, "Content-Type": media_type, "Accept": "application/json"}
    answer = client.post(f"/validate?commit=true{query}", data=content, headers=headers)
    report = answer.get_json()
    assert (answer.status_code, report["conforms"]) == (200, True), report["findings"]
    assert report["committed"] == {
        "release": answer.headers["Kuvend-Release"],
        "statements": int(answer.headers["Kuvend-Added"]),
    }
    assert report["committed"]["statements"] == 2
    assert is_there(client, name)


def test_several_files_go_in_together(client: FlaskClient) -> None:
    files = [
        (io.BytesIO(turtle("ashgrove")), "a.ttl"),
        (io.BytesIO(json_ld("birchholt")), "b.jsonld"),
    ]
    form = {"file": files, "format": "json", "commit": "true"}
    answer = client.post("/validate", data=form, headers=BEARER)
    assert answer.get_json()["committed"]["statements"] == 4
    assert is_there(client, "ashgrove")
    assert is_there(client, "birchholt")


def test_what_does_not_conform_stays_out(client: FlaskClient) -> None:
    data = turtle("nettlewick").replace(b"Municipality", b"Municipalty")
    headers = {**BEARER, "Content-Type": "text/turtle", "Accept": "application/json"}
    answer = client.post("/validate?commit=true", data=data, headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["findings"]
    assert "Kuvend-Release" not in answer.headers
    assert not is_there(client, "nettlewick")


@pytest.mark.parametrize(
    ("token", "status"), [(None, 401), ("no such", 401), ("eye", 403)]
)  # fmt: skip
def test_who_may_not_write_is_refused(client: FlaskClient, token: str | None, status: int) -> None:
    headers = {"Content-Type": "text/turtle"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    answer = client.post("/validate?commit=true", data=turtle("oakmere"), headers=headers)
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert not is_there(client, "oakmere")


@pytest.mark.parametrize("query", ["alone=true", "shapes=organs", "profile=first-look"])
def test_less_than_everything_cannot_be_committed(client: FlaskClient, query: str) -> None:
    headers = {**BEARER, "Content-Type": "text/turtle"}
    answer = client.post(f"/validate?commit=true&{query}", data=turtle("elmstead"), headers=headers)
    assert answer.status_code == 400
    assert not is_there(client, "elmstead")
