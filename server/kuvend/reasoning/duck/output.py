"""The closure on disk as triples: what was inferred beyond what is asserted, in a fixed order.

The same result as ``reasoning.output`` and ``reasoning.expansion`` give, made by joins.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.reasoning.duck.engine import DiskEngine
from kuvend.reasoning.duck.terms import FIRST_FREE, REFLEXIVE_NUMBERS
from kuvend.reasoning.expansion import MAX_EXPANSION
from kuvend.reasoning.model import Fact
from kuvend.reasoning.output import MAX_DIFFERENT, kept_apart_notes
from kuvend.reasoning.values import OWL_RL_DATATYPES, belongs_to
from kuvend.reasoning.vocabulary import DIFFERENT_FROM, NOTHING, SAME_AS, THING, TYPE, VOCABULARY
from kuvend.terms import Term

# What a line takes while it is sorted, about.
_LINE_BYTES = 300
_BEYOND = 2**31 - 1


class DiskInferences:
    """What a closed engine holds beyond what was asserted: the table ``result``, sorted, in which
    the terms of the rules have the numbers of their places."""

    def __init__(self, engine: DiskEngine, *, all_triples: bool = False) -> None:
        self._engine, self._db = engine, engine.db
        self._all = all_triples
        self._ranges = engine.terms.ranges
        self.capped: list[int] = []
        self._tabulate()
        self._select()
        self.size = self._db.number("SELECT count(*) FROM result")

    def lines(self) -> Iterator[str]:
        """The inferred triples as N-Triples, some thousand lines at a time."""
        for low, high in self._portions():
            for lines in self._db.texts(
                "SELECT concat(x.lex, ' ', y.lex, ' ', z.lex, ' .') FROM result"
                f" JOIN terms x ON x.id = s AND x.id >= {low} AND x.id < {high}"
                " JOIN terms y ON y.id = p JOIN terms z ON z.id = o"
                f" WHERE s >= {low} AND s < {high} ORDER BY s, p, o"
            ):
                yield "\n".join((*lines, ""))

    def generalised(self) -> list[Fact]:
        """Conclusions with a literal as subject, where all triples were asked for; sorted."""
        rows = self._db.rows("SELECT s, p, o FROM generalised")
        terms = self._engine.terms.terms(number for row in rows for number in row)
        facts = {Fact(*(terms[number] for number in row)) for row in rows}
        facts.update(self._types_of_literals())
        return sorted(facts, key=str)

    def notes(self) -> list[str]:
        """What was not written out, in words."""
        classes = self._engine.equality.classes
        terms = self._engine.terms.terms(self.capped)
        return [
            f"{len(classes[root])} terms are the same as {terms[root]}: "
            "their statements are given for this one only"
            for root in self.capped
        ] + kept_apart_notes((VOCABULARY[a], VOCABULARY[b]) for a, b in self._engine.kept_apart)

    def _portions(self) -> Iterator[tuple[int, int]]:
        """Ranges of subjects that have as many triples each as fit memory, about."""
        rows = self._db.rows_in_memory(_LINE_BYTES)
        starts = self._db.numbers(
            f"SELECT DISTINCT s FROM result WHERE rowid % {rows} = 0 ORDER BY s"
        )
        return pairwise((*starts, _BEYOND))

    def _tabulate(self) -> None:
        """Tables from representative to what stands for it, as subject, object and predicate."""
        classes = self._engine.equality.classes
        self.capped = self._too_large()
        spelled = self._spellings()
        as_subject: list[tuple[int, int]] = []
        as_object: list[tuple[int, int]] = []
        for root, members in classes.items():
            named = [m for m in members if not self._ranges.literal(m)]
            literals = spelled.get(root, [])
            if root in self.capped:
                named = [root]
                literals = []
            as_subject += [
                (root, m) for m in (*named, *(literals if self._all or not named else ()))
            ]
            as_object += [(root, m) for m in (*named, *literals)]
        for name, pairs in (("as_subject", as_subject), ("as_object", as_object)):
            columns = {"root": [root for root, _ in pairs], "term": [term for _, term in pairs]}
            self._db.table(name, columns)
        stars = [m for root in self.capped for m in classes[root] if not self._ranges.literal(m)]
        self._db.table("stars", {"term": stars})

    def _too_large(self) -> list[int]:
        """The classes whose expansion would be too large; they are given by representative."""
        classes = self._engine.equality.classes
        if not classes:
            return []
        mentions = dict(
            self._db.rows(
                "SELECT root, count(*) FROM (SELECT s AS root FROM f UNION ALL SELECT o FROM f)"
                " SEMI JOIN (SELECT DISTINCT root FROM roots) USING (root) GROUP BY root"
            )
        )
        return [
            root
            for root, members in classes.items()
            if len(members) * (len(members) + mentions.get(root, 0)) > MAX_EXPANSION
        ]

    def _spellings(self) -> dict[int, list[int]]:
        """For each class its literals: all of them where all triples are asked for, else the least
        of those in use."""
        found: dict[int, list[int]] = {}
        used = "EXISTS (SELECT 1 FROM a WHERE o = term)"
        rows = self._db.rows(
            f"SELECT root, term, {used} FROM roots WHERE {self._ranges.is_literal('term')}"
            " ORDER BY root, 3 DESC, term"
        )
        for root, term, _ in rows:
            if self._all or root not in found:
                found.setdefault(root, []).append(term)
        return found

    def _select(self) -> None:
        """Fill ``result``, and ``generalised`` with what RDF has no place for."""
        literal = self._ranges.is_literal
        self._db.run("CREATE OR REPLACE TEMP TABLE generalised (s INTEGER, p INTEGER, o INTEGER)")
        touched = " OR ".join(f"{c} IN (SELECT root FROM roots)" for c in "spo")
        facts = f"SELECT s, p, o FROM f WHERE {self._is_kept()}"
        self._expand(f"{facts} AND ({touched})")
        plain = f"{facts} AND NOT ({touched})"
        # Only what holds of every term comes a second time.
        union = "UNION" if self._all else "UNION ALL"
        every = f"SELECT * FROM ({plain} {union} SELECT s, p, o FROM expanded)"
        told = f"{every} ANTI JOIN a USING (s, p, o) WHERE {self._ranges.is_iri('p')}"
        if self._all:
            self._db.run(f"INSERT INTO generalised {told} AND {literal('s')}")
        kept = f"NOT {literal('s')}" if self._all else self._tells()
        places = self._engine.terms.places
        listed = ", ".join(str(places.get(n, 0)) for n in range(FIRST_FREE))
        s, p, o = (
            f"CASE WHEN {c} < {FIRST_FREE} THEN ([{listed}])[{c} + 1] ELSE {c} END" for c in "spo"
        )
        self._db.run("SET preserve_insertion_order = true")
        self._db.run(
            f"CREATE OR REPLACE TABLE result AS SELECT ({s})::INTEGER AS s, ({p})::INTEGER AS p,"
            f" ({o})::INTEGER AS o FROM ({told} AND {kept}) ORDER BY ALL"
        )
        self._db.run("SET preserve_insertion_order = false")

    def _is_kept(self) -> str:
        """SQL: whether a fact is one in memory too, where the types of literals are not kept."""
        if not self._all:
            return "true"  # none has a literal as subject
        datatypes = ", ".join(map(str, (-1, *self._engine.literals.datatypes())))
        return f"NOT (p = {TYPE} AND o IN ({datatypes}) AND {self._ranges.is_literal('s')})"

    def _tells(self) -> str:
        """SQL: which conclusions tell a reader something (see ``trivial.py``)."""
        literal, vocabulary = self._ranges.is_literal, self._ranges.is_vocabulary
        return (
            f"o <> {THING} AND s <> {NOTHING} AND NOT {vocabulary('s')} AND NOT {literal('s')}"
            f" AND (p NOT IN ({REFLEXIVE_NUMBERS}) OR s <> o)"
            f" AND (p NOT IN ({SAME_AS}, {DIFFERENT_FROM}) OR NOT {literal('o')})"
            f" AND (p <> {TYPE} OR o = {NOTHING} OR NOT {vocabulary('o')})"
        )

    def _expand(self, facts: str) -> None:
        """``expanded``: the facts with a term that has equals, over all of them."""
        self._db.run(
            "CREATE OR REPLACE TEMP TABLE expanded AS SELECT DISTINCT coalesce(x.term, s) AS s,"
            f" coalesce(y.term, p) AS p, coalesce(z.term, o) AS o FROM ({facts})"
            " LEFT JOIN as_subject x ON x.root = s LEFT JOIN as_subject y ON y.root = p"
            " LEFT JOIN as_object z ON z.root = o"
        )
        stars = f"SELECT term, {SAME_AS}, root FROM stars JOIN roots USING (term)"
        self._db.run(
            f"INSERT INTO expanded {stars} UNION SELECT root, {SAME_AS}, term FROM stars"
            " JOIN roots USING (term)"
        )
        if self._all:
            self._add_trivial()
        else:
            self._drop_restated()

    def _drop_restated(self) -> None:
        """Take out what says with another spelling of a literal what is asserted."""
        literal = self._ranges.is_literal
        self._db.run(
            "DELETE FROM expanded USING roots x, roots y, a"
            f" WHERE {literal('expanded.o')} AND x.term = expanded.o AND y.root = x.root"
            f" AND y.term <> x.term AND {literal('y.term')}"
            " AND a.s = expanded.s AND a.p = expanded.p AND a.o = y.term"
        )

    def _add_trivial(self) -> None:
        """eq-ref, and dt-diff where there are few literals."""
        used = "SELECT s AS t FROM f UNION SELECT p FROM f UNION SELECT o FROM f UNION"
        used += f" SELECT s FROM a UNION SELECT o FROM a UNION SELECT {SAME_AS}"
        self._db.run(f"INSERT INTO expanded SELECT t, {SAME_AS}, t FROM ({used})")
        self._db.run(
            "CREATE OR REPLACE TEMP TABLE formed AS SELECT t, coalesce(root, t) AS root"
            " FROM (SELECT DISTINCT o AS t FROM a ANTI JOIN ill ON id = o) LEFT JOIN roots"
            f" ON term = t WHERE {self._ranges.is_literal('t')}"
        )
        if self._db.number("SELECT count(DISTINCT root) FROM formed") > 1:
            itself = f"{DIFFERENT_FROM}, {SAME_AS}, {DIFFERENT_FROM}"
            self._db.run(f"INSERT INTO expanded SELECT {itself}")
        if self._db.number("SELECT count(*) FROM formed") <= MAX_DIFFERENT:
            self._db.run(
                f"INSERT INTO expanded SELECT DISTINCT coalesce(y.term, l.root), {DIFFERENT_FROM},"
                " coalesce(z.term, r.root) FROM formed l JOIN formed r ON l.root <> r.root"
                " LEFT JOIN as_subject y ON y.root = l.root"
                " LEFT JOIN as_object z ON z.root = r.root"
            )

    def _types_of_literals(self) -> Iterator[Fact]:
        """dt-type2 for the literals of the graph."""
        terms: dict[int, Term] = self._engine.terms.terms(self._db.numbers("SELECT t FROM formed"))
        for term in terms.values():
            for datatype in OWL_RL_DATATYPES:
                if isinstance(term, ox.Literal) and belongs_to(term, datatype):
                    yield Fact(term, RDF.type, datatype)
