"""Documents, quotes, claims, passages: a sentence behind every statement, proved to be there."""

from kuvend.corpus.catalogue import Document
from kuvend.corpus.coverage import Coverage, Stretch
from kuvend.corpus.envelope import Derivation, Envelope, certainly_before, envelope
from kuvend.corpus.locate import Span, locate
from kuvend.corpus.read import Corpus, read_corpus
from kuvend.corpus.verify import verify_evidence

__all__ = [
    "Corpus",
    "Coverage",
    "Derivation",
    "Document",
    "Envelope",
    "Span",
    "Stretch",
    "certainly_before",
    "envelope",
    "locate",
    "read_corpus",
    "verify_evidence",
]
