"""An update carried out as SPARQL has it, where the engine does otherwise or says too little."""

from __future__ import annotations

import uuid

import pyoxigraph as ox

from kuvend.sparql import operations_of, with_merged_using, with_witness


def carry_out(
    store: ox.Store, text: str, base_iri: str | None, *, with_inserted: bool
) -> set[ox.Triple]:
    """Carry out an update; what it inserted into the default graph, where that is asked for.

    Also what was there already, and what a later operation took away again. Where an operation
    fails, those before it may have been carried out.

    :raises SyntaxError: before anything is carried out.
    :raises ValueError, RuntimeError, OSError: as the engine does.
    """
    if not with_inserted and "USING" not in text.upper():
        store.update(text, base_iri=base_iri)
        return set()
    prologue, operations = operations_of(text)
    _check_syntax(text, prologue, base_iri)
    inserted: set[ox.Triple] = set()
    witness, merged = (ox.NamedNode(uuid.uuid4().urn) for _ in range(2))
    for operation in operations:
        witnessed = with_witness(operation, witness.value) if with_inserted else None
        parts = operations_of(witnessed)[1] if witnessed else [operation]
        whole = " ; ".join(with_merged_using(part, merged.value) or part.text for part in parts)
        store.update(prologue + whole, base_iri=base_iri)
        if witnessed:
            # It is gone before the next operation, which might come upon it.
            inserted.update(q.triple for q in store.quads_for_pattern(None, None, None, witness))
            store.remove_graph(witness)
    return inserted


def _check_syntax(text: str, prologue: str, base_iri: str | None) -> None:
    """Nothing where the whole text is an update: the engine parses it, and fails at once.

    :raises SyntaxError: as the engine does.
    """
    fails = f"{prologue} DROP GRAPH <urn:none> ; {text[len(prologue) :]}"
    try:
        ox.Store().update(fails, base_iri=base_iri)
    except SyntaxError:
        # Told of the text as it is, for its lines and columns.
        ox.Store().update(text, base_iri=base_iri)
        raise
    except RuntimeError:
        return
