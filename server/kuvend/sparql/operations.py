"""The operations of an update one by one, told from its tokens, and two that say more than is done.

The engine answers a triple that several graphs of ``USING`` hold once for each of them, where
SPARQL has their merge, and does not tell what was inserted that was there already. Both are had by
writing an operation otherwise.
Source: SPARQL 1.1 Update §3.1.3 (USING), §3.2 (graph management).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kuvend.sparql.lexer import Token, iter_tokens

# How many tokens each declaration of a prologue has.
_DECLARATIONS = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
_TRANSFERS = frozenset({"ADD", "COPY", "MOVE"})


@dataclass(frozen=True)
class Operation:
    """One operation as text; the offsets of its tokens are those in it."""

    text: str
    tokens: tuple[Token, ...]

    def outermost(self, *words: str) -> list[int]:
        """The numbers of the tokens that are one of ``words``, outside of all brackets."""
        found, depth = [], 0
        for number, token in enumerate(self.tokens):
            depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0 and token.kind == "word" and token.text.upper() in words:
                found.append(number)
        return found

    def end_of_block(self, number: int) -> int:
        """The number of the token that closes the bracket which that one opens."""
        depth = 0
        for at in range(number, len(self.tokens)):
            depth += (self.tokens[at].kind == "open") - (self.tokens[at].kind == "close")
            if depth == 0:
                return at
        return len(self.tokens) - 1


def operations_of(text: str) -> tuple[str, list[Operation]]:
    """The prologue of an update and its operations, in order.

    >>> prologue, operations = operations_of("PREFIX a: <urn:a> CLEAR ALL; DROP GRAPH a:b ;")
    >>> prologue, [operation.text for operation in operations]
    ('PREFIX a: <urn:a> ', ['CLEAR ALL', 'DROP GRAPH a:b'])
    """
    tokens = list(iter_tokens(text))
    first = 0
    while first < len(tokens) and tokens[first].text.upper() in _DECLARATIONS:
        first += _DECLARATIONS[tokens[first].text.upper()]
    if first >= len(tokens):
        return text, []
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[first:]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    return text[: tokens[first].offset], [_operation(text, part) for part in parts if part]


def _operation(text: str, tokens: Sequence[Token]) -> Operation:
    start, end = tokens[0].offset, tokens[-1].offset + len(tokens[-1].text)
    return Operation(
        text[start:end], tuple(token._replace(offset=token.offset - start) for token in tokens)
    )


def with_merged_using(operation: Operation, graph: str) -> str | None:
    """The operation over the merge of the graphs it is to use, which is made in ``graph`` and is
    gone afterwards; ``None`` where it uses no two of them.

    As with any dataset that is named, no other graph is seen by ``GRAPH``.

    >>> text = "INSERT { ?s ?p 1 } USING <urn:g> USING <urn:h> WHERE { ?s ?p ?o }"
    >>> print(with_merged_using(operations_of(text)[1][0], "urn:m").replace(" ; ", "\\n"))
    ADD SILENT GRAPH <urn:g> TO GRAPH <urn:m>
    ADD SILENT GRAPH <urn:h> TO GRAPH <urn:m>
    INSERT { ?s ?p 1 } USING <urn:m>  WHERE { ?s ?p ?o }
    DROP SILENT GRAPH <urn:m>
    """
    tokens = operation.tokens
    used = [
        number
        for number in operation.outermost("USING")
        if number + 1 < len(tokens) and tokens[number + 1].kind in {"iri", "name"}
    ]
    if len(used) < 2:
        return None
    names = dict.fromkeys(tokens[number + 1].text for number in used)
    made = "".join(f"ADD SILENT GRAPH {name} TO GRAPH <{graph}> ; " for name in names)
    parts, done = [], 0
    for number in used:
        parts.append(operation.text[done : tokens[number].offset])
        parts.append(f"USING <{graph}>" if number == used[0] else "")
        done = tokens[number + 1].offset + len(tokens[number + 1].text)
    rest = operation.text[done:]
    return f"{made}{''.join(parts)}{rest} ; DROP SILENT GRAPH <{graph}>"


def with_witness(operation: Operation, graph: str) -> str | None:
    """The operation that puts what it puts into the default graph into ``graph`` as well; ``None``
    where it puts nothing there.

    Blank nodes in brackets are others there; nothing that was in the default graph has them.

    >>> operation = operations_of("INSERT DATA { <urn:a> <urn:p> 1 }")[1][0]
    >>> " ".join(with_witness(operation, "urn:w").split())
    'INSERT DATA { <urn:a> <urn:p> 1 GRAPH <urn:w> { <urn:a> <urn:p> 1 } }'
    >>> with_witness(operations_of("MOVE <urn:g> TO DEFAULT")[1][0], "urn:w")
    'ADD SILENT <urn:g> TO GRAPH <urn:w> ; MOVE <urn:g> TO DEFAULT'
    """
    first = operation.tokens[0].text.upper()
    if first in _TRANSFERS:
        return _witnessed_transfer(operation, graph)
    inserts = operation.outermost("INSERT")
    if not inserts or first == "WITH":
        return None
    tokens = operation.tokens
    start = next(at for at in range(inserts[0], len(tokens)) if tokens[at].kind == "open")
    end = operation.end_of_block(start)
    copies = [
        f"GRAPH <{graph}> {{{part}\n}} " for part in _outside_graphs(operation, start + 1, end)
    ]
    if not copies:
        return None
    # What stands before may end with a comment.
    place = tokens[end].offset
    return f"{operation.text[:place]}\n{''.join(copies)}{operation.text[place:]}"


def _witnessed_transfer(operation: Operation, graph: str) -> str | None:
    tokens = operation.tokens
    from_ = 2 if tokens[1].text.upper() == "SILENT" else 1
    (to,) = operation.outermost("TO")[-1:] or [0]
    is_of_itself = tokens[from_].text.upper() == "DEFAULT"
    if not to or tokens[-1].text.upper() != "DEFAULT" or is_of_itself:
        return None
    source = operation.text[tokens[from_].offset : tokens[to].offset]
    return f"ADD SILENT {source}TO GRAPH <{graph}> ; {operation.text}"


def _outside_graphs(operation: Operation, start: int, end: int) -> Iterator[str]:
    """The text of the triples between two tokens that no ``GRAPH`` encloses, part by part."""
    tokens = operation.tokens
    at = first = start
    while at < end:
        if tokens[at].kind == "word" and tokens[at].text.upper() == "GRAPH":
            yield from _part(operation, first, at)
            at = first = operation.end_of_block(at + 2) + 1
        else:
            at += 1
    yield from _part(operation, first, end)


def _part(operation: Operation, start: int, end: int) -> Iterator[str]:
    tokens = operation.tokens
    if start < end and tokens[start].text == ".":
        start += 1
    if start < end:
        yield " " + operation.text[tokens[start].offset : tokens[end].offset]
