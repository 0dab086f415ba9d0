"""The sources of a submission, unpacked and parsed, each a part; and shapes from files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.statements import Statements, read_statements
from kuvend.errors import NotFound
from kuvend.namespaces import RDF
from kuvend.shacl.checks import CitedStatement
from kuvend.syntax import Parsed, PositionedQuad, Source, parse_source, unpack


@dataclass(frozen=True)
class Part:
    """One source of a submission: the parse, and the quads that state something."""

    parsed: Parsed
    data: tuple[PositionedQuad, ...]
    statements: Statements | None = None

    def cited(self) -> Iterator[CitedStatement]:
        """The statements with the quotes given for them; without citations, with none."""
        if self.statements is None:
            yield from (CitedStatement(quad, ()) for quad in self.data)
            return
        quotes = {
            statement.triple: tuple(c.quote for c in statement.citations if c.quote)
            for statement in self.statements.statements
        }
        for quad in self.data:
            yield CitedStatement(quad, quotes.get(quad.triple, ()))


def read_parts(sources: Iterable[Source], *, base_iri: str | None, max_bytes: int) -> list[Part]:
    """The sources, unpacked and parsed; blank nodes of each kept apart.

    :raises TooLarge: past ``max_bytes`` unpacked.
    :raises UnsupportedMediaType: for a format not read here.
    """
    parts: list[Part] = []
    for source in sources:
        for number, file in enumerate(unpack(source, max_bytes=max_bytes), start=len(parts) + 1):
            parsed = parse_source(file, base_iri=base_iri, blank_prefix=f"f{number}-")
            parts.append(_part(parsed))
    return parts


def _part(parsed: Parsed) -> Part:
    reifiers = {quad.subject for quad in parsed.quads if quad.predicate == RDF.reifies}
    if not reifiers:
        return Part(parsed, tuple(parsed.quads))
    statements = read_statements(parsed)
    stated = {statement.triple for statement in statements.statements} | set(statements.notes)
    data = tuple(
        quad
        for quad in parsed.quads
        if not isinstance(quad.object, ox.Triple) and quad.triple in stated
    )
    return Part(parsed, data, statements)


def read_shapes_files(paths: Iterable[Path]) -> tuple[ox.Triple, ...]:
    """The shapes in files and folders, in any syntax read here.

    :raises BadSyntax: for the first file that does not parse.
    :raises NotFound: for a path there is not.
    """
    triples: list[ox.Triple] = []
    for path in paths:
        files = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        for number, file in enumerate(files):
            try:
                content = file.read_bytes()
            except OSError as error:
                raise NotFound(f"cannot be read: {error.strerror}.", source=str(file)) from error
            source = Source(str(file), content)
            parsed = parse_source(source, blank_prefix=f"{path.stem}{number}-")
            parsed.raise_first()
            triples.extend(parsed.triples())
    return tuple(dict.fromkeys(triples))
