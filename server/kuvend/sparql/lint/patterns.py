"""A query as the rules of the linter look at it: its patterns, each with what holds around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kuvend.namespaces import RDF, compact
from kuvend.sparql import elements
from kuvend.sparql.finding import Finding
from kuvend.sparql.lexer import iter_tokens, position
from kuvend.sparql.profile import Profile
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.tree import SERVICE, Group, Part, Tree


@dataclass(frozen=True)
class Place:
    """A pattern with the group it stands in and the required patterns around it."""

    part: Part
    around: tuple[Part, ...]
    in_default_graph: bool
    is_negated: bool


class Judged:
    """One query with the names it declares and what the dataset holds."""

    def __init__(
        self, tree: Tree, profile: Profile, names: Prologue, prefixes: dict[str, str]
    ) -> None:
        self.tree = tree
        self.profile = profile
        self.names = names
        self.prefixes = prefixes
        self.places = list(_places(tree.where, (), in_default_graph=True, is_negated=False))

    def single(self, term: str) -> str | None:
        """The IRI of a term that is one name and no path; of a path its first forward step."""
        tokens = list(iter_tokens(term))
        if term == "a":
            return RDF.type.value
        if not tokens or (len(tokens) > 1 and tokens[1].text != "/"):
            return None
        return self.names.absolute(tokens[0])

    def is_type(self, predicate: str) -> bool:
        """Whether a predicate is ``rdf:type``."""
        return predicate == "a" or self.single_only(predicate) == RDF.type.value

    def single_only(self, term: str) -> str | None:
        """The IRI of a term that is one name."""
        tokens = list(iter_tokens(term))
        return self.names.absolute(tokens[0]) if len(tokens) == 1 else None

    def short(self, iri: str) -> str:
        """The IRI as the project writes it."""
        return compact(iri, self.prefixes)

    def finding(
        self, kind: str, detail: str, part: str, offset: int, suggestion: str | None = None
    ) -> Finding:
        """What a rule says about ``part``, which begins at ``offset``."""
        line, column = position(self.tree.text, offset)
        return Finding(kind, detail, part, line, column, suggestion)


def iter_groups(group: Group) -> Iterator[Group]:
    """The group and those inside it, but what another service answers."""
    yield group
    for part in group.parts:
        if part.kind != SERVICE:
            for inner in part.groups:
                yield from iter_groups(inner)


def _places(
    group: Group, outer: tuple[Part, ...], *, in_default_graph: bool, is_negated: bool
) -> Iterator[Place]:
    """Every pattern, with what else has to hold beside it; not what another service answers."""
    around = outer if group.select is None else ()
    around = (*around, *group.patterns())
    for part in group.parts:
        if part.kind == elements.TRIPLE:
            yield Place(part, around, in_default_graph, is_negated)
        if part.kind == SERVICE:
            continue
        negated = is_negated or part.kind in {elements.MINUS, elements.FILTER}
        for inner in part.groups:
            yield from _places(
                inner,
                around,
                in_default_graph=in_default_graph and part.kind != elements.GRAPH,
                is_negated=negated,
            )
