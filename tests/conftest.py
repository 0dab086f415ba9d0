"""Fixtures shared by the tests: the default project built once, in a folder of its own."""

from __future__ import annotations

import pytest

from kuvend.config import Settings
from kuvend.project import Project, Release


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The default project, built into a fresh folder; shared, so never write to it."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("state"))
    opened = Project(settings)
    opened.build()
    return opened


@pytest.fixture(scope="session")
def release(project: Project) -> Release:
    """The release of the default project."""
    return project.release()
