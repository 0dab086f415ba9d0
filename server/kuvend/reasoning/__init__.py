"""Reasoning: what follows from a graph under OWL 2 RL and the project's rules, and why."""

from kuvend.reasoning.ablation import AxiomWorth
from kuvend.reasoning.closing import ENGINES, close
from kuvend.reasoning.duck import DiskClosure, Room
from kuvend.reasoning.model import Closure, Fact, Inconsistency, SameAs
from kuvend.reasoning.proof import Proof
from kuvend.reasoning.reasoner import Delta, Reasoner
from kuvend.reasoning.rules import Rule, load_rules, parse_rule
from kuvend.reasoning.whynot import NearMiss

__all__ = [
    "ENGINES",
    "AxiomWorth",
    "Closure",
    "Delta",
    "DiskClosure",
    "Fact",
    "Inconsistency",
    "NearMiss",
    "Proof",
    "Reasoner",
    "Room",
    "Rule",
    "SameAs",
    "close",
    "load_rules",
    "parse_rule",
]
