"""Reading an ontology folder: modules and their import closure, from files alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

import kuvend
from kuvend.errors import BadSyntax, ProjectError
from kuvend.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, by_extension
from kuvend.namespaces import OWL, RDF, SH, VANN, prefixes
from kuvend.ontology.catalog import CATALOG_NAME, read_catalog
from kuvend.ontology.declarations import declared_terms
from kuvend.ontology.model import Ontology, OntologyFile, Role
from kuvend.terms import label_blank_nodes

_READ = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)
_PREFIXES = "prefixes"


def packaged_ontology() -> Path:
    """The folder of Kuvend's own ontology: in the installed package or beside the sources."""
    package = Path(kuvend.__file__).parent
    beside = package.parent.parent / "ontology"
    inside = package / "default_project" / "ontology"
    return inside if inside.is_dir() else beside


def read_ontology(folder: Path, *, also: Sequence[Path] | None = None) -> Ontology:
    """The ontology of ``folder``: modules, the imports they reach, alignments, declared terms.

    Files at the top are modules; ``imports/`` holds what they import, ``alignments/`` links to
    other vocabularies, ``prefixes.ttl`` the prefix list. Nothing is fetched: an ``owl:imports`` is
    looked up among the files of the folder, in its ``catalog-v001.xml``, then in the folders
    ``also``; without ``also`` in Kuvend's own. Blank nodes are named after file and order, so the
    same files give the same triples.

    :raises BadSyntax: for a file that does not parse, with its line.
    :raises ProjectError: where an import is in no file, or two files declare one ontology.
    """
    local = [_read_file(path, _role(path, folder)) for path in _paths(folder)]
    index = _index(local) | _catalogued(folder, local)
    reached = _closure(local, index, (packaged_ontology(),) if also is None else also)
    files = (*_used(local, reached), *(f for f in reached if f not in local))
    triples = _distinct(f for f in files if f.role in ("module", "import"))
    main = _main(files)
    terms = declared_terms(files)
    return Ontology(
        folder=folder,
        files=tuple(files),
        triples=triples,
        alignments=_distinct(f for f in files if f.role == "alignment"),
        terms=terms,
        prefixes=_prefixes(files) or prefixes(),
        namespaces=frozenset(
            t.object.value
            for f in files
            if f.role in ("module", "import")
            for t in f.triples
            if t.predicate == VANN.preferredNamespaceUri and isinstance(t.object, ox.Literal)
        ),
        iri=main.iri if main else None,
        version_iri=_version(main) if main else None,
    )


def _paths(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ProjectError("there is no such folder.", source=str(folder))
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != CATALOG_NAME and _format(path)
    )


def _format(path: Path) -> ox.RdfFormat | None:
    if path.name.startswith("."):
        return None
    found = by_extension(path.suffix.removeprefix("."), _READ)
    return found.rdf if found else None


def _role(path: Path, folder: Path) -> Role:
    first = path.relative_to(folder).parts[0]
    if first == "imports":
        return "import"
    if first == "alignments":
        return "alignment"
    return "prefixes" if path.stem == _PREFIXES else "module"


def _read_file(path: Path, role: Role) -> OntologyFile:
    try:
        quads = list(ox.parse(path=str(path), format=_format(path)))
    except SyntaxError as error:
        raise BadSyntax(
            str(error), source=str(path), line=error.lineno, column=error.offset
        ) from error
    except UnicodeDecodeError as error:
        raise BadSyntax(f"is not UTF-8: {error}", source=str(path)) from error
    seed = f"{role[0]}-{path.stem}".replace(".", "-")
    triples = tuple(dict.fromkeys(quad.triple for quad in label_blank_nodes(quads, seed)))
    iris = [
        t.subject.value
        for t in triples
        if t.predicate == RDF.type
        and t.object == OWL.Ontology
        and isinstance(t.subject, ox.NamedNode)
    ]
    imports = tuple(
        t.object.value
        for t in triples
        if t.predicate == OWL.imports and isinstance(t.object, ox.NamedNode)
    )
    return OntologyFile(path, role, iris[0] if iris else None, imports, triples)


def _index(files: Iterable[OntologyFile]) -> dict[str, OntologyFile]:
    """Every IRI a file answers to: that of its ontology and that of its version."""
    index: dict[str, OntologyFile] = {}
    for file in files:
        if file.iri is None or file.role == "prefixes":
            continue
        other = index.setdefault(file.iri, file)
        if other is not file:
            raise ProjectError(
                f"<{file.iri}> is declared in {other.path.name} and in {file.path.name}.",
                source=str(file.path),
                suggestion="Give each file an ontology IRI of its own.",
            )
        if version := _version(file):
            index.setdefault(version, file)
    return index


def _catalogued(folder: Path, local: Iterable[OntologyFile]) -> dict[str, OntologyFile]:
    by_path = {file.path.resolve(): file for file in local}
    found = {}
    for iri, path in read_catalog(folder).items():
        file = by_path.get(path.resolve()) or _read_file(path, "import")
        found[iri] = file
    return found


def _closure(
    local: Sequence[OntologyFile], index: Mapping[str, OntologyFile], also: Sequence[Path]
) -> list[OntologyFile]:
    """The modules and every file their imports lead to, in the order they are met."""
    reached = [file for file in local if file.role == "module"]
    elsewhere: dict[str, OntologyFile] | None = None
    for file in reached:  # grows while it is walked
        for iri in file.imports:
            found = index.get(iri)
            if found is None:
                elsewhere = _elsewhere(also) if elsewhere is None else elsewhere
                found = elsewhere.get(iri)
            if found is None:
                raise _not_found(iri, file)
            if found not in reached:
                reached.append(found)
    return reached


def _elsewhere(also: Sequence[Path]) -> dict[str, OntologyFile]:
    index: dict[str, OntologyFile] = {}
    for folder in also:
        # Whatever role a file has there, here it is what others said.
        roles = ((path, _role(path, folder)) for path in _paths(folder))
        files = [_read_file(path, "import") for path, role in roles if role != "prefixes"]
        index = _index(files) | index
    return index


def _not_found(iri: str, file: OntologyFile) -> ProjectError:
    return ProjectError(
        f"imports <{iri}>, which no file here declares; nothing is fetched from the network.",
        source=str(file.path),
        suggestion=f"Put a copy in imports/ and name it in {CATALOG_NAME}.",
    )


def _used(local: Sequence[OntologyFile], reached: list[OntologyFile]) -> Iterator[OntologyFile]:
    """Local files without the imports nobody imports."""
    return (f for f in local if f.role != "import" or f in reached)


def _distinct(files: Iterable[OntologyFile]) -> tuple[ox.Triple, ...]:
    return tuple(dict.fromkeys(triple for file in files for triple in file.triples))


def _main(files: Sequence[OntologyFile]) -> OntologyFile | None:
    """The module nobody imports; the one with a version IRI where there are several."""
    imported = {iri for file in files for iri in file.imports}
    roots = [f for f in files if f.role == "module" and f.iri and f.iri not in imported]
    return next((f for f in roots if _version(f)), roots[0] if roots else None)


def _version(file: OntologyFile) -> str | None:
    return next(
        (
            t.object.value
            for t in file.triples
            if t.predicate == OWL.versionIRI and isinstance(t.object, ox.NamedNode)
        ),
        None,
    )


def _prefixes(files: Iterable[OntologyFile]) -> dict[str, str]:
    """The ``sh:prefix`` and ``sh:namespace`` pairs of every file, in order of appearance."""
    names: dict[object, str] = {}
    namespaces: dict[object, str] = {}
    for file in files:
        for t in file.triples:
            if t.predicate == SH.prefix and isinstance(t.object, ox.Literal):
                names[t.subject] = t.object.value
            elif t.predicate == SH.namespace and isinstance(t.object, ox.Literal):
                namespaces[t.subject] = t.object.value
    return {name: namespaces[node] for node, name in names.items() if node in namespaces}
