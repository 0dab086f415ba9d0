"""SPARQL without second thoughts: guarded, bounded, killable.

``QueryPool`` runs queries; ``check`` decides what may run at all; ``Endpoint`` turns protocol
requests into answers ready to send.
"""

from kuvend.sparql.choosing import choose_format, column_formats, format_named, offers
from kuvend.sparql.endpoint import Answer, Conditions, Endpoint, Prepared
from kuvend.sparql.explain import explain_syntax_error
from kuvend.sparql.guard import Limits, Outline, check, outline
from kuvend.sparql.inserts import only_inserts
from kuvend.sparql.operations import operations_of, with_merged_using, with_witness
from kuvend.sparql.pool import NeedsThread, QueryPool, WouldWait
from kuvend.sparql.pools import Pools
from kuvend.sparql.protocol import QueryCall, UpdateCall, read_query_call, read_update_call
from kuvend.sparql.stream import Client, QueryResult, Running
from kuvend.sparql.table import Table
from kuvend.sparql.tags import releases_of
from kuvend.sparql.using import with_using

__all__ = [
    "Answer",
    "Client",
    "Conditions",
    "Endpoint",
    "Limits",
    "NeedsThread",
    "Outline",
    "Pools",
    "Prepared",
    "QueryCall",
    "QueryPool",
    "QueryResult",
    "Running",
    "Table",
    "UpdateCall",
    "WouldWait",
    "check",
    "choose_format",
    "column_formats",
    "explain_syntax_error",
    "format_named",
    "offers",
    "only_inserts",
    "operations_of",
    "outline",
    "read_query_call",
    "read_update_call",
    "releases_of",
    "with_merged_using",
    "with_using",
    "with_witness",
]
