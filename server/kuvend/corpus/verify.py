"""The proof that quotes are real: run over an evidence graph, whoever made it.

``queries/checks/quotes-verbatim.rq`` is the same check in SPARQL 1.1, for everyone else. Here it
also looks at the files on disk and says where a misplaced quote really stands.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.citations import BACKGROUND
from kuvend.corpus.claims import passage_digest
from kuvend.corpus.locate import Span, locate
from kuvend.errors import KuvendError, QuoteError, Unprocessable
from kuvend.namespaces import DCT, KV, OA, PROV, RDF, XSD
from kuvend.terms import Term


def verify_evidence(
    triples: Iterable[ox.Triple | ox.Quad], documents: Path | None = None
) -> tuple[KuvendError, ...]:
    """What is wrong with the claims, passages and stored texts of an evidence graph.

    Nothing, if each passage's quote stands at its offsets in its text, each text has the SHA-256
    it names (and is the file in ``documents``, where that folder is given), and each claim names
    a passage or is marked as background knowledge. Claims come first, then passages,
    then texts, each sorted by IRI.
    """
    graph = _Graph(triples)
    return (
        *(p for iri in graph.all_of(KV.Claim) for p in _check_claim(graph, iri)),
        *(p for iri in graph.all_of(KV.Passage) for p in _check_passage(graph, iri)),
        *(
            p
            for iri in graph.all_of(KV.SourceSnapshot)
            for p in _check_source(graph, iri, documents)
        ),
    )


class _Graph:
    """Triples by subject and predicate."""

    def __init__(self, triples: Iterable[ox.Triple | ox.Quad]) -> None:
        self._objects: dict[tuple[Term, ox.NamedNode], set[Term]] = defaultdict(set)
        for triple in triples:
            self._objects[triple.subject, triple.predicate].add(triple.object)

    def all_of(self, kind: ox.NamedNode) -> list[ox.NamedNode]:
        found = (
            s for (s, p), objects in self._objects.items() if p == RDF.type and kind in objects
        )
        return sorted((s for s in found if isinstance(s, ox.NamedNode)), key=lambda s: s.value)

    def all(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        return sorted(self._objects.get((subject, predicate), ()), key=str)

    def one(self, subject: Term, predicate: ox.NamedNode) -> Term:
        found = self.all(subject, predicate)
        if len(found) != 1:
            raise Unprocessable(
                f"exactly one {predicate.value} is needed, not {len(found)}.", source=str(subject)
            )
        return found[0]

    def text(self, subject: Term, predicate: ox.NamedNode) -> str:
        found = self.one(subject, predicate)
        if not isinstance(found, ox.Literal) or found.datatype != XSD.string:
            raise Unprocessable(
                f"the value of {predicate.value} must be a plain string without language tag.",
                source=str(subject),
            )
        return found.value

    def number(self, subject: Term, predicate: ox.NamedNode) -> int:
        found = self.one(subject, predicate)
        if not isinstance(found, ox.Literal) or not found.value.isdecimal():
            raise Unprocessable(
                f"the value of {predicate.value} must be a whole number.", source=str(subject)
            )
        return int(found.value)

    def selector(self, passage: ox.NamedNode, kind: ox.NamedNode) -> Term:
        found = [s for s in self.all(passage, OA.hasSelector) if kind in self.all(s, RDF.type)]
        if len(found) != 1:
            raise Unprocessable(
                f"exactly one {kind.value} is needed, not {len(found)}.", source=passage.value
            )
        return found[0]


def _check_source(
    graph: _Graph, source: ox.NamedNode, documents: Path | None
) -> Iterator[KuvendError]:
    try:
        text, named = graph.text(source, PROV.value), graph.text(source, KV.sha256)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        if sha256 != named or not source.value.endswith(f"/{sha256[:16]}"):
            yield Unprocessable(
                f"the stored text has the SHA-256 {sha256}, not the one it is named by.",
                source=source.value,
            )
        elif documents is not None:
            document, language = graph.one(source, KV.snapshotOf), graph.text(source, DCT.language)
            slug = str(getattr(document, "value", "")).rpartition("/")[2]
            yield from _check_file(documents / f"{slug}.{language}.txt", sha256)
    except KuvendError as error:
        yield error


def _check_file(file: Path, sha256: str) -> Iterator[KuvendError]:
    if not file.is_file():
        yield Unprocessable("the document is not there.", source=str(file))
    elif hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        yield Unprocessable(
            "the document differs from the text the statements were checked against.",
            source=str(file),
            suggestion="Build again.",
        )


def _check_passage(graph: _Graph, passage: ox.NamedNode) -> Iterator[KuvendError]:
    try:
        source = graph.one(passage, OA.hasSource)
        text = graph.text(source, PROV.value)
        exact = graph.text(graph.selector(passage, OA.TextQuoteSelector), OA.exact)
        position = graph.selector(passage, OA.TextPositionSelector)
        span = Span(graph.number(position, OA.start), graph.number(position, OA.end))
    except KuvendError as error:
        yield error
        return
    if not exact or span.of(text) != exact or span.end - span.start != len(exact):
        yield _misquoted(passage, exact, text, span)
    elif passage.value.rpartition("/")[2] != passage_digest(_value(source), span):
        yield Unprocessable(
            "the passage's IRI is not the one that follows from its source and place.",
            source=passage.value,
        )


def _misquoted(passage: ox.NamedNode, exact: str, text: str, span: Span) -> KuvendError:
    there = (
        f"the text has “{span.of(text)}” at characters {span.start} to {span.end}, not “{exact}”."
    )
    try:
        right = locate(exact, text)
        hint = f"These words stand at characters {right.start} to {right.end}."
        if right.of(text) != exact:
            hint += " Copy them as they stand there, with their white space and punctuation."
    except QuoteError as error:
        hint = error.detail[:1].upper() + error.detail[1:]
    problem = QuoteError(there, suggestion=hint, places=((span.start, span.end),))
    problem.source = passage.value
    return problem


def _check_claim(graph: _Graph, claim: ox.NamedNode) -> Iterator[KuvendError]:
    try:
        for predicate in (RDF.subject, RDF.predicate, RDF.object):
            graph.one(claim, predicate)
        kind = graph.one(claim, KV.evidenceKind)
        passages = graph.all(claim, KV.supportedBy)
        if kind == BACKGROUND and passages:
            raise Unprocessable("background knowledge has no passage.", source=claim.value)
        if kind != BACKGROUND and KV.Passage not in graph.all(
            graph.one(claim, KV.supportedBy), RDF.type
        ):
            raise Unprocessable("the passage of the claim is not described.", source=claim.value)
    except KuvendError as error:
        yield error


def _value(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
