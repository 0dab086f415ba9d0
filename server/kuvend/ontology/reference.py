"""The reference page of an ontology, written from its triples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kuvend.namespaces import DCT, OWL, SH, XSD, compact
from kuvend.ontology.graph import Triples
from kuvend.ontology.model import DeclaredTerm, Ontology, OntologyFile

_LANGUAGES = {"sq": "Albanian", "uk": "Ukrainian", "tr": "Turkish"}


def reference_page(ontology: Ontology) -> str:
    """A Markdown page of every term of ``ontology``: module by module, then the reused terms.

    The same ontology gives the same text; ``docs/reference/ontology.md`` is this page.
    """
    page = _Page(ontology)
    return "\n".join([*page.head(), *page.modules(), *page.reused()]) + "\n"


def prefix_page(ontology_iri: str, prefix_map: Mapping[str, str]) -> str:
    """The text of ``ontology/prefixes.ttl``: the one list of prefixes, as SHACL declares them.

    >>> print(prefix_page("urn:x:o", {"a": "urn:x:a:"}).splitlines()[-1])
        sh:declare [ sh:prefix "a" ; sh:namespace "urn:x:a:"^^xsd:anyURI ] .
    """
    rows = [
        f'    sh:declare [ sh:prefix "{name}" ; sh:namespace "{iri}"^^xsd:anyURI ]'
        for name, iri in prefix_map.items()
    ]
    head = f"@prefix sh:    <{SH}> .\n@prefix xsd:   <{XSD}> .\n\n<{ontology_iri}>\n"
    return head + " ;\n".join(rows) + " .\n"


class _Page:
    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.triples = Triples(ontology.triples)

    def head(self) -> Iterator[str]:
        own = [term for term in self.ontology.terms.values() if term.own]
        classes = sum(term.kind == "class" for term in own)
        properties = sum(term.is_property for term in own)
        concepts = sum(term.kind == "concept" for term in own)
        yield "# Ontology\n"
        yield f"Version `{self.ontology.version_iri or 'none'}`: {classes} classes,"
        yield f"{properties} properties and {concepts} concepts of our own, each with a label in"
        yield "English, Albanian, Ukrainian and Turkish, and the terms of other vocabularies that"
        yield "are reused. The reasons behind terms are in `ontology/CHANGELOG.md`.\n"

    def modules(self) -> Iterator[str]:
        for file in self.ontology.files:
            terms = [t for t in self.ontology.terms.values() if t.file == file.path]
            if file.role != "module" or not terms:
                continue
            yield f"## {self._title(file)}\n"
            yield f"`ontology/{file.path.name}`\n"
            for term in terms:
                if term.kind in ("concept", "concept scheme", "individual"):
                    continue
                yield from self._term(term)
            yield from self._schemes(terms)

    def _term(self, term: DeclaredTerm) -> Iterator[str]:
        yield f"### {self._show(term.iri)}\n"
        mark = " · **deprecated**" if term.deprecated else ""
        yield f"{term.kind}{mark} · **{term.label()}** · {self._labels(term)}\n"
        if definition := term.definitions.get("en"):
            yield f"{definition}\n"
        facts = [
            ("below", term.parents),
            ("of", term.domain),
            ("to", term.range),
            ("inverse", term.inverse),
        ]
        parts = [f"{name} {self._list(iris)}" for name, iris in facts if iris]
        parts += [f"follows from {chain}" for chain in self._chains(term)]
        parts += [name for name, kind in _FEATURES if kind.value in term.types]
        if parts:
            yield "; ".join(parts) + ".\n"

    def _chains(self, term: DeclaredTerm) -> Iterator[str]:
        for head in self.triples.objects(ox.NamedNode(term.iri), OWL.propertyChainAxiom):
            items = self.triples.items(head) or []
            yield " → ".join(f"`{compact(getattr(i, 'value', ''), self._prefixes)}`" for i in items)

    def _schemes(self, terms: list[DeclaredTerm]) -> Iterator[str]:
        for scheme in (term for term in terms if term.kind == "concept scheme"):
            yield f"### {scheme.label()}\n"
            yield f"`{self._show(scheme.iri)}` · {self._labels(scheme)}\n"
            yield "| concept | English | Albanian | Ukrainian | Turkish |"
            yield "|---|---|---|---|---|"
            for term in terms:
                if term.kind == "concept" and scheme.iri in term.schemes:
                    labels = " | ".join(term.labels.get(lang, "") for lang in ("en", *_LANGUAGES))
                    yield f"| `{self._show(term.iri)}` | {labels} |"
            yield ""

    def reused(self) -> Iterator[str]:
        yield "## Reused terms\n"
        yield "Restated as bare facts in `ontology/imports/`; nothing is fetched.\n"
        for file in self.ontology.files:
            terms = [t for t in self.ontology.terms.values() if t.file == file.path]
            if file.role != "import" or not terms:
                continue
            yield f"### {self._title(file)}\n"
            yield f"`ontology/imports/{file.path.name}`, from {self._source(file)}\n"
            yield "| term | kind | label | below | of | to |"
            yield "|---|---|---|---|---|---|"
            for term in terms:
                lists = (self._list(v) for v in (term.parents, term.domain, term.range))
                cells = [f"`{self._show(term.iri)}`", term.kind, term.label(), *lists]
                yield f"| {' | '.join(cells)} |"
            yield ""

    # -- words -----------------------------------------------------------------------------

    @property
    def _prefixes(self) -> dict[str, str]:
        return dict(self.ontology.prefixes)

    def _show(self, iri: str) -> str:
        return compact(iri, self._prefixes)

    def _list(self, iris: tuple[str, ...]) -> str:
        return ", ".join(f"`{self._show(iri)}`" for iri in iris)

    def _labels(self, term: DeclaredTerm) -> str:
        return ", ".join(
            f"{term.labels[tag]} ({name})" for tag, name in _LANGUAGES.items() if tag in term.labels
        )

    def _title(self, file: OntologyFile) -> str:
        title = self.triples.value(ox.NamedNode(file.iri), DCT.title) if file.iri else None
        text = title.value if isinstance(title, ox.Literal) else file.path.stem
        return text.removesuffix(": the axioms relied on")

    def _source(self, file: OntologyFile) -> str:
        source = self.triples.value(ox.NamedNode(file.iri or ""), DCT.source)
        return f"<{source.value}>" if isinstance(source, ox.NamedNode) else "no stated source"


_FEATURES = (
    ("at most one value", OWL.FunctionalProperty),
    ("transitive", OWL.TransitiveProperty),
    ("symmetric", OWL.SymmetricProperty),
    ("never both ways", OWL.AsymmetricProperty),
    ("never to itself", OWL.IrreflexiveProperty),
)
