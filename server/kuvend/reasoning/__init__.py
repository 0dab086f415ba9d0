"""Reasoning: what follows from a graph under OWL 2 RL and the project's rules, and why."""

from kuvend.reasoning.closing import ENGINES, close
from kuvend.reasoning.model import Closure, Fact, Inconsistency, SameAs
from kuvend.reasoning.reasoner import Delta, Reasoner

__all__ = ["ENGINES", "Closure", "Delta", "Fact", "Inconsistency", "Reasoner", "SameAs", "close"]
