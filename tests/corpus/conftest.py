"""A small data folder to read, made anew for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from corpus_folder import DataFolder
from hypothesis import settings

from kuvend.corpus import Corpus

settings.register_profile("same-each-time", derandomize=True, deadline=None)
settings.load_profile("same-each-time")


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    return DataFolder(tmp_path)


@pytest.fixture
def read(folder: DataFolder) -> Callable[[str], Corpus]:
    """Reads statements about the one document of the folder."""
    folder.add_document()

    def read_statements(turtle: str) -> Corpus:
        folder.state(turtle)
        return folder.read()

    return read_statements
