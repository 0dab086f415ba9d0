"""The query library: ``.rq`` files with a header of ``#+ key: value`` lines.

A header is a small, strict part of YAML, so that a typing mistake is a message with a line and
not a surprise of type: every value is a text, a list of texts or a map of texts::

    #+ id: konya-meetings
    #+ question: When does the assembly meet?
    #+ tags: [meetings, konya]
    #+ params:
    #+   organ: The assembly, as an IRI or a prefixed name

A parameter is a variable that the query binds with ``VALUES ?name { default }``: the file runs
as it stands in every SPARQL tool, and a caller's value takes the place of the default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import BadRequest, BadSyntax, KuvendError, NotFound, ProjectError
from kuvend.namespaces import XSD
from kuvend.syntax.files import read_utf8
from kuvend.terms import parse_iri

Value = str | list[str] | dict[str, str]

_KEY = re.compile(r"^(?P<key>[\w-]+):(?:\s+(?P<value>.*))?$")
_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]*$")
# As SPARQL writes numbers, in ASCII digits.
_NUMBERS = (
    (re.compile(r"[+-]?[0-9]+"), XSD.integer),
    (re.compile(r"[+-]?[0-9]*\.[0-9]+"), XSD.decimal),
    (re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"), XSD.double),
)


@dataclass(frozen=True)
class Parameter:
    """A variable a caller may set: its default as it stands in the query, and what it means."""

    name: str
    default: str
    description: str


@dataclass(frozen=True)
class Query:
    """One query of the library.

    ``name`` is the file's name without its end, ``kind`` the folder it lies in, ``text`` the
    whole file. The header may give an ``id`` of its own besides, such as ``Q15``.
    """

    name: str
    kind: str
    path: Path
    text: str
    header: Mapping[str, Value] = field(repr=False)
    parameters: tuple[Parameter, ...] = ()

    def get(self, key: str, default: str = "") -> str:
        """A header value as one text."""
        value = self.header.get(key, default)
        if isinstance(value, str):
            return value
        return ", ".join(value if isinstance(value, list) else value.values())

    @property
    def title(self) -> str:
        """The title; without one the question, else the name in words."""
        return self.get("title") or self.get("question") or self.name.replace("-", " ")

    @property
    def question(self) -> str:
        """The question it answers, or nothing."""
        return self.get("question")

    @property
    def body(self) -> str:
        """The query without its header."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith("#+")).strip() + "\n"

    @property
    def form(self) -> str:
        """``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``."""
        bare = re.sub(r"<[^>\s]*>|\"[^\"\n]*\"|'[^'\n]*'|#.*", " ", self.body)
        found = _FORM.search(bare)
        return found[1].upper() if found else "SELECT"

    @property
    def order(self) -> float:
        """Where it stands in the course; what has no order comes last."""
        try:
            return float(self.get("order"))
        except ValueError:
            return float("inf")

    def with_values(
        self, values: Mapping[str, str], *, prefix_map: dict[str, str], base_iri: str
    ) -> str:
        """The query text with ``values`` in the place of the defaults of its parameters.

        A value is read like the default it replaces: as an IRI or prefixed name, or as the text
        of a literal with the default's language or datatype.

        :raises BadRequest: for a name that is no parameter, or a value that does not fit.
        """
        text = self.body
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in values.items():
            if name not in known:
                names = ", ".join(known) or "none"
                raise BadRequest(
                    f"the query {self.name} has no parameter {name!r}.",
                    source=name,
                    suggestion=f"Its parameters: {names}.",
                )
            term = _as_term(value, known[name].default, prefix_map, base_iri)
            # A backslash would otherwise be read as a reference to a group.
            replacement = f"VALUES ?{name} {{ {term} }}".replace("\\", r"\\")
            text = _values_block(name).sub(replacement, text, count=1)
        return text


class Library:
    """The queries of a project by name, in order.

    >>> Library([]).names()
    []
    """

    def __init__(self, queries: Iterable[Query]) -> None:
        ordered = sorted(queries, key=lambda q: (q.kind, q.order, q.name))
        self._by_name: dict[str, Query] = {}
        for query in ordered:
            other = self._by_name.setdefault(query.name, query)
            if other is not query:
                raise ProjectError(
                    f"there is another query of this name: {other.path}.",
                    source=str(query.path),
                    suggestion="Rename one of the files.",
                )
        self._by_id = {query.get("id"): query for query in ordered if query.get("id")}

    def __iter__(self) -> Iterator[Query]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def names(self) -> list[str]:
        """Every name, in order."""
        return list(self._by_name)

    def kinds(self) -> list[str]:
        """The folders, in order."""
        return sorted({query.kind for query in self})

    def of_kind(self, kind: str) -> list[Query]:
        """The queries of one folder, in order."""
        return [query for query in self if query.kind == kind]

    def get(self, name: str) -> Query:
        """The query with this name, or with this id in its header.

        :raises NotFound: where there is none.
        """
        found = self._by_name.get(name) or self._by_id.get(name)
        if found is None:
            raise NotFound(
                f"there is no query {name!r}.", suggestion="See /queries for those there are."
            )
        return found


def load_library(folder: Path, *, problems: list[KuvendError] | None = None) -> Library:
    """Every ``.rq`` file below ``folder``; a folder that is not there gives an empty library.

    With ``problems`` a file that cannot be read is left out and told there.

    :raises ProjectError: for a header that cannot be read or a name used twice.
    """
    queries: dict[str, Query] = {}
    for path in sorted(folder.rglob("*.rq")):
        try:
            query = read_query(path, kind=_kind(path, folder))
            if query.name in queries:
                Library([queries[query.name], query])
            queries[query.name] = query
        except KuvendError as error:
            if problems is None:
                raise
            problems.append(error)
    return Library(queries.values())


def _kind(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else "examples"


def read_query(path: Path, *, kind: str = "examples") -> Query:
    """One query file.

    :raises ProjectError: for a header that cannot be read, with file and line.
    """
    try:
        text = read_utf8(path)
    except BadSyntax as error:
        raise ProjectError(error.detail, source=error.source, line=error.line) from error
    header = parse_header(text, source=str(path))
    if not _NAME.match(path.stem):
        raise ProjectError(
            f"{path.stem!r} is no name for a query.",
            source=str(path),
            suggestion="Use small letters, digits and hyphens.",
        )
    return Query(path.stem, kind, path, text, header, tuple(_parameters(header, text, path)))


def parse_header(text: str, *, source: str | None = None) -> dict[str, Value]:
    """The ``#+`` header of a query text.

    :raises ProjectError: for a line that is neither a key nor the continuation of one.

    >>> parse_header("#+ id: a\\n#+ tags: [x, y]\\n#+ note: one\\n#+   two\\nASK {}")
    {'id': 'a', 'tags': ['x', 'y'], 'note': 'one two'}
    """
    header: dict[str, Value] = {}
    key: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            continue
        content = line[2:].rstrip()
        indent = len(content) - len(content.lstrip())
        content = content.strip()
        match = _KEY.match(content)
        if indent <= 1 and match:
            key = match["key"]
            header[key] = _scalar(match["value"] or "")
        elif key is not None and content:
            header[key] = _continued(header[key], content)
        elif content:
            raise ProjectError(
                "a header line is `#+ key: value`.", source=source, line=number, column=1
            )
    return header


def _scalar(text: str) -> Value:
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(part) for part in text[1:-1].split(",") if part.strip()]
    return "" if text in {"|", ">"} else _unquoted(text)


def _unquoted(text: str) -> str:
    bare = text.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] and bare[0] in "\"'":
        return bare[1:-1]
    return bare


def _continued(value: Value, content: str) -> Value:
    match = _KEY.match(content)
    if content.startswith("- ") and (not value or isinstance(value, list)):
        return [*(value if isinstance(value, list) else []), _unquoted(content[2:])]
    if match and (not value or isinstance(value, dict)):
        return {**(value if isinstance(value, dict) else {}), match["key"]: match["value"] or ""}
    if isinstance(value, list):
        return [*value[:-1], f"{value[-1]} {content}"] if value else [content]
    if isinstance(value, dict):
        last = list(value)[-1]
        return {**value, last: f"{value[last]} {content}".strip()}
    return f"{value} {content}".strip()


def _values_block(name: str) -> re.Pattern[str]:
    return re.compile(r"\bVALUES\s+\?" + re.escape(name) + r"\s*\{\s*(?P<term>[^{}]*?)\s*\}", re.I)


def _parameters(header: Mapping[str, Value], text: str, path: Path) -> Iterator[Parameter]:
    declared = header.get("params", {})
    if isinstance(declared, str):
        declared = [declared] if declared else []
    if isinstance(declared, list):
        declared = {name.lstrip("?"): "" for name in declared}
    for name, description in declared.items():
        match = _values_block(name).search(text)
        if match is None:
            raise ProjectError(
                f"the parameter {name!r} has no default in the query.",
                source=str(path),
                suggestion=f"Add VALUES ?{name} {{ … }} with the default.",
            )
        yield Parameter(name, match["term"], description)


def _as_term(
    value: str, default: str, prefix_map: dict[str, str], base_iri: str
) -> ox.NamedNode | ox.Literal:
    if not default.startswith(('"', "'")) and not re.match(r"^[+-]?\d|^(true|false)$", default):
        return parse_iri(value, prefix_map, base_iri)
    tagged = re.search(r"""["']@(?P<tag>[A-Za-z-]+)$""", default)
    if tagged:
        return ox.Literal(value, language=tagged["tag"])
    typed = re.search(r"""["']\^\^(?P<type>\S+)$""", default)
    if typed:
        return ox.Literal(value, datatype=parse_iri(typed["type"], prefix_map, base_iri))
    if default.startswith(('"', "'")):
        return ox.Literal(value)
    if default in {"true", "false"}:
        return _boolean(value)
    return _number(value)


def _boolean(value: str) -> ox.Literal:
    if value not in {"true", "false"}:
        raise BadRequest(f"{value!r} is neither true nor false.")
    return ox.Literal(value, datatype=XSD.boolean)


def _number(value: str) -> ox.Literal:
    for pattern, datatype in _NUMBERS:
        if pattern.fullmatch(value):
            return ox.Literal(value, datatype=datatype)
    raise BadRequest(f"{value!r} is not a number.")
