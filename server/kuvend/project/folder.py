"""The project folder: four knowledge folders, found and fingerprinted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import kuvend
from kuvend.errors import ProjectError

KNOWLEDGE_FOLDERS = ("ontology", "shapes", "data", "queries")
PACKAGE = Path(kuvend.__file__).parent


@dataclass(frozen=True)
class ProjectFolder:
    """A folder with ``ontology/``, ``shapes/``, ``data/`` and ``queries/`` in it."""

    root: Path

    @classmethod
    def open(cls, root: Path | None = None) -> ProjectFolder:
        """The project at ``root``; without one, the default project that comes with Kuvend.

        :raises ProjectError: where a knowledge folder is missing.
        """
        folder = cls(root.resolve() if root else default_root())
        missing = [name for name in KNOWLEDGE_FOLDERS if not (folder.root / name).is_dir()]
        if missing:
            raise ProjectError(
                f"{folder.root} is no project folder: {', '.join(missing)} missing.",
                suggestion="A project has the folders ontology/, shapes/, data/ and queries/.",
            )
        return folder

    @property
    def ontology(self) -> Path:
        """The folder of ontology modules."""
        return self.root / "ontology"

    @property
    def shapes(self) -> Path:
        """The folder of shapes."""
        return self.root / "shapes"

    @property
    def data(self) -> Path:
        """The folder of documents and statements."""
        return self.root / "data"

    @property
    def queries(self) -> Path:
        """The folder of queries."""
        return self.root / "queries"

    def files(self) -> Iterator[Path]:
        """Every file of the knowledge folders in a fixed order."""
        for name in KNOWLEDGE_FOLDERS:
            found = (path for path in (self.root / name).rglob("*") if path.is_file())
            yield from sorted(path for path in found if not path.name.startswith("."))

    def fingerprint(self, base_iri: str) -> str:
        """SHA-256 over everything a build depends on: the files, the base and the program."""
        digest = hashlib.sha256(base_iri.encode())
        for path in self.files():
            _feed(digest, str(path.relative_to(self.root)), path)
        for path in sorted(PACKAGE.rglob("*.py")):
            _feed(digest, str(path.relative_to(PACKAGE)), path)
        return digest.hexdigest()


def _feed(digest: hashlib._Hash, name: str, path: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)


def default_root() -> Path:
    """Where the default project lies: beside the sources, else inside the installed package."""
    checkout = PACKAGE.parent.parent
    if all((checkout / name).is_dir() for name in KNOWLEDGE_FOLDERS):
        return checkout
    return PACKAGE / "default_project"
