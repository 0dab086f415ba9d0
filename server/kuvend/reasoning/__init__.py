"""Reasoning: what follows from a graph under OWL 2 RL and the project's rules, and why."""

from kuvend.reasoning.closing import close
from kuvend.reasoning.model import Closure, Fact, Inconsistency, SameAs

__all__ = ["Closure", "Fact", "Inconsistency", "SameAs", "close"]
