"""Each shape has a file that passes and one that fails, and does what they say, in both modes."""

from __future__ import annotations

from functools import cache

import pytest
from shape_files import (
    MODES,
    ExampleFile,
    Found,
    checked,
    example_files,
    shape_names,
    shapes_graph,
)

from kuvend.namespaces import KVS, SH

NAMES = [row.name for row in example_files()]
FAILING = [row for row in example_files() if not row.passes]
PASSING = [row for row in example_files() if row.passes]

# Constraint parameters and the components they stand for.
COMPONENTS = {
    SH.minCount: "MinCount",
    SH.maxCount: "MaxCount",
    SH.datatype: "Datatype",
    SH["class"]: "Class",
    SH.nodeKind: "NodeKind",
    SH.pattern: "Pattern",
    SH["in"]: "In",
    SH["or"]: "Or",
    SH["not"]: "Not",
    SH.node: "Node",
    SH.minInclusive: "MinInclusive",
    SH.maxInclusive: "MaxInclusive",
    SH.languageIn: "LanguageIn",
    SH.uniqueLang: "UniqueLang",
    SH.disjoint: "Disjoint",
    SH.qualifiedMinCount: "QualifiedMinCount",
    SH.qualifiedMaxCount: "QualifiedMaxCount",
    SH.sparql: "SPARQL",
}


@cache
def results(mode: str) -> dict[str, list[Found]]:
    return checked(example_files(), mode)


def own(row: ExampleFile, mode: str) -> set[tuple[str, str, str]]:
    return {
        (f.node, f.shape, f.component.removesuffix("Constraint")) for f in results(mode)[row.name]
    }


def components_of(shape: str) -> set[str]:
    node = KVS[shape]
    return {
        name for parameter, name in COMPONENTS.items() if shapes_graph().objects(node, parameter)
    }


def test_there_are_examples() -> None:
    assert len(NAMES) > 400


def test_every_shape_has_a_file_that_passes_and_one_that_fails() -> None:
    wanted = {f"{name}.{kind}.ttl" for name in shape_names() for kind in ("pass", "fail")}
    assert wanted - set(NAMES) == set()
    assert set(NAMES) - wanted == set(), "files of no shape"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", FAILING, ids=lambda row: row.shape)
def test_a_failing_file_gives_what_it_announces_and_nothing_else_of_its_shape(
    row: ExampleFile, mode: str
) -> None:
    announced = {
        (one.node, one.shape, one.component) for one in row.expected if one.mode in (None, mode)
    }
    found = own(row, mode)
    assert row.expected, "the file announces nothing"
    assert announced - found == set()
    assert {f for f in found if f[1] == row.shape} <= announced


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", PASSING, ids=lambda row: row.shape)
def test_a_passing_file_gives_no_result_of_its_shape_and_no_violation(
    row: ExampleFile, mode: str
) -> None:
    found = results(mode)[row.name]
    assert [f for f in found if f.shape == row.shape] == []
    assert [f for f in found if f.result.severity == SH.Violation] == []


@pytest.mark.parametrize("row", FAILING, ids=lambda row: row.shape)
def test_a_failing_file_shows_every_constraint_of_its_shape(row: ExampleFile) -> None:
    shown = {one.component for one in row.expected if one.shape == row.shape}
    assert components_of(row.shape) - shown == set()


def test_the_reference_engine_finds_the_same_in_a_sample() -> None:
    sample = [row for row in example_files() if not row.passes][::27]
    ours, reference = (checked(sample, "raw", engine=name) for name in ("kuvend", "pyshacl"))
    for row in sample:
        sides = [
            sorted((f.node, f.shape, f.component, str(f.result.value)) for f in side[row.name])
            for side in (ours, reference)
        ]
        assert sides[0] == sides[1], row.name
