"""An ontology folder of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from ontology_folder import OntologyFolder


@pytest.fixture
def folder(tmp_path: Path) -> OntologyFolder:
    """A folder with the words of SKOS and Dublin Core to import, and no module yet."""
    return OntologyFolder(tmp_path)
