"""The application over the default project, and a reader of its pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html_page import Page
from werkzeug.test import TestResponse

from kuvend.project import Project
from kuvend.web import create_app
from kuvend.web.querying import querying
from kuvend.web.validate import close_validation


@pytest.fixture(scope="session")
def app(project: Project) -> Iterator[Flask]:
    """The application over the default project, with a patient validation."""
    settings = dataclasses.replace(project.settings, validation_timeout_s=600.0)
    made = create_app(Project(settings, project.folder))
    yield made
    close_validation(made)
    querying(made).pools.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that asks as a program does."""
    return app.test_client()


@pytest.fixture
def page(app: Flask) -> Callable[..., Page]:
    """Gets a path as a browser does and takes the page apart."""
    browser = app.test_client()

    def get(path: str, *, language: str = "en", status: int = 200) -> Page:
        response: TestResponse = browser.get(
            path, headers={"Accept": "text/html", "Accept-Language": language}
        )
        assert response.status_code == status, response.text
        assert response.mimetype == "text/html"
        return Page(response.text)

    return get
