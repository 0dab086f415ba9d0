"""The sources of a submission, unpacked and parsed, each a part; and shapes from files."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.statements import Statements, read_statements
from kuvend.errors import NotFound
from kuvend.formats import Format
from kuvend.namespaces import RDF
from kuvend.shacl.checks import CitedStatement
from kuvend.syntax import Parsed, PositionedQuad, Source, format_of, parse_source, unpack


@dataclass(frozen=True)
class Origin:
    """How a source is read: the prefix of its blank nodes, its format; and the file it is.

    ``file`` is the name it was handed in by; ``None`` for what was packed.
    """

    blank_prefix: str = ""
    form: Format | None = None
    file: str | None = None


@dataclass(frozen=True)
class Part:
    """One source of a submission: the parse, and the quads that state something."""

    parsed: Parsed
    data: tuple[PositionedQuad, ...]
    statements: Statements | None = None
    origin: Origin = Origin()

    @property
    def file(self) -> str | None:
        """The name the source was handed in by, where it was not packed."""
        return self.origin.file

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
    """The sources, unpacked and parsed; names and blank nodes of each kept apart.

    :raises TooLarge: past ``max_bytes`` unpacked.
    :raises UnsupportedMediaType: for a format not read here.
    """
    parts: list[Part] = []
    taken: set[str] = set()
    for source in sources:
        for file in unpack(source, max_bytes=max_bytes):
            name = _free_name(file.name, taken)
            taken.add(name)
            form = None if file.left_out else format_of(file)
            origin = Origin(f"f{len(parts) + 1}-", form, source.name if file is source else None)
            parts.append(_part(replace(file, name=name), origin, base_iri))
    return parts


def with_texts(
    parts: Iterable[Part], texts: Mapping[str, str], *, base_iri: str | None
) -> list[Part]:
    """The parts, those whose sources ``texts`` names read anew from the text there."""
    return [
        _part(Source(name, texts[name].encode()), part.origin, base_iri)
        if (name := part.parsed.source) in texts
        else part
        for part in parts
    ]


def _free_name(name: str, taken: Container[str]) -> str:
    """``name``, with a number where another source has it: findings tell sources by name.

    >>> _free_name("a.ttl", {"a.ttl", "a.ttl (2)"})
    'a.ttl (3)'
    """
    numbers = itertools.count(2)
    free = name
    while free in taken:
        free = f"{name} ({next(numbers)})"
    return free


def _part(source: Source, origin: Origin, base_iri: str | None) -> Part:
    parsed = parse_source(
        source, base_iri=base_iri, blank_prefix=origin.blank_prefix, form=origin.form
    )
    reifiers = {quad.subject for quad in parsed.quads if quad.predicate == RDF.reifies}
    if not reifiers:
        return Part(parsed, tuple(parsed.quads), None, origin)
    statements = read_statements(parsed)
    stated = {statement.triple for statement in statements.statements} | set(statements.notes)
    data = tuple(
        quad
        for quad in parsed.quads
        if not isinstance(quad.object, ox.Triple) and quad.triple in stated
    )
    return Part(parsed, data, statements, origin)


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
