"""``Prefer: respond-async``: a validation goes on without its client, and is forgotten in time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kuvend.errors import NotFound, TooManyRequests
from kuvend.project import Project
from kuvend.project.validation_call import ValidationCall
from kuvend.project.validation_jobs import ValidationJobs
from kuvend.syntax import Source
from kuvend.web import create_app
from kuvend.web.validate import close_validation

BAD = b"""@prefix kv: <https://w3id.org/kuvend/def#> .
<https://w3id.org/kuvend/id/org/x> a kv:Municipalty .
"""
CALL = ValidationCall((Source("x.ttl", BAD, "text/turtle"),))
HEADERS = {"Content-Type": "text/turtle", "Accept": "application/json"}


def hand_in(client: FlaskClient, prefer: str = "respond-async", data: bytes = BAD) -> TestResponse:
    return client.post("/validate?name=x.ttl", data=data, headers={**HEADERS, "Prefer": prefer})


def at_its_end(client: FlaskClient, place: str) -> TestResponse:
    for _ in range(1200):
        answer = client.get(place, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            return answer
        status = answer.get_json()
        assert status["state"] in ("waiting", "running")
        assert status["elapsed_s"] >= 0
        assert {"stage", "done", "total"} <= status.keys()
        time.sleep(0.1)
    raise AssertionError("the job did not end")


@contextmanager
def jobs_of(project: Project, **settings: object) -> Iterator[ValidationJobs]:
    changed = dataclasses.replace(project.settings, **settings)  # type: ignore[arg-type]
    jobs = ValidationJobs(Project(changed, project.folder))
    try:
        yield jobs
    finally:
        jobs.close()
        assert jobs._process._process is None


def test_a_job_is_accepted_and_its_report_comes_in_any_format(client: FlaskClient) -> None:
    accepted = hand_in(client)
    assert accepted.status_code == 202
    assert accepted.headers["Preference-Applied"] == "respond-async"
    assert accepted.headers["Retry-After"]
    ended = at_its_end(client, accepted.headers["Location"])
    assert ended.status_code == 303
    place = ended.headers["Location"]
    report = client.get(place, headers={"Accept": "application/json"}).get_json()
    assert [f["rule"] for f in report["findings"]] == ["kuvend/unknown-class"]
    for accept, start in (("text/csv", "source,line"), ("application/sarif+json", "{"),
                          ("text/turtle", "@prefix"), ("text/html", "<!doctype")):  # fmt: skip
        answer = client.get(place, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (200, accept)
        assert answer.text.startswith(start)


def test_who_waits_a_little_gets_the_report_at_once(client: FlaskClient) -> None:
    answer = hand_in(client, "wait=10, respond-async")
    for _ in range(20):
        if answer.status_code != 202:
            break
        at_its_end(client, answer.headers["Location"])  # a machine slower than ten seconds
        answer = hand_in(client, "wait=10, respond-async")
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "respond-async, wait=10"
    assert answer.get_json()["conforms"] is False
    assert answer.headers["Content-Location"].endswith("/report?name=x.ttl")


def test_a_browser_is_sent_to_the_page_of_the_job(client: FlaskClient) -> None:
    form = {"text": BAD.decode(), "prefer": "respond-async", "format": "html"}
    sent = client.post("/validate", data=form)
    assert sent.status_code == 303
    place = sent.headers["Location"]
    page = client.get(place, headers={"Accept": "text/html"})
    if page.status_code == 303:  # it has ended already
        page = client.get(page.headers["Location"], headers={"Accept": "text/html"})
        assert "kv:Municipality" in page.text
    else:
        assert "<progress" in page.text
        assert 'http-equiv="refresh"' in page.text
    client.delete(place)


def test_a_job_that_fails_says_why_where_its_report_would_be(client: FlaskClient) -> None:
    headers = {"Content-Type": "image/png", "Prefer": "respond-async"}
    accepted = client.post("/validate", data=BAD, headers=headers)
    assert accepted.status_code == 202
    place = at_its_end(client, accepted.headers["Location"]).headers["Location"]
    answer = client.get(place, headers={"Accept": "application/json"})
    assert answer.status_code == 415
    assert answer.mimetype == "application/problem+json"


def test_a_cancelled_job_is_gone(client: FlaskClient) -> None:
    place = hand_in(client).headers["Location"]
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404
    assert client.delete(place).status_code == 404


def test_a_large_submission_is_told_of_jobs(project: Project) -> None:
    settings = dataclasses.replace(project.settings, validation_wait_bytes=10)
    app = create_app(Project(settings, project.folder))
    answer = app.test_client().post("/validate", data=BAD, headers=HEADERS)
    close_validation(app)
    assert answer.status_code == 413
    assert "Prefer: respond-async" in answer.get_json()["suggestion"]


def test_jobs_are_bounded_by_client_and_in_all_and_end_with_the_service(project: Project) -> None:
    with jobs_of(project, client_jobs=1, validation_jobs=2) as jobs:
        jobs.submit(CALL, "one")
        with pytest.raises(TooManyRequests, match="of your validations"):
            jobs.submit(CALL, "one")
        jobs.submit(CALL, "two")
        with pytest.raises(TooManyRequests, match="too many"):
            jobs.submit(CALL, "three")
    assert jobs._thread is None


def test_nothing_stays_of_a_job_when_its_time_is_over(project: Project) -> None:
    with jobs_of(project, job_keep_s=0.0) as jobs:
        job = jobs.submit(CALL, "one")
        assert jobs.wait(job, 400)
        with pytest.raises(NotFound, match="no such validation"):
            jobs.get(job.id)
        for _ in range(100):
            if jobs._thread is None:
                break
            time.sleep(0.05)
        assert jobs._thread is None
        assert jobs._process._process is None
