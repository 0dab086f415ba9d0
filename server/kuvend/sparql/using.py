"""The dataset of an update request, written into the update itself.

The engine takes no dataset beside the text, so the ``using-graph-uri`` parameters become
``USING`` clauses. Source: SPARQL 1.1 Protocol §2.2.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from kuvend.errors import BadRequest
from kuvend.sparql.lexer import Token, iter_tokens


def with_using(text: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """``text`` with ``USING`` and ``USING NAMED`` in each operation that has a WHERE.

    :raises BadRequest: where the text names a dataset of its own.

    >>> with_using("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", ["urn:g"], [])
    'DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }'
    >>> with_using("DELETE WHERE { ?s ?p 1 }", ["urn:g"], [])
    'DELETE { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p 1 }'
    """
    if not using and not using_named:
        return text
    tokens = list(iter_tokens(text))
    if any(t.kind == "word" and t.text.upper() in {"USING", "WITH"} for t in tokens):
        raise BadRequest(
            "the update says USING or WITH and the request names a dataset as well.",
            suggestion="Name the dataset in one place.",
        )
    clauses = "".join(f"USING <{iri}> " for iri in using)
    clauses += "".join(f"USING NAMED <{iri}> " for iri in using_named)
    parts: list[str] = []
    done = depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind == "word" and token.text.upper() == "WHERE":
            parts.append(text[done : token.offset])
            if tokens[index - 1].text.upper() == "DELETE":
                parts.append(_block(text, tokens[index + 1 :]) + " ")
            parts.append(clauses)
            done = token.offset
    return "".join(parts) + text[done:]


def _block(text: str, tokens: Sequence[Token]) -> str:
    """The text of the bracketed block the tokens begin with."""
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return text[tokens[0].offset : token.offset + len(token.text)]
    return ""
