"""What the graph says about one IRI: labels, statements, evidence, and how to find it by a word.

Everything here reads a :class:`kuvend.store.Store` and gives plain records; nothing is written.
"""

from kuvend.describe.evidence import Absence, Claim, Evidence, Passage, Source
from kuvend.describe.examples import example_triples
from kuvend.describe.labels import LABEL_PROPERTIES, Labels, pick, read_labels
from kuvend.describe.proof import Proof, Prover
from kuvend.describe.rdf import closure, thing_quads
from kuvend.describe.schema import Schema
from kuvend.describe.search import Entry, Hit, SearchIndex, build_search_index, fold
from kuvend.describe.support import Support
from kuvend.describe.thing import Description, Statement, describe

__all__ = [
    "LABEL_PROPERTIES",
    "Absence",
    "Claim",
    "Description",
    "Entry",
    "Evidence",
    "Hit",
    "Labels",
    "Passage",
    "Proof",
    "Prover",
    "Schema",
    "SearchIndex",
    "Source",
    "Statement",
    "Support",
    "build_search_index",
    "closure",
    "describe",
    "example_triples",
    "fold",
    "pick",
    "read_labels",
    "thing_quads",
]
