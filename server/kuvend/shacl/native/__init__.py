"""Our own SHACL engine: Core over a plain index, SPARQL constraints as one query for all nodes.

What it does not do (custom components, queries it cannot run for all nodes at once) it hands to
the reference engine, shape by shape; where it answers, tests hold it equal to the reference.
"""

from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.engine import NativeEngine, validate_natively

__all__ = ["DataGraph", "NativeEngine", "validate_natively"]
