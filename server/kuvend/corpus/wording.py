"""Source words outside quotes: values that are said to be the document's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.corpus.catalogue import Document
from kuvend.corpus.fold import fold_quote
from kuvend.corpus.statements import Statement
from kuvend.namespaces import KV

WORDINGS = (KV.statementText, KV.ruleText, KV.meansText, KV.countWording, KV.timeWording)
_OMISSION = re.compile(r"\s*\[?(?:…|\.\.\.)\]?\s*")


def wording_notices(
    document: Document, statements: Iterable[Statement], source: str
) -> Iterator[str]:
    """A line for each value that should be in the words of the document and is not.

    ``[…]`` marks an omission; what stands between omissions must be there word for word.
    """
    for statement in statements:
        value = statement.triple.object
        if statement.triple.predicate not in WORDINGS or not isinstance(value, ox.Literal):
            continue
        if value.language not in (None, document.language):
            continue
        parts = [fold_quote(part) for part in _OMISSION.split(value.value)]
        missing = [part for part in parts if part not in document.folded_text]
        if missing:
            name = statement.triple.predicate.value.rpartition("#")[2]
            yield (
                f"{source}:{statement.line}:{statement.column}: kv:{name} is not in the words of "
                f"the document: “{missing[0]}”"
            )
