"""The evidence graph read back: claims, passages, sources and what a source does not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kuvend.errors import NotFound
from kuvend.namespaces import DCT, KV, OA, PROV, RDF
from kuvend.store import GraphNames, Store
from kuvend.terms import Term


@dataclass(frozen=True)
class Source:
    """A stored text of a document; ``language`` is a tag, ``document`` the document's IRI."""

    iri: ox.NamedNode
    document: ox.NamedNode | None
    title: str | None
    language: str | None
    sha256: str | None


@dataclass(frozen=True)
class Passage:
    """A stretch of a stored text: ``exact`` stands at ``[start, end)``, in code points."""

    iri: ox.NamedNode
    source: Source
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int

    @property
    def anchor(self) -> str:
        """The fragment that names the place on the page of the document (RFC 5147 style)."""
        return f"c{self.start}-{self.end}"


@dataclass(frozen=True)
class Claim:
    """One reified triple with the passages that say it.

    ``kind`` is the kind of evidence; ``speaker`` the person quoted, ``None`` where the page speaks.
    """

    iri: ox.NamedNode
    triple: ox.Triple
    kind: ox.NamedNode | None
    speaker: ox.NamedNode | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Absence:
    """A known unknown: ``sources`` were read and do not give ``properties`` of ``about``."""

    iri: ox.NamedNode
    about: tuple[ox.NamedNode, ...]
    properties: tuple[ox.NamedNode, ...]
    notes: tuple[ox.Literal, ...]
    sources: tuple[Source, ...]


# So many claims are looked through one by one before the engine is asked to join.
_FEW_CLAIMS = 64


class Evidence:
    """Reads the evidence graph of a store."""

    def __init__(self, store: Store, graphs: GraphNames) -> None:
        self.store = store
        self.graph_name = graphs.evidence
        self._sources: dict[ox.NamedNode, Source] = {}
        self._passages: dict[ox.NamedNode, Passage] = {}

    def claims_for(self, triple: ox.Triple) -> tuple[Claim, ...]:
        """The claims whose triple is ``triple``, in the order of their places in the texts."""
        parts = (
            (RDF.object, triple.object),
            (RDF.subject, triple.subject),
            (RDF.predicate, triple.predicate),
        )
        for prop, value in parts:
            quads = list(
                islice(self.store.quads(None, prop, value, self.graph_name), _FEW_CLAIMS + 1)
            )
            if len(quads) <= _FEW_CLAIMS:
                return _in_text_order(self.claim(iri) for iri in self._claiming(quads, parts))
        return _in_text_order(self.claim(iri) for iri in self._joined(triple))

    def _claiming(
        self, quads: Iterable[ox.Quad], parts: Iterable[tuple[ox.NamedNode, Term]]
    ) -> Iterator[ox.NamedNode]:
        """The subjects of ``quads`` that have every one of ``parts``."""
        for quad in quads:
            claim = quad.subject
            if isinstance(claim, ox.NamedNode) and all(
                ox.Quad(claim, prop, value, self.graph_name) in self.store.engine
                for prop, value in parts
            ):
                yield claim

    def _joined(self, triple: ox.Triple) -> Iterator[ox.NamedNode]:
        """The claims of a triple each part of which has very many; the engine joins."""
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            return
        query = (
            f"SELECT ?c WHERE {{ GRAPH {self.graph_name} {{ ?c {RDF.subject} {triple.subject} ; "
            f"{RDF.predicate} {triple.predicate} ; {RDF.object} {triple.object} }} }}"
        )
        for row in self.store.engine.query(query):  # type: ignore[union-attr]
            if isinstance(row["c"], ox.NamedNode):
                yield row["c"]

    def claims_about(self, subject: Term, *, limit: int | None = None) -> tuple[Claim, ...]:
        """The claims whose subject is ``subject``, in text order; at most ``limit`` of them."""
        quads = self.store.quads(None, RDF.subject, subject, self.graph_name)
        iris = (q.subject for q in quads if isinstance(q.subject, ox.NamedNode))
        return _in_text_order(self.claim(iri) for iri in islice(iris, limit))

    def claims_of_passage(self, passage: ox.NamedNode) -> tuple[Claim, ...]:
        """The claims that ``passage`` supports."""
        quads = self.store.quads(None, KV.supportedBy, passage, self.graph_name)
        iris = sorted({q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}, key=str)
        return tuple(self.claim(iri) for iri in iris)

    def claim(self, iri: ox.NamedNode) -> Claim:
        """The claim with this IRI.

        :raises NotFound: where there is none.
        """
        subject, predicate, obj = (
            self._one(iri, prop) for prop in (RDF.subject, RDF.predicate, RDF.object)
        )
        if subject is None or not isinstance(predicate, ox.NamedNode) or obj is None:
            raise NotFound(f"there is no claim {iri.value}")
        passages = (self.passage(node) for node in self._nodes(iri, KV.supportedBy))
        return Claim(
            iri,
            ox.Triple(subject, predicate, obj),  # type: ignore[arg-type]
            self._node(iri, KV.evidenceKind),
            self._node(iri, KV.attributedTo),
            tuple(sorted(passages, key=lambda p: (p.source.iri.value, p.start, p.end))),
        )

    def passage(self, iri: ox.NamedNode) -> Passage:
        """The passage with this IRI.

        :raises NotFound: where there is none.
        """
        if iri not in self._passages:
            self._passages[iri] = self._read_passage(iri)
        return self._passages[iri]

    def passages_of(self, source: ox.NamedNode) -> tuple[Passage, ...]:
        """The passages of a stored text, by start, the longer first."""
        quads = self.store.quads(None, OA.hasSource, source, self.graph_name)
        found = {self.passage(q.subject) for q in quads if isinstance(q.subject, ox.NamedNode)}
        return tuple(sorted(found, key=lambda p: (p.start, -p.end, p.iri.value)))

    def source(self, iri: ox.NamedNode) -> Source:
        """The stored text with this IRI, without its characters (see :meth:`text`)."""
        if iri not in self._sources:
            language = self._one(iri, DCT.language)
            self._sources[iri] = Source(
                iri,
                self._node(iri, KV.snapshotOf),
                self._text(iri, DCT.title),
                language_tag(language),
                self._text(iri, KV.sha256),
            )
        return self._sources[iri]

    def sources(self) -> tuple[Source, ...]:
        """Every stored text, by IRI."""
        quads = self.store.quads(None, RDF.type, KV.SourceSnapshot, self.graph_name)
        iris = {q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}
        return tuple(self.source(iri) for iri in sorted(iris, key=str))

    def text(self, source: ox.NamedNode) -> str:
        """The characters of a stored text.

        :raises NotFound: where nothing is stored.
        """
        found = self._text(source, PROV.value)
        if found is None:
            raise NotFound(f"no text is stored for {source.value}")
        return found

    def sources_of(self, document: ox.NamedNode) -> tuple[Source, ...]:
        """The stored texts of a document, by IRI."""
        quads = self.store.quads(None, KV.snapshotOf, document, self.graph_name)
        iris = {q.subject for q in quads if isinstance(q.subject, ox.NamedNode)}
        return tuple(self.source(iri) for iri in sorted(iris, key=str))

    def absences_about(self, thing: ox.NamedNode) -> tuple[Absence, ...]:
        """What sources are recorded not to say about ``thing``."""
        quads = self.store.quads(None, KV.about, thing, self.graph_name)
        return self._absences(q.subject for q in quads)

    def absences_in(self, source: ox.NamedNode) -> tuple[Absence, ...]:
        """What a stored text is recorded not to say."""
        quads = self.store.quads(None, KV.checkedIn, source, self.graph_name)
        return self._absences(q.subject for q in quads)

    def absence(self, iri: ox.NamedNode) -> Absence:
        """The absence note with this IRI."""
        notes = (o for o in self._objects(iri, KV.note) if isinstance(o, ox.Literal))
        return Absence(
            iri,
            tuple(self._nodes(iri, KV.about)),
            tuple(self._nodes(iri, KV.absentProperty)),
            tuple(notes),
            tuple(self.source(node) for node in self._nodes(iri, KV.checkedIn)),
        )

    def _absences(self, subjects: Iterable[Term]) -> tuple[Absence, ...]:
        iris = {iri for iri in subjects if isinstance(iri, ox.NamedNode)}
        return tuple(self.absence(iri) for iri in sorted(iris, key=str))

    def _read_passage(self, iri: ox.NamedNode) -> Passage:
        source = self._node(iri, OA.hasSource)
        parts: dict[str, str] = {}
        for selector in self._objects(iri, OA.hasSelector):
            for quad in self.store.quads(selector, None, None, self.graph_name):  # type: ignore[arg-type]
                if isinstance(quad.object, ox.Literal):
                    parts[quad.predicate.value.removeprefix(str(OA))] = quad.object.value
        if source is None or not {"exact", "start", "end"} <= parts.keys():
            raise NotFound(f"there is no passage {iri.value}")
        return Passage(
            iri,
            self.source(source),
            parts["exact"],
            parts.get("prefix", ""),
            parts.get("suffix", ""),
            int(parts["start"]),
            int(parts["end"]),
        )

    def _objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> Iterator[Term]:
        quads = self.store.quads(subject, predicate, None, self.graph_name)
        return iter(sorted((q.object for q in quads), key=str))

    def _nodes(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> Iterator[ox.NamedNode]:
        return (o for o in self._objects(subject, predicate) if isinstance(o, ox.NamedNode))

    def _one(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> Term | None:
        return next(self._objects(subject, predicate), None)

    def _node(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> ox.NamedNode | None:
        return next(self._nodes(subject, predicate), None)

    def _text(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> str | None:
        found = self._one(subject, predicate)
        return found.value if isinstance(found, ox.Literal) else None


def language_tag(term: Term | None) -> str | None:
    """The language tag a ``dct:language`` value stands for: a literal, or the tail of an IRI.

    >>> language_tag(ox.Literal("tr")), language_tag(ox.NamedNode("http://lexvo.org/id/iso639-1/sq"))
    ('tr', 'sq')
    """
    if isinstance(term, ox.Literal):
        return term.value
    if isinstance(term, ox.NamedNode):
        return term.value.rpartition("/")[2].lower()
    return None


def _in_text_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    def place(claim: Claim) -> tuple[str, int, str]:
        first = claim.passages[0] if claim.passages else None
        return (first.source.iri.value if first else "~", first.start if first else 0, str(claim))

    return tuple(sorted(claims, key=place))
