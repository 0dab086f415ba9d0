"""Claims and passages in plain RDF 1.1: the sentence behind each statement, as data.

claim → ``kv:supportedBy`` → passage → ``oa:hasSource`` → stored text. The passage says the words
(``oa:exact``) and where they stand (``oa:start``, ``oa:end``: code points from 0, end excluded);
with one query anyone can see that the text has those words there. IRIs are hashes of content, so
that the same input gives the same IRIs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.corpus.catalogue import Document
from kuvend.corpus.citations import STATED, TRANSLATION, Citation
from kuvend.corpus.locate import CONTEXT, Span
from kuvend.namespaces import DCT, KV, OA, PROV, RDF, RDFS, XSD

_HASH_DIGITS = 20  # 80 bits: no collision to expect among a thousand million claims


@dataclass(frozen=True)
class Claim:
    """One triple with one piece of evidence; ``span`` is ``None`` for background knowledge."""

    document: Document
    triple: ox.Triple
    kind: ox.NamedNode
    span: Span | None = None
    attributed_to: ox.NamedNode | None = None
    comments: tuple[ox.Literal, ...] = ()

    @property
    def iri(self) -> ox.NamedNode:
        """The claim's IRI: what it says, by which passage, of which kind, by whom."""
        passage = None if self.span is None else passage_iri(self.document, self.span)
        return claim_iri(
            _base(self.document),
            self.triple,
            passage=passage,
            kind=self.kind,
            attributed_to=self.attributed_to,
        )


def claim_of(document: Document, triple: ox.Triple, citation: Citation, span: Span | None) -> Claim:
    """The claim that ``citation`` makes of ``triple``.

    A text in another language than the document's is a translation unless the citation says
    another kind.
    """
    kind = citation.kind or (TRANSLATION if _is_foreign(triple.object, document) else STATED)
    return Claim(document, triple, kind, span, citation.attributed_to, citation.comments)


def claim_iri(
    base_iri: str,
    triple: ox.Triple,
    *,
    passage: ox.NamedNode | None,
    kind: ox.NamedNode,
    attributed_to: ox.NamedNode | None,
) -> ox.NamedNode:
    """The IRI of a claim; kind and speaker count where they are not the usual ones."""
    parts = [str(triple), str(passage or "")]
    parts += [str(kind)] if kind != STATED else []
    parts += [str(attributed_to)] if attributed_to is not None else []
    return ox.NamedNode(f"{base_iri}id/claim/{_digest(parts)}")


def passage_iri(document: Document, span: Span) -> ox.NamedNode:
    """The IRI of a stretch of a stored text."""
    digest = passage_digest(document.source_iri, span)
    return ox.NamedNode(f"{_base(document)}id/passage/{digest}")


def passage_digest(source_iri: str, span: Span) -> str:
    """The last segment of a passage's IRI: source and place, hashed."""
    return _digest([source_iri, str(span.start), str(span.end)])


def claim_triples(claim: Claim) -> Iterator[ox.Triple]:
    """The triples that describe a claim, its passage not included."""
    iri = claim.iri
    yield ox.Triple(iri, RDF.type, KV.Claim)
    yield ox.Triple(iri, RDF.subject, claim.triple.subject)
    yield ox.Triple(iri, RDF.predicate, claim.triple.predicate)
    yield ox.Triple(iri, RDF.object, claim.triple.object)
    yield ox.Triple(iri, KV.evidenceKind, claim.kind)
    if claim.span is not None:
        yield ox.Triple(iri, KV.supportedBy, passage_iri(claim.document, claim.span))
    if claim.attributed_to is not None:
        yield ox.Triple(iri, KV.attributedTo, claim.attributed_to)
    for comment in claim.comments:
        yield ox.Triple(iri, RDFS.comment, comment)


def passage_triples(document: Document, span: Span) -> Iterator[ox.Triple]:
    """The triples that describe a passage: its source, its words and its place."""
    iri = passage_iri(document, span)
    quote, position = (ox.NamedNode(f"{iri.value}#{part}") for part in ("quote", "position"))
    text = document.text
    yield ox.Triple(iri, RDF.type, KV.Passage)
    yield ox.Triple(iri, OA.hasSource, ox.NamedNode(document.source_iri))
    yield ox.Triple(iri, OA.hasSelector, quote)
    yield ox.Triple(iri, OA.hasSelector, position)
    yield ox.Triple(quote, RDF.type, OA.TextQuoteSelector)
    yield ox.Triple(quote, OA.exact, ox.Literal(span.of(text)))
    before, after = text[max(0, span.start - CONTEXT) : span.start], text[span.end :][:CONTEXT]
    yield ox.Triple(quote, OA.prefix, ox.Literal(before))
    yield ox.Triple(quote, OA.suffix, ox.Literal(after))
    yield ox.Triple(position, RDF.type, OA.TextPositionSelector)
    yield ox.Triple(position, OA.start, _integer(span.start))
    yield ox.Triple(position, OA.end, _integer(span.end))


def source_triples(document: Document) -> Iterator[ox.Triple]:
    """The triples that describe a stored text; the text itself has no language tag, so that its
    characters compare with those of a quote in any query language."""
    iri = ox.NamedNode(document.source_iri)
    yield ox.Triple(iri, RDF.type, KV.SourceSnapshot)
    yield ox.Triple(iri, PROV.value, ox.Literal(document.text))
    yield ox.Triple(iri, KV.sha256, ox.Literal(document.sha256))
    yield ox.Triple(iri, DCT.language, ox.Literal(document.language))
    yield ox.Triple(iri, KV.snapshotOf, ox.NamedNode(document.iri))
    for language, title in sorted(document.titles.items()):
        yield ox.Triple(iri, DCT.title, ox.Literal(title, language=language))


def _base(document: Document) -> str:
    return document.iri.removesuffix(f"document/{document.slug}")


def _is_foreign(term: object, document: Document) -> bool:
    if not isinstance(term, ox.Literal) or not term.language:
        return False
    return term.language.partition("-")[0] != document.language.partition("-")[0]


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD.integer)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_HASH_DIGITS]
