"""Checks beyond SHACL: what shapes cannot say, each with a rule identifier of its own."""

from kuvend.shacl.checks.addresses import Addresses, check_addresses
from kuvend.shacl.checks.evidence import CitedStatement, SourceDate, check_evidence
from kuvend.shacl.checks.habits import check_habits
from kuvend.shacl.checks.identity import KnownThing, check_identity
from kuvend.shacl.checks.kinds import Kinds, check_kinds
from kuvend.shacl.checks.language import check_languages
from kuvend.shacl.checks.text import check_text
from kuvend.shacl.checks.vocabulary import Vocabulary, VocabularyTerm, check_vocabulary

__all__ = [
    "Addresses",
    "CitedStatement",
    "Kinds",
    "KnownThing",
    "SourceDate",
    "Vocabulary",
    "VocabularyTerm",
    "check_addresses",
    "check_evidence",
    "check_habits",
    "check_identity",
    "check_kinds",
    "check_languages",
    "check_text",
    "check_vocabulary",
]
