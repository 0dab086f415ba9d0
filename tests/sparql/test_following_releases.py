"""What is served follows the link to the current release, whatever happens on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError
from kuvend.project import Project, Release
from kuvend.project.changes import PUT, Change
from kuvend.project.live import LiveDataset
from kuvend.web import create_app, querying
from kuvend.web.changing import close_writer
from kuvend.web.querying import Querying

TOKEN = {"Authorization": "Bearer open sesame"}


def publish(project: Project, count: int) -> Release:
    """A release of so many quads."""
    lines = "".join(f"<urn:s{n}> <urn:p> {n} .\n" for n in range(count))
    change = Change(PUT, content=lines.encode(), media_type="text/turtle")
    LiveDataset(project).apply(change)
    return project.release()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def service(scratch: Project) -> Iterator[Querying]:
    publish(scratch, 1)
    found = Querying(scratch)
    found.pool()
    yield found
    found.pools.close()


@pytest.fixture
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(querying, "_QUICK_BYTES", -1)
    monkeypatch.setattr(querying, "_RETRY_S", 0.0)


@pytest.mark.usefixtures("_all_are_large")
def test_a_release_is_followed_again_after_another_was_written(
    scratch: Project, service: Querying
) -> None:
    second = publish(scratch, 2)
    wait_until(lambda: service.release().id == second.id)
    third = publish(scratch, 3)
    service.take_up_release()
    assert service.release().id == third.id
    publish(scratch, 2)
    wait_until(lambda: service.release().id == second.id)


@pytest.mark.usefixtures("_all_are_large")
def test_a_release_that_was_long_in_loading_does_not_replace_a_later_one(
    scratch: Project, service: Querying
) -> None:
    first, later, large = service.release(), publish(scratch, 2), publish(scratch, 100_000)
    known = set(threading.enumerate())
    for release in (first, large, later):
        scratch.releases._switch(release.path)
        service.current()
    loading = set(threading.enumerate()) - known
    assert len(loading) == 2
    wait_until(lambda: service.release().id == later.id)
    for thread in loading:
        thread.join()
    assert service.release().id == later.id


@pytest.mark.usefixtures("_all_are_large")
def test_a_release_that_could_not_be_loaded_is_tried_again(
    scratch: Project, service: Querying
) -> None:
    first, second = service.release(), publish(scratch, 2)
    content = second.dataset_path.read_bytes()
    second.dataset_path.write_bytes(b"broken")
    assert service.release().id == first.id
    with pytest.raises(KuvendError):
        service.take_up_release()
    assert service.release().id == first.id
    second.dataset_path.write_bytes(content)
    wait_until(lambda: service.release().id == second.id)


@pytest.fixture
def application(scratch: Project) -> Iterator[Flask]:
    settings = Settings(data_dir=scratch.settings.data_dir, scratch=True, token="open sesame")
    made = create_app(Project(settings))
    yield made
    close_writer(made)
    querying.querying(made).pools.close()


def test_an_empty_graph_that_is_all_that_changed_is_seen(application: Flask) -> None:
    client = application.test_client()
    for name in ("urn:e", "urn:f"):
        address = f"/data?graph={name}"
        assert client.get(address).status_code == 404
        page = client.get("/graph", headers={"Accept": "text/html"}).headers["ETag"]
        made = client.put(address, data="", content_type="text/turtle", headers=TOKEN)
        assert made.status_code == 201
        assert client.get(address).status_code == 200
        seen = {"Accept": "text/html", "If-None-Match": page}
        assert client.get("/graph", headers=seen).status_code == 200
    assert client.delete("/data?graph=urn:e", headers=TOKEN).status_code == 204
    assert client.get("/data?graph=urn:e").status_code == 404


@pytest.fixture
def warning(small: Project) -> Iterator[Flask]:
    """An application that takes what violates a shape, and says so."""
    settings = Settings(
        data_dir=small.settings.data_dir, token="open sesame", validate_writes="warn"
    )
    made = create_app(Project(settings, small.folder))
    yield made
    close_writer(made)
    querying.querying(made).pools.close()


def test_a_new_graph_is_created_where_the_shapes_warn_of_it(warning: Flask) -> None:
    client = warning.test_client()
    address = "/data?graph=https://w3id.org/kuvend/graph/statements/aa"
    size = "<urn:a> <https://w3id.org/kuvend/def#size> 300 ."
    made = client.put(address, data=size, content_type="text/turtle", headers=TOKEN)
    assert made.status_code == 201
    assert "Location" in made.headers
    assert "<urn:a> is of size 300, which is too large." in made.text
    more = size.replace("300", "400")
    again = client.put(address, data=more, content_type="text/turtle", headers=TOKEN)
    assert again.status_code == 200
    assert "<urn:a> is of size 400" in again.text


def test_while_a_release_is_taken_up_the_last_one_answers(
    scratch: Project, service: Querying, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, may_go_on, is_loading = service.release(), threading.Event(), threading.Event()
    prepare = service.pools.prepare

    def slowly(*arguments: object) -> object:
        is_loading.set()
        assert may_go_on.wait(60)
        return prepare(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(service.pools, "prepare", slowly)
    second = publish(scratch, 2)
    taking_up = threading.Thread(target=service.take_up_release)
    taking_up.start()
    assert is_loading.wait(60)
    found: list[Release] = []
    asking = threading.Thread(target=lambda: found.append(service.release()), daemon=True)
    asking.start()
    asking.join(5)
    assert [release.id for release in found] == [first.id]
    may_go_on.set()
    taking_up.join(60)
    assert service.release().id == second.id
