"""Checks beyond SHACL: what shapes cannot say, each with a rule identifier of its own."""

from kuvend.shacl.checks.evidence import CitedStatement, SourceDate, check_evidence
from kuvend.shacl.checks.identity import KnownThing, check_identity
from kuvend.shacl.checks.language import check_languages
from kuvend.shacl.checks.vocabulary import Vocabulary, VocabularyTerm, check_vocabulary

__all__ = [
    "CitedStatement",
    "KnownThing",
    "SourceDate",
    "Vocabulary",
    "VocabularyTerm",
    "check_evidence",
    "check_identity",
    "check_languages",
    "check_vocabulary",
]
