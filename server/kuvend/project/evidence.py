"""Words for triples that stop a build: each triple with the sentences that say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.describe import Claim, Evidence
from kuvend.store import GraphNames, Store


def cited_lines(
    triples: Iterable[ox.Triple], evidence: Iterable[ox.Triple], graphs: GraphNames
) -> list[str]:
    """Each of ``triples`` on a line, followed by document, quote and claim of what says it."""
    store = Store.in_memory()
    name = graphs.evidence
    store.load(ox.Quad(t.subject, t.predicate, t.object, name) for t in evidence)
    reader = Evidence(store, graphs)
    lines: list[str] = []
    for triple in triples:
        lines.append(f"  {triple} .")
        lines += [f"    {line}" for c in reader.claims_for(triple) for line in _said(c)]
    return lines


def _said(claim: Claim) -> Iterator[str]:
    if not claim.passages:
        yield f"background knowledge, no passage ({claim.iri.value})"
    for passage in claim.passages:
        document = passage.source.document
        slug = document.value.rpartition("/")[2] if document else "a source"
        yield f"{slug} {passage.start}-{passage.end}: “{passage.exact}” ({claim.iri.value})"
