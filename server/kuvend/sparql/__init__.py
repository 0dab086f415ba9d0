"""SPARQL without second thoughts: guarded, bounded, killable.

``QueryPool`` runs queries; ``check`` decides what may run at all.
"""

from kuvend.sparql.guard import Limits, Outline, check, outline
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.stream import Client, QueryResult, Running
from kuvend.sparql.table import Table

__all__ = [
    "Client",
    "Limits",
    "Outline",
    "QueryPool",
    "QueryResult",
    "Running",
    "Table",
    "check",
    "outline",
]
