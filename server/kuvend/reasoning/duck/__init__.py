"""Reasoning out of core: terms, facts and closure in DuckDB, within a memory limit and on disk."""

from kuvend.reasoning.duck.closure import DiskClosure
from kuvend.reasoning.duck.database import DEFAULT_MEMORY_MB, Room

__all__ = ["DEFAULT_MEMORY_MB", "DiskClosure", "Room"]
