"""A circle is one mistake, told at the statements that make it."""

from __future__ import annotations

import pytest

from kuvend.namespaces import prefixes
from kuvend.project import Project
from kuvend.project.submission import Checker, checker_of, read_parts
from kuvend.shacl.finding import Finding
from kuvend.shacl.origins import grouped
from kuvend.syntax import Source

HEAD = " ".join(f"@prefix {name}: <{iri}> ." for name, iri in prefixes().items())
BODIES = " ".join(
    f'id-org:{name} a kv:AssociationOfLocalAuthorities ; skos:prefLabel "Body {name}"@en .'
    for name in ("one", "two", "three")
)


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


def findings(checker: Checker, text: str) -> list[Finding]:
    source = Source("a.ttl", f"{HEAD}\n{text}".encode())
    parts = read_parts([source], base_iri=checker.base_iri, max_bytes=10**6)
    return [f for f in checker.check(parts).findings if f.severity != "info"]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("shape/NoMembershipCircle", """id-org:one org:memberOf «id-org:two .
         id-org:two org:memberOf «id-org:three . id-org:three org:memberOf «id-org:one ."""),
        ("shape/NoPartCycle", """id-org:one org:subOrganizationOf «id-org:two .
         id-org:two org:subOrganizationOf «id-org:one ."""),
        ("shape/NoMembershipCircle",
         """id-membership:a a kv:OrganisationMembership ; skos:prefLabel "A"@en ;
              org:organization «id-org:two ; org:member id-org:one .
            id-membership:b a kv:OrganisationMembership ; skos:prefLabel "B"@en ;
              org:organization «id-org:three ; org:member id-org:two .
            id-membership:c a kv:OrganisationMembership ; skos:prefLabel "C"@en ;
              org:organization «id-org:one ; org:member id-org:three ."""),
        ("shape/NoSelfMember", "id-org:one org:memberOf «id-org:one ."),
    ],
)  # fmt: skip
def test_a_circle_is_told_once_at_its_statements(rule: str, text: str, checker: Checker) -> None:
    lines = f"{BODIES}\n{text}".split("\n")
    expected = []
    for number, line in enumerate(lines, start=2):
        *before, _ = line.split("«")
        expected += [(number, len("".join(before[: n + 1])) + 1) for n in range(len(before))]
    told = findings(checker, "\n".join(lines).replace("«", ""))
    circle = [f for f in told if f.rule == rule]
    assert sorted(f.span[1:3] for f in circle if f.span) == expected
    assert len([group for group in grouped(told) if group.main.rule == rule]) == 1


def test_two_circles_are_two(checker: Checker) -> None:
    text = "\n".join(
        f'id-place:{a} a kv:Place ; skos:prefLabel "Place {a}"@en ; kv:locatedIn id-place:{b} .'
        for a, b in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"))
    )
    mains = [group.main for group in grouped(findings(checker, text))]
    assert [f.rule for f in mains].count("shape/NoPlaceCycle") == 2


def test_two_ends_that_changed_places_are_the_cause_of_what_comes_of_it(checker: Checker) -> None:
    told = findings(checker, "id-place:usa kv:locatedIn id-org:rochester-hills .")
    [group] = grouped(told)
    assert group.main.rule == "kuvend/wrong-object"
    assert "changed places" in group.main.advice_in(["en"])
    assert len(group.consequences) == len(told) - 1 > 1


def test_a_wrong_text_that_follows_elsewhere_is_told_where_it_is_written(checker: Checker) -> None:
    text = """id-org:one a kv:Municipality ; skos:prefLabel "One"@en .
id-event:x a kv:FoundingEvent ; skos:prefLabel "X"@en ; kv:founds id-org:one ;
  dct:date "2013-04-31"^^xsd:date ."""
    [group] = grouped(findings(checker, text))
    assert group.main.span is not None
    assert (group.main.rule, group.main.span[1:3]) == ("shape/Dated-date", (4, 12))
    assert [f.rule for f in group.consequences] == ["shape/foundingDate-date"]


def test_what_comes_of_two_things_becoming_one_goes_with_it(checker: Checker) -> None:
    text = """id-holding:x a kv:OfficeHolding ; skos:prefLabel "X"@en ;
  kv:inPost id-post:saraj-mayor ; kv:heldBy id-person:blerim-bexheti , id-person:bryan-barnett ;
  kv:attestedOn "2021"^^xsd:gYear ."""
    groups = grouped(findings(checker, text))
    assert all(group.main.span for group in groups)
    [merged] = [one for one in groups if one.main.rule == "kuvend/merged-things"]
    assert {f.rule for f in merged.consequences} == {"shape/OfficeHolding-one-holder"}


@pytest.mark.parametrize(
    "text",
    [
        'id-org:q--town a kv:Municipality ; skos:prefLabel "Q town"@en .',
        """id-org:q a kv:Municipality ; skos:prefLabel "Q town"@en ;
  kv:foundingDate id-event:konya-union-founding .""",
        """id-org:q a kv:Municipality ; skos:prefLabel "Q"@en ;
  kv:operatesAtLevel kvc:topic-cooperation .""",
        'id-event:q a kv:Signing ; skos:prefLabel "Q event"@en ; dct:date "2020"^^xsd:gYear .',
    ],
)
def test_what_a_shape_asks_of_machines_is_not_told(text: str, checker: Checker) -> None:
    told = findings(checker, text)
    assert told
    assert [cause["en"] for finding in told for cause in finding.causes] == []
