"""The solutions of a query that have given values, asked for in SPARQL."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kuvend.terms import Term, n_triples

# A row: what each variable stands for; ``None`` is unbound.
Solution = Mapping[str, Term | None]


def narrowed(inside: str, solution: Solution, *, is_row: bool = True) -> str:
    """A group with those solutions of the group ``inside`` that have the values of ``solution``.

    Of a blank node, which no query can name, it is asked that it is one. A solution that leaves a
    variable open has any value for it; with ``is_row`` it has none.

    >>> narrowed("{ ?s ?p ?o }", {"s": ox.NamedNode("urn:a"), "o": None})
    '{ { ?s ?p ?o } FILTER(BOUND(?s) && !BOUND(?o)) } VALUES (?s) { (<urn:a>) }'
    """
    given = {name: term for name, term in solution.items() if is_written(term)}
    conditions = [f"BOUND(?{name})" for name in given] if is_row else []
    conditions += [f"!BOUND(?{name})" for name, term in solution.items() if term is None]
    blank = (name for name, term in solution.items() if isinstance(term, ox.BlankNode))
    conditions += [f"isBLANK(?{name})" for name in blank]
    if conditions:
        inside = f"{{ {inside} FILTER({' && '.join(conditions)}) }}"
    if not given:
        return inside
    columns = " ".join(f"?{name}" for name in given)
    values = " ".join(n_triples(term) for term in given.values() if term is not None)
    return f"{inside} VALUES ({columns}) {{ ({values}) }}"


def is_written(term: Term | None) -> bool:
    """Whether a query can name the term; a blank node, and what holds one, it cannot."""
    if isinstance(term, ox.Triple):
        return is_written(term.subject) and is_written(term.object)
    return isinstance(term, ox.NamedNode | ox.Literal)
