"""The example queries run, and the short course shows the answers they really give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.namespaces import compact, prefixes
from kuvend.project import Release
from kuvend.queries import Query, read_query
from places import ROOT

FOLDER = ROOT / "queries" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.rq"))
TUTORIAL = ROOT / "docs" / "tutorial" / "first-queries.md"

# A marker, and the fenced block or table that stands below it.
SHOWN = re.compile(
    r"^<!-- (?P<kind>query|answer): (?P<name>[\w-]+)(?:, first (?P<first>\d+))? -->\n"
    r"(?P<block>```\w+\n.*?^```$|(?:^\|[^\n]*\n?)+)",
    re.MULTILINE | re.DOTALL,
)
MARKER = re.compile(r"^<!-- (?:query|answer): .* -->$", re.MULTILINE)


@pytest.fixture(scope="module")
def store(release: Release) -> ox.Store:
    """The store of the built release."""
    return ox.Store.read_only(str(release.store_path))


def example(name: str) -> Query:
    """The example of this name."""
    return read_query(FOLDER / f"{name}.rq")


def shown_query(name: str) -> str:
    """A query as the course shows it: without header and prefixes."""
    lines = example(name).body.splitlines()
    kept = [line for line in lines if not line.startswith("PREFIX ")]
    return "\n".join(kept).strip() + "\n"


def shown_answer(store: ox.Store, name: str, first: int | None = None) -> str:
    """The answer of a query as the course shows it: a table of plain values, or Turtle."""
    result = store.query(example(name).text)
    if isinstance(result, ox.QuerySolutions):
        head = [variable.value for variable in result.variables]
        rows = [[_plain(value) for value in solution] for solution in result]
        return _table(head, rows[:first])
    assert isinstance(result, ox.QueryTriples)
    return f"```turtle\n{_turtle(result)}```\n"


def _plain(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value, prefixes())
    return str(getattr(term, "value", term)).replace("|", "\\|").replace("\n", " ")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _turtle(triples: ox.QueryTriples) -> str:
    lines = sorted(" ".join(_term(part) for part in triple) + " .\n" for triple in triples)
    return "".join(lines)


def _term(term: object) -> str:
    return compact(term.value, prefixes()) if isinstance(term, ox.NamedNode) else str(term)


def shown() -> list[re.Match[str]]:
    return list(SHOWN.finditer(TUTORIAL.read_text(encoding="utf-8")))


def test_there_is_a_course_of_examples() -> None:
    orders = [read_query(path).order for path in EXAMPLES]
    assert len(EXAMPLES) >= 16
    assert orders == [float(number) for number in range(1, len(EXAMPLES) + 1)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_a_title_a_description_and_an_answer(path: Path, store: ox.Store) -> None:
    query = read_query(path)
    assert query.get("title") and query.get("description").endswith(".")
    assert path.stem == f"{int(query.order):02d}-{query.get('id')}"
    assert next(iter(store.query(query.text)), None) is not None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_states_each_prefix_it_uses_and_no_other(path: Path) -> None:
    query = read_query(path)
    declared = set(re.findall(r"^PREFIX ([\w-]+):", query.body, re.MULTILINE))
    bare = re.sub(r"<[^>\s]*>|\"[^\"\n]*\"|#.*", " ", shown_query(path.stem))
    assert declared == set(re.findall(r"(?<![\w?-])([a-z][a-z-]*):(?=[\w-])", bare)) | (
        {"graph"} if "graph:" in bare else set()
    )


def test_the_course_shows_every_example_in_order() -> None:
    named = [match["name"] for match in shown() if match["kind"] == "query"]
    assert named == [path.stem for path in EXAMPLES]


def test_every_marker_of_the_course_stands_over_a_block() -> None:
    assert len(shown()) == len(MARKER.findall(TUTORIAL.read_text(encoding="utf-8")))


@pytest.mark.parametrize("match", shown(), ids=lambda match: f"{match['kind']}-{match['name']}")
def test_the_course_shows_what_the_query_says_and_gives(
    match: re.Match[str], store: ox.Store
) -> None:
    if match["kind"] == "query":
        wanted = f"```sparql\n{shown_query(match['name'])}```\n"
    else:
        wanted = shown_answer(store, match["name"], int(match["first"]) if match["first"] else None)
    assert match["block"].rstrip("\n") + "\n" == wanted


def test_quotes_and_verified_quotes_are_as_many_in_every_document(store: ox.Store) -> None:
    rows = list(store.query(example("20-check-the-quotes").text))
    assert len(rows) == len(list((ROOT / "data" / "documents").glob("*.txt")))
    assert all(row["quotes"] == row["verified"] for row in rows)


def test_every_kind_of_evidence_the_course_names_is_counted(store: ox.Store) -> None:
    rows = list(store.query(example("18-how-well-supported").text))
    assert len({row["document"] for row in rows}) * 3 == len(rows)
