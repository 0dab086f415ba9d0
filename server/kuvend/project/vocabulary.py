"""The closed vocabulary of the statements: a build publishes no class or property there is not."""

from __future__ import annotations

from kuvend.errors import NonConforming
from kuvend.ontology import Ontology, Vocabulary, check_turtle
from kuvend.project.folder import ProjectFolder

# A misspelt term makes a triple that no shape and no query ever sees.
_UNDECLARED = frozenset({"unknown-term", "unknown-vocabulary"})


def refuse_undeclared_terms(folder: ProjectFolder, ontology: Ontology) -> None:
    """Nothing where each term of the statements is declared.

    :raises NonConforming: naming every one that is not, with its place and the nearest name.
    """
    vocabulary = Vocabulary(ontology)
    files = sorted((folder.data / "statements").rglob("*.ttl"))
    found = [
        finding
        for path in files
        for finding in check_turtle(vocabulary, path)
        if finding.rule in _UNDECLARED
    ]
    if found:
        lines = [finding.as_text() for finding in found]
        raise NonConforming("\n" + "\n".join(lines))
