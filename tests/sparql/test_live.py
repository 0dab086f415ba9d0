"""A change to a project's data is followed by inference, merge and catalogue, or refused."""

from __future__ import annotations

import dataclasses
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kuvend.cli.build import build
from kuvend.config import Settings
from kuvend.errors import (
    BadRequest,
    BadSyntax,
    Conflict,
    Forbidden,
    KuvendError,
    NonConforming,
    PreconditionFailed,
)
from kuvend.project import Project, Release
from kuvend.project.build import Sources
from kuvend.project.changes import CARRY_OVER, DELETE, POST, PUT, UPDATE, Change, Outcome
from kuvend.project.folder import ProjectFolder
from kuvend.project.live import LiveDataset
from kuvend.project.writer import Writer
from kuvend.reasoning import parse_rule

PREFIXES = """
PREFIX kv: <https://w3id.org/kuvend/def#>
PREFIX o: <https://w3id.org/kuvend/id/org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
"""
NEW = 'o:zz a kv:AssociationOfLocalAuthorities ; skos:prefLabel "Zz"@en .'
INFERRED = ox.NamedNode("https://w3id.org/kuvend/graph/inferred")
UPDATES = ox.NamedNode("https://w3id.org/kuvend/graph/statements/updates")


@pytest.fixture(scope="module")
def written(project: Project, quick_folders: Callable[[], Path]) -> Project:
    """A copy of the default project whose release may be changed; writes are not validated."""
    data_dir = quick_folders() / "state"
    shutil.copytree(project.settings.data_dir, data_dir, symlinks=True)
    settings = dataclasses.replace(project.settings, data_dir=data_dir, validate_writes="off")
    return Project(settings, project.folder)


@pytest.fixture(scope="module")
def live(written: Project) -> LiveDataset:
    """The dataset of that copy, opened once."""
    return LiveDataset(written)


def update(text: str) -> Change:
    return Change(UPDATE, text=PREFIXES + text)


def holds(project: Project, text: str) -> bool:
    return bool(project.release().store().engine.query(PREFIXES + f"ASK {{ {text} }}"))


@pytest.fixture(autouse=True)
def _back_to_the_folders(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "live" in request.fixturenames:
        live: LiveDataset = request.getfixturevalue("live")
        with_graph = any(q.graph_name == UPDATES for q in live.project.release().store().quads())
        if with_graph:
            live.apply(Change(DELETE, graph=UPDATES.value))


def test_what_follows_from_a_new_statement_is_inferred(live: LiveDataset, written: Project) -> None:
    before = written.release().id
    outcome = live.apply(update(f"INSERT DATA {{ {NEW} }}"))
    assert outcome.release_id == written.release().id != before
    assert holds(written, "o:zz a foaf:Organization")
    assert holds(written, f"GRAPH <{UPDATES.value}> {{ o:zz a kv:AssociationOfLocalAuthorities }}")
    assert holds(written, f"GRAPH <{INFERRED.value}> {{ o:zz a foaf:Organization }}")
    live.apply(update("DELETE WHERE { o:zz ?p ?o }"))
    assert not holds(written, "o:zz ?p ?o")


def test_what_still_follows_cannot_be_deleted(live: LiveDataset, written: Project) -> None:
    before = written.release().id
    with pytest.raises(Conflict, match="still follows"):
        live.apply(update("DELETE DATA { o:akk a foaf:Organization }"))
    assert written.release().id == before
    assert holds(written, "o:akk a foaf:Organization")


@pytest.mark.parametrize("name", ["inferred", "evidence", "ontology", "shapes", "catalog"])
def test_graphs_kuvend_makes_are_not_written(live: LiveDataset, name: str) -> None:
    graph = f"https://w3id.org/kuvend/graph/{name}"
    if name == "evidence":
        with pytest.raises(Forbidden):
            live.apply(update(f"INSERT DATA {{ GRAPH <{graph}> {{ o:zz o:zz 1 }} }}"))
    for kind in (PUT, POST, DELETE):
        with pytest.raises(Forbidden):
            live.apply(Change(kind, graph=graph, content=b"", media_type="text/turtle"))


def test_a_graph_of_one_s_own_is_kept_apart(live: LiveDataset, written: Project) -> None:
    live.apply(
        Change(PUT, graph="urn:own", content=b"<urn:a> <urn:p> 1 .", media_type="text/turtle")
    )
    assert holds(written, "GRAPH <urn:own> { <urn:a> <urn:p> 1 }")
    assert not holds(written, "<urn:a> <urn:p> 1")
    live.apply(Change(DELETE, graph="urn:own"))
    assert not holds(written, "GRAPH <urn:own> { ?s ?p ?o }")


def test_a_rebuild_keeps_what_was_written(live: LiveDataset, written: Project) -> None:
    live.apply(update(f"INSERT DATA {{ {NEW} }}"))
    written.build()
    assert not holds(written, "o:zz ?p ?o")
    LiveDataset(written).apply(Change(CARRY_OVER))
    assert holds(written, "o:zz a foaf:Organization")


def test_a_write_after_a_rebuild_keeps_what_was_written_before(
    live: LiveDataset, written: Project
) -> None:
    live.apply(update(f"INSERT DATA {{ {NEW} }}"))
    written.build()
    live.apply(update('INSERT DATA { o:zz skos:altLabel "Z"@en }'))
    assert holds(written, 'o:zz a foaf:Organization ; skos:altLabel "Z"@en')
    written.build()
    LiveDataset(written).apply(Change(CARRY_OVER))
    assert holds(written, 'o:zz a foaf:Organization ; skos:altLabel "Z"@en')


def test_the_build_command_carries_over_what_was_written(
    live: LiveDataset, written: Project
) -> None:
    live.apply(update(f"INSERT DATA {{ {NEW} }} ; CREATE GRAPH <urn:empty>"))
    done = CliRunner().invoke(build, obj=written)
    assert done.exit_code == 0, done.output
    assert written.release().id in done.output
    assert holds(written, "o:zz a foaf:Organization . GRAPH <urn:empty> {}")
    live.apply(update("DROP GRAPH <urn:empty>"))


def test_a_build_that_writes_do_not_fit_is_not_served(small: Project) -> None:
    """Neither by the command nor where serving starts with a build."""
    size = "<https://w3id.org/kuvend/def#size>"
    lax = Project(
        dataclasses.replace(small.settings, validate_writes="warn"),
        ProjectFolder(small.folder.root),
    )
    LiveDataset(lax).apply(update(f"INSERT DATA {{ <urn:s> {size} 500 . <urn:t> {size} 5 }}"))
    before = small.release().id
    done = CliRunner().invoke(build, obj=small)
    assert done.exit_code == 1
    assert "500, which is too large" in done.stderr
    assert "KUVEND_VALIDATE_WRITES=warn kuvend build" in done.stderr
    assert small.release().id == before
    assert holds(small, f"<urn:s> {size} 500 . <urn:t> {size} 5")
    with (small.folder.ontology / "size.ttl").open("a") as ontology:
        ontology.write("<https://w3id.org/kuvend/def#size> rdfs:comment 'How large it is.' .")
    told: list[str] = []
    serving = small.ensure_release(progress=told.append, carry_over=LiveDataset(small).carry_over)
    assert serving.id == before
    assert "kuvend build" in told[-1]
    assert CliRunner().invoke(build, obj=lax).exit_code == 0
    assert small.is_current()
    assert holds(small, f"<urn:s> {size} 500 . <urn:t> {size} 5")
    LiveDataset(small).apply(update(f"DELETE DATA {{ <urn:s> {size} 500 }}"))
    assert CliRunner().invoke(build, obj=small).exit_code == 0
    assert holds(small, f"<urn:t> {size} 5")


def test_a_build_is_current_only_with_what_was_written(small: Project) -> None:
    LiveDataset(small).apply(update("INSERT DATA { <urn:s> <urn:p> 1 }"))
    before = small.release().id
    seen: list[str] = []

    def carry_over(made: Release) -> Release:
        assert made.lacks_written
        seen.append(small.release().id)
        return LiveDataset(small).carry_over(made)

    release, _ = small.build(carry_over=carry_over)
    assert seen == [before]
    assert small.release().id == release.id
    assert not release.lacks_written
    assert holds(small, "<urn:s> <urn:p> 1")


def test_a_write_that_violates_a_shape_is_refused_by_the_writer(written: Project) -> None:
    settings = dataclasses.replace(written.settings, validate_writes="refuse")
    writer = Writer(Project(settings, written.folder))
    before = written.release().id
    try:
        with pytest.raises(NonConforming, match="id-org:zz"):
            writer.apply(update("INSERT DATA { o:zz a kv:AssociationOfLocalAuthorities }"))
        assert written.release().id == before
    finally:
        writer.close()


def test_a_writer_that_is_killed_is_replaced(written: Project) -> None:
    writer = Writer(written)
    change = Change(PUT, graph="urn:own", content=b"<urn:a> <urn:p> 1 .", media_type="text/turtle")
    try:
        writer.apply(change)
        assert writer._process is not None
        writer._process.kill()
        writer._process.wait()
        assert writer.apply(Change(DELETE, graph="urn:own")).release_id == written.release().id
    finally:
        writer.close()


def test_a_change_that_takes_too_long_is_stopped(written: Project) -> None:
    settings = dataclasses.replace(written.settings, write_timeout_s=0.01)
    writer = Writer(Project(settings, written.folder))
    try:
        with pytest.raises(KuvendError, match=r"stopped after 0\.01 s"):
            writer.apply(update(f"INSERT DATA {{ {NEW} }}"))
    finally:
        writer.close()


def test_what_follows_is_what_reasoning_over_everything_gives(
    live: LiveDataset, written: Project
) -> None:
    """Changes are followed step by step; a dataset opened anew finds nothing to put right."""
    live.apply(update(f"INSERT DATA {{ {NEW} }}"))
    live.apply(
        update(
            "INSERT DATA { o:zz foaf:member o:yy . o:yy a kv:AssociationOfLocalAuthorities } ; "
            "DELETE DATA { o:zz a kv:AssociationOfLocalAuthorities }"
        )
    )
    where = "{ ?s skos:prefLabel 'Zz'@en ; ?p ?o . FILTER(?p = skos:prefLabel) }"
    live.apply(update(f"DELETE {{ ?s ?p ?o }} INSERT {{ ?s skos:note 'n'@en }} WHERE {where}"))
    fresh = LiveDataset(written)
    fresh._refresh()
    assert len(fresh._draft.since_release()) == 0
    held = {str(quad) for quad in written.release().store().quads()}
    assert {str(quad) for quad in live._draft.store} == held


def test_changes_of_one_round_are_made_or_refused_each(live: LiveDataset, written: Project) -> None:
    before = written.release().id
    found = live.apply_all(
        {
            "good": update(f"INSERT DATA {{ {NEW} }}"),
            "wrong": update("INSERT DATA {"),
            "follows": update("DELETE DATA { o:akk a foaf:Organization }"),
            "more": update('INSERT DATA { o:zz skos:altLabel "Z"@en }'),
        }
    )
    assert [type(found[name]) for name in ("good", "wrong", "follows", "more")] == [
        Outcome, BadSyntax, Conflict, Outcome
    ]  # fmt: skip
    assert written.release().id != before
    assert set(written.release().manifest["changes"]) == {"good", "more"}
    assert holds(written, 'o:zz a foaf:Organization ; skos:altLabel "Z"@en . o:akk a [] ')


def test_one_violation_refuses_one_change_of_a_round(written: Project) -> None:
    settings = dataclasses.replace(written.settings, validate_writes="refuse")
    live = LiveDataset(Project(settings, written.folder))
    own = Change(PUT, graph="urn:own", content=b"<urn:a> <urn:p> 1 .", media_type="text/turtle")
    found = live.apply_all(
        {"bad": update("INSERT DATA { o:zz a kv:AssociationOfLocalAuthorities }"), "good": own}
    )
    assert isinstance(found["bad"], NonConforming)
    assert isinstance(found["good"], Outcome)
    assert holds(written, "GRAPH <urn:own> { <urn:a> <urn:p> 1 }")
    assert not holds(written, "o:zz ?p ?o")
    live.apply(Change(DELETE, graph="urn:own"))


def test_only_changes_that_are_made_break_the_conditions_of_others(written: Project) -> None:
    settings = dataclasses.replace(written.settings, validate_writes="refuse")
    live = LiveDataset(Project(settings, written.folder))
    own = Change(PUT, graph="urn:own", content=b"<urn:a> <urn:p> 1 .", media_type="text/turtle")
    as_read = dataclasses.replace(own, releases=(written.release().id,))
    nothing = update("DELETE DATA { <urn:none> <urn:none> 1 }")
    bad = update("INSERT DATA { o:zz a kv:AssociationOfLocalAuthorities }")
    found = live.apply_all({"nothing": nothing, "bad": bad, "as read": as_read, "late": as_read})
    assert isinstance(found["bad"], NonConforming)
    assert isinstance(found["as read"], Outcome)
    assert isinstance(found["late"], PreconditionFailed)
    live.apply(Change(DELETE, graph="urn:own"))


TOWN = "o:zz a kv:Municipality"
OTHER = "GRAPH <https://w3id.org/kuvend/graph/statements/other>"


@pytest.mark.parametrize(
    "move",
    [
        f"DELETE {{ {TOWN} }} INSERT {{ {OTHER} {{ {TOWN} }} }} WHERE {{ {TOWN} }}",
        f"DELETE DATA {{ {TOWN} }} ; INSERT DATA {{ {OTHER} {{ {TOWN} }} }}",
    ],
)
def test_a_statement_may_be_moved_to_another_graph(
    live: LiveDataset, written: Project, move: str
) -> None:
    before = live.apply(update(f"INSERT DATA {{ {TOWN} }}")).release_id
    live.apply(update(move))
    assert holds(written, f"{OTHER} {{ {TOWN} }} {TOWN} ; a kv:LocalAuthority")
    assert not holds(written, f"GRAPH <{UPDATES.value}> {{ {TOWN} }}")
    # Back, by the names of both graphs.
    there = f"{OTHER} {{ ?s ?p ?o }}"
    live.apply(update(f"DELETE {{ {there} }} INSERT {{ ?s ?p ?o }} WHERE {{ {there} }}"))
    live.apply(update(f"DROP {OTHER}"))
    assert written.release().id == before
    live.apply(update(f"DELETE DATA {{ {TOWN} }}"))


def test_what_is_taken_out_and_stated_again_is_as_before(
    live: LiveDataset, written: Project
) -> None:
    before = live.apply(update(f"INSERT DATA {{ {TOWN} }}")).release_id
    named = f"GRAPH <{UPDATES.value}> {{ {TOWN} }}"
    live.apply(update(f"DELETE {{ {named} }} INSERT {{ {TOWN} }} WHERE {{ {named} }}"))
    assert written.release().id == before
    live.apply(update(f"DELETE DATA {{ {TOWN} }}"))


def test_a_move_that_is_refused_leaves_nothing_behind(live: LiveDataset, written: Project) -> None:
    before = live.apply(update(f"INSERT DATA {{ {TOWN} }}")).release_id
    move = f"DELETE DATA {{ {TOWN} }} ; INSERT DATA {{ {OTHER} {{ {TOWN} }} }}"
    with pytest.raises(Conflict, match="still follows"):
        live.apply(update(f"{move} ; DELETE DATA {{ o:akk a foaf:Organization }}"))
    live.apply(update("INSERT DATA { GRAPH <urn:own> { <urn:a> <urn:b> 2 } }"))
    live.apply(update("DROP GRAPH <urn:own>"))
    assert written.release().id == before
    live.apply(update(f"DELETE DATA {{ {TOWN} }}"))
    assert not holds(written, "GRAPH ?g { o:zz ?p ?o }")


def test_writes_wait_for_a_build_where_the_folders_changed(
    written: Project, quick_folders: Callable[[], Path]
) -> None:
    """Else what was added to a folder would count as withdrawn through the service."""
    root = quick_folders() / "project"
    shutil.copytree(written.folder.root, root, ignore=shutil.ignore_patterns(".*", "tests"))
    data_dir = root / "state"
    shutil.copytree(written.settings.data_dir, data_dir, symlinks=True)
    changed = root / "queries" / "new.rq"
    changed.write_text("ASK {}", encoding="utf-8")
    settings = dataclasses.replace(written.settings, data_dir=data_dir)
    live = LiveDataset(Project(settings, ProjectFolder.open(root)))
    with pytest.raises(Conflict, match="kuvend build"):
        live.apply(update(f"INSERT DATA {{ {NEW} }}"))
    changed.unlink()
    live.apply(update(f"INSERT DATA {{ {NEW} }}"))


def test_writes_that_wait_together_share_a_release(written: Project) -> None:
    writer = Writer(written)
    releases: list[str] = []

    def write(number: int) -> None:
        text = f"INSERT DATA {{ GRAPH <urn:many> {{ <urn:s{number}> <urn:p> {number} }} }}"
        releases.append(writer.apply(Change(UPDATE, text=text)).release_id)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # The first may have gone alone.
        assert len(releases) == 8
        assert len(set(releases)) <= 3
        assert holds(written, "GRAPH <urn:many> { <urn:s0> ?p 0 . <urn:s7> ?p 7 }")
        writer.apply(Change(DELETE, graph="urn:many"))
    finally:
        writer.close()


def test_literals_are_published_as_they_came(quick_folders: Callable[[], Path]) -> None:
    project = Project(Settings(data_dir=quick_folders(), scratch=True))
    project.ensure_release()
    number = b'"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    content = b"<urn:a> <urn:p> " + number + b" ."
    LiveDataset(project).apply(
        Change(PUT, graph="urn:g", content=content, media_type="text/turtle")
    )
    LiveDataset(project).apply(Change(UPDATE, text="INSERT DATA { <urn:b> <urn:p> 1 }"))
    assert number in project.release().dataset_path.read_bytes()


def test_after_rules_that_undo_each_other_the_other_changes_are_made(written: Project) -> None:
    live = LiveDataset(Restless(written.settings, written.folder))
    restless = Change(UPDATE, text="INSERT DATA { <urn:a> <urn:unrest> 1 }")
    found = live.apply_all({"bad": restless, "good": update(f"INSERT DATA {{ {NEW} }}")})
    assert isinstance(found["bad"], BadRequest)
    assert "restless" in str(found["bad"])
    assert isinstance(found["good"], Outcome)
    assert holds(written, f"GRAPH <{INFERRED.value}> {{ o:zz a foaf:Organization }}")
    assert not holds(written, "?s <urn:unrest> ?o")
    live.apply(Change(DELETE, graph=UPDATES.value))
    assert not holds(written, "o:zz ?p ?o")


class Restless(Project):
    """The project with a rule more, which never settles once something is restless."""

    def sources(self) -> Sources:
        found = super().sources()
        rule = parse_rule(
            "#+ name: restless\nCONSTRUCT { ?a <urn:rest> 1 } "
            "WHERE { ?a <urn:unrest> 1 FILTER NOT EXISTS { ?a <urn:rest> 1 } }"
        )
        return dataclasses.replace(found, rules=(*found.rules, rule))
