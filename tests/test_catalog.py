"""The catalog: what the dataset says of itself, the same in every build."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.errors import BadRequest
from kuvend.namespaces import KUVEND_BASE, VOID
from kuvend.project import Project, ProjectFolder
from kuvend.project.catalog import catalog_triples, read_description

HEAD = "@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .\n"


def test_blank_nodes_of_the_description_have_the_same_names_each_time(tmp_path: Path) -> None:
    text = f'{HEAD}<https://w3id.org/kuvend/dataset> dcat:contactPoint [ dct:title "Desk" ] .'
    (tmp_path / "dataset.ttl").write_text(text, encoding="utf-8")
    assert read_description(tmp_path) == read_description(tmp_path)


def test_terms_of_two_vocabularies_that_end_alike_are_counted_apart(project: Project) -> None:
    sources = project.sources()
    subject, value = ox.NamedNode("urn:a"), ox.Literal("x")
    names = [ox.NamedNode(f"http://{host}.example/def#name") for host in ("a", "b")]
    triples = tuple(ox.Triple(subject, name, value) for name in names)
    corpus = dataclasses.replace(sources.corpus, asserted={"x": triples})
    found = catalog_triples(
        KUVEND_BASE, corpus, sources.ontology, [], date="2026-01-01", input_hash=""
    )
    parts = {t.subject: t.object for t in found if t.predicate == VOID.property}
    assert set(parts.values()) == set(names)
    assert len(parts) == 2


@pytest.mark.parametrize("day", ["2026", "yesterday", "2026-02-30"])
def test_a_day_that_is_none_is_refused_with_its_place(
    project: Project, tmp_path: Path, day: str
) -> None:
    with pytest.raises(BadRequest, match="is no day") as refused:
        project.build(date=day)
    assert refused.value.source == "--date"
    root = tmp_path / "own"
    (root / "data").mkdir(parents=True)
    for name in ("ontology", "shapes", "queries"):
        (root / name).symlink_to(project.folder.root / name)
    text = f'{HEAD}<https://w3id.org/kuvend/dataset> dct:issued "{day}" .'
    (root / "data" / "dataset.ttl").write_text(text, encoding="utf-8")
    settings = dataclasses.replace(project.settings, data_dir=tmp_path / "state")
    own = Project(settings, ProjectFolder.open(root))
    with pytest.raises(BadRequest, match="is no day") as refused:
        own.build()
    assert refused.value.source == str(root / "data" / "dataset.ttl")
