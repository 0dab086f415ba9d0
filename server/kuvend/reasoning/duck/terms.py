"""Terms on disk: numbered in DuckDB by the order of their N-Triples text.

The terms of the rules have their fixed numbers, as in every engine. All others are numbered in the
order of their text, so that facts sorted by number are sorted as they are written, and the kinds
of terms lie in ranges: literals (``"``), IRIs (``<``), triple terms (``<<``), blank nodes (``_``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import pyoxigraph as ox

from kuvend.errors import TooLarge
from kuvend.namespaces import OWL, RDF, RDFS, XSD
from kuvend.reasoning.duck.database import Database
from kuvend.reasoning.trivial import REFLEXIVE
from kuvend.reasoning.values import OWL_RL_DATATYPES
from kuvend.reasoning.vocabulary import NUMBERS, VOCABULARY
from kuvend.terms import Term, n_triples

FIRST_FREE = len(VOCABULARY)
_BATCH = 500_000
_LONGEST_LINE = 32 * 1024 * 1024
# Lines of N-Triples in canonical form: no space in subject and predicate, no control characters.
_SPLIT = f"""
CREATE OR REPLACE TABLE batch AS
WITH lines AS (
  SELECT line, strpos(line, ' ') AS i
  FROM read_csv('{{path}}', columns = {{{{'line': 'VARCHAR'}}}}, delim = e'\\x01', quote = '',
    escape = '', header = false, auto_detect = false, max_line_size = {_LONGEST_LINE},
    buffer_size = {_LONGEST_LINE})
), parts AS (SELECT line, i, strpos(substr(line, i + 1), ' ') AS j FROM lines)
SELECT substr(line, 1, i - 1) AS s, substr(line, i + 1, j - 1) AS p,
  substr(line, i + j + 1, length(line) - i - j - 2) AS o FROM parts"""


@dataclass(frozen=True)
class Ranges:
    """The numbers of each kind of term that is not of the rules: first and one after the last."""

    literals: tuple[int, int]
    iris: tuple[int, int]
    vocabularies: tuple[tuple[int, int], ...]

    def is_literal(self, column: str) -> str:
        """SQL: whether the term is a literal."""
        low, high = self.literals
        return f"({column} >= {low} AND {column} < {high})"

    def is_iri(self, column: str) -> str:
        """SQL: whether the term is an IRI."""
        low, high = self.iris
        return f"({column} < {FIRST_FREE} OR ({column} >= {low} AND {column} < {high}))"

    def is_vocabulary(self, column: str) -> str:
        """SQL: whether the term is an IRI of RDF, RDFS, OWL or XSD."""
        between = "".join(
            f" OR ({column} >= {low} AND {column} < {high})" for low, high in self.vocabularies
        )
        return f"({column} < {FIRST_FREE}{between})"

    def literal(self, number: int) -> bool:
        """Whether the term is a literal."""
        low, high = self.literals
        return low <= number < high


# The terms of the rules that keep their number; their literals are numbered like any other.
FIXED: tuple[ox.NamedNode, ...] = tuple(t for t in VOCABULARY if isinstance(t, ox.NamedNode))
_FIXED = frozenset(FIXED)
REFLEXIVE_NUMBERS = ", ".join(str(NUMBERS[predicate]) for predicate in sorted(REFLEXIVE, key=str))


class Terms:
    """The table ``terms(id, lex)`` in the order of the texts, and what can be asked of it. Terms
    of the rules are in it under the number of their place; facts have their fixed one instead."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.ranges = Ranges((0, 0), (0, 0), ())
        # Fixed number to the number of its place in the order.
        self.places: dict[int, int] = {}
        # The literals of the rules that the graph does not mention.
        self.spare: tuple[int, ...] = ()

    def take_in(self, triples: Iterable[ox.Triple]) -> int:
        """Number all terms and fill the table ``a`` (s, p, o); how many triples, each once."""
        db = self._db
        db.run("CREATE TABLE hashed (s UBIGINT, p UBIGINT, o UBIGINT)")
        db.run("CREATE TABLE found (h UBIGINT, lex VARCHAR)")
        always = [*VOCABULARY, *OWL_RL_DATATYPES]
        db.table("always", {"lex": [str(term) for term in always]})
        db.run("INSERT INTO found SELECT DISTINCT hash(lex), lex FROM always")
        for number, path in enumerate(self._files(triples)):
            self._read(path, number)
        self._order()
        self._encode()
        self.spare = self._unused_literals()
        return db.number("SELECT count(*) FROM a")

    def _files(self, triples: Iterable[ox.Triple]) -> Iterator[str]:
        """Some triples at a time as a file of N-Triples."""
        rest = iter(triples)
        path = str(self._db.folder / "batch.nt")
        for first in rest:
            ox.serialize(
                chain([first], islice(rest, _BATCH - 1)),
                output=path,
                format=ox.RdfFormat.N_TRIPLES,
            )
            yield path
        (self._db.folder / "batch.nt").unlink(missing_ok=True)

    def _read(self, path: str, number: int) -> None:
        db = self._db
        try:
            db.run(_SPLIT.format(path=path))
        except db.invalid_input as error:
            raise TooLarge(
                f"a statement near the {number * _BATCH + 1:,}th is longer than"
                f" {_LONGEST_LINE // 2**20} MiB",
                suggestion="Leave long texts out of what is reasoned over.",
            ) from error
        db.run("INSERT INTO hashed SELECT hash(s), hash(p), hash(o) FROM batch")
        db.run(
            "INSERT INTO found SELECT DISTINCT hash(lex), lex FROM"
            " (SELECT s AS lex FROM batch UNION ALL SELECT p FROM batch"
            " UNION ALL SELECT o FROM batch)"
        )

    def _order(self) -> None:
        """Number the terms in the order of their text."""
        db = self._db
        db.run("DROP TABLE IF EXISTS batch")
        db.run("SET preserve_insertion_order = true")
        db.run("CREATE TABLE ordered AS SELECT DISTINCT h, lex FROM found ORDER BY lex")
        db.run("SET preserve_insertion_order = false")
        db.run("DROP TABLE found")
        if db.number("SELECT count(*) - count(DISTINCT h) FROM ordered"):
            raise RuntimeError("two terms have one hash of 64 bits")
        db.run(
            f"CREATE TABLE terms AS SELECT (rowid + {FIRST_FREE})::INTEGER AS id, lex FROM ordered"
        )
        fixed = {"n": [NUMBERS[term] for term in FIXED], "lex": [str(term) for term in FIXED]}
        db.table("fixed", fixed)
        self.places = dict(db.rows("SELECT n, id FROM fixed JOIN terms USING (lex)"))
        self._find_ranges()

    def _find_ranges(self) -> None:
        self.ranges = Ranges(
            literals=self._range('"'),
            iris=(self._range("<<")[1] or self._range("<")[0], self._range("<")[1]),
            vocabularies=tuple(self._range(f"<{namespace}") for namespace in (RDF, RDFS, OWL, XSD)),
        )

    def _range(self, start: str) -> tuple[int, int]:
        """The numbers of the terms whose text begins so."""
        rows = self._db.rows(
            "SELECT min(id), max(id) + 1 FROM terms WHERE starts_with(lex, ?)", start
        )
        low, high = rows[0]
        return (0, 0) if low is None else (low, high)

    def _encode(self) -> None:
        """From hashes to numbers: ``a``, each triple once."""
        db = self._db
        db.run(
            f"CREATE TABLE numbers AS SELECT h, coalesce(n, ordered.rowid + {FIRST_FREE})::INTEGER"
            " AS n FROM ordered LEFT JOIN fixed USING (lex)"
        )
        db.run("DROP TABLE ordered")
        db.run(
            "CREATE TABLE a AS SELECT DISTINCT x.n AS s, y.n AS p, z.n AS o FROM hashed"
            " JOIN numbers x ON x.h = s JOIN numbers y ON y.h = p JOIN numbers z ON z.h = o"
        )
        db.run("DROP TABLE hashed")
        db.run("DROP TABLE numbers")

    def _unused_literals(self) -> tuple[int, ...]:
        literals = self.numbers(term for term in VOCABULARY if isinstance(term, ox.Literal))
        self._db.table("wanted", {"n": list(literals.values())})
        return tuple(self._db.numbers("SELECT n FROM wanted ANTI JOIN a ON o = n"))

    def terms(self, numbers: Iterable[int]) -> dict[int, Term]:
        """The terms of some numbers."""
        wanted = set(numbers)
        found: dict[int, Term] = {n: VOCABULARY[n] for n in wanted if n < FIRST_FREE}
        self._db.table("wanted", {"n": sorted(wanted - found.keys())})
        rows = self._db.rows("SELECT id, lex FROM terms JOIN wanted ON id = n")
        texts = parse_terms(text for _, text in rows)
        found.update(zip((number for number, _ in rows), texts, strict=True))
        return found

    def numbers(self, terms: Iterable[Term]) -> dict[Term, int]:
        """The numbers of some terms, those of them that are there."""
        by_text = {n_triples(term): term for term in terms}
        found = {term: NUMBERS[term] for term in by_text.values() if term in _FIXED}
        self._db.table("wanted", {"t": list(by_text) or [""]})
        for text, number in self._db.rows("SELECT lex, id FROM terms JOIN wanted ON lex = t"):
            found.setdefault(by_text[text], number)
        return found


def parse_terms(texts: Iterable[str]) -> list[Term]:
    """The terms of N-Triples texts.

    >>> parse_terms(['"a"@en', "_:b"])
    [<Literal value=a language=en>, <BlankNode value=b>]
    """
    lines = "".join(f"<urn:s> <urn:p> {text} .\n" for text in texts)
    return [quad.object for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]
