"""owlrl, the reference in Python, behind the interface of our own engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.errors import KuvendError
from kuvend.namespaces import OWL
from kuvend.reasoning.model import Closure, Inconsistency, SameAs
from kuvend.reasoning.trivial import is_trivial
from kuvend.terms import Term, sort_key

BLANK = "urn:x-kuvend:blank:"  # blank nodes travel as IRIs, so their names come back unchanged
_ERROR_VOCABULARY = "http://www.daml.org/2002/03/agents/agent-ont#"


def close_with_owlrl(triples: Iterable[ox.Triple], *, all_triples: bool = False) -> Closure:
    """The closure as owlrl finds it, in a process of its own; trivial triples left out.

    Contradictions carry owlrl's message and no triples: owlrl does not say which.

    :raises KuvendError: where the process fails.
    """
    asserted = set(triples)
    output, errors = _run(asserted)
    inferred = sorted(
        {
            triple
            for triple in map(_restore, ox.parse(output, ox.RdfFormat.N_TRIPLES))
            if triple not in asserted
            and not triple.predicate.value.startswith(_ERROR_VOCABULARY)
            and (all_triples or not is_trivial(triple))
        },
        key=sort_key,
    )
    return Closure(
        inferred=tuple(inferred),
        inconsistencies=tuple(Inconsistency("owlrl", (), message) for message in errors),
        same_as=_unasserted_same_as(inferred),
    )


def _run(asserted: set[ox.Triple]) -> tuple[bytes, list[str]]:
    lines = sorted(
        f"{_replace(t.subject)} {t.predicate} {_replace(t.object)} .\n" for t in asserted
    )
    done = subprocess.run(
        [sys.executable, "-m", "kuvend.reasoning.owlrl_worker"],
        input="".join(lines).encode(),
        capture_output=True,
        check=False,
    )
    messages = done.stderr.decode().splitlines()
    if done.returncode != 0:
        raise KuvendError(f"owlrl failed: {messages[-1] if messages else 'no message'}")
    return done.stdout, messages


def _replace(term: Term) -> str:
    return f"<{BLANK}{term.value}>" if isinstance(term, ox.BlankNode) else str(term)


def _restore(triple: ox.Triple | ox.Quad) -> ox.Triple:
    def fixed(term: Term) -> Term:
        if isinstance(term, ox.NamedNode) and term.value.startswith(BLANK):
            return ox.BlankNode(term.value.removeprefix(BLANK))
        return term

    return ox.Triple(fixed(triple.subject), triple.predicate, fixed(triple.object))  # type: ignore[arg-type]


def _unasserted_same_as(inferred: list[ox.Triple]) -> tuple[SameAs, ...]:
    return tuple(
        SameAs(t.subject, t.object, "owlrl")
        for t in inferred
        if t.predicate == OWL.sameAs
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode)
        and t.subject.value < t.object.value
    )
