"""Fixes go to the text they were made for, and to files alone; a file is never half written."""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import pytest

from kuvend.cli.fixing import Fixing, replace_content
from kuvend.project import Project
from kuvend.project.submission import checker_of, fixed_texts, read_parts, with_texts
from kuvend.shacl.finding import Finding, Fix, Validation
from kuvend.syntax import Lines, Source

HEAD = """@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix id-org: <https://w3id.org/kuvend/id/org/> .
"""


def test_sources_of_one_name_are_told_apart_and_read_anew_as_before() -> None:
    texts = ["<urn:a> <urn:p> _:x .", "_:x <urn:p> <urn:b> .", "[{}]"]
    sources = [Source("a.ttl", text.encode()) for text in texts[:2]]
    sources.append(Source("a.ttl", texts[2].encode(), "application/ld+json"))
    parts = read_parts(sources, base_iri=None, max_bytes=1000)
    assert [part.parsed.source for part in parts] == ["a.ttl", "a.ttl (2)", "a.ttl (3)"]
    assert [part.file for part in parts] == ["a.ttl"] * 3
    names = [str(part.data[0].quad) for part in parts[:2]]
    again = with_texts(parts, {"a.ttl (2)": texts[1], "a.ttl (3)": "[]"}, base_iri=None)
    assert again[0] is parts[0]
    assert [str(part.data[0].quad) for part in again[:2]] == names
    assert not again[2].parsed.errors
    (packed,) = read_parts(
        [Source("a.ttl.gz", gzip.compress(sources[0].content))], base_iri=None, max_bytes=1000
    )
    assert (packed.parsed.source, packed.file) == ("a.ttl", None)


def test_fixes_at_one_place_are_taken_in_the_same_order_every_time() -> None:
    fixes = [Fix("a", 4 * n, end, text) for n in range(20) for end, text in
             ((4 * n + 2, "z"), (4 * n, "y"), (4 * n, "x"))]  # fmt: skip
    findings = tuple(
        Finding(str(number), "violation", {}, fix=fix) for number, fix in enumerate(fixes)
    )
    outcome = Validation(findings, {"a": Lines("1234" * 20)}, "kuvend", 0)
    assert fixed_texts(outcome) == {"a": "xyz34" * 20}


def test_only_plain_files_are_written_and_the_outcome_is_of_what_stands(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checker = checker_of(project, alone=True)
    text = f"{HEAD}id-org:new-{{0}} a kv:Municipalty ; skos:prefLabel 'New {{0}}'@en .\n"
    file, packed = tmp_path / "a.ttl", tmp_path / "b.ttl.gz"
    file.write_text(text.format(1))
    packed.write_bytes(gzip.compress(text.format(2).encode()))
    (tmp_path / "b.ttl").write_text(text.format(2))
    sources = [Source(str(one), one.read_bytes()) for one in (file, packed)]
    sources.append(Source("-", text.format(3).encode()))
    parts = read_parts(sources, base_iri=checker.base_iri, max_bytes=10**6)
    outcome, now = Fixing(checker, parts, False).write(checker.check(parts))
    assert file.read_text() == text.format(1).replace("palty", "pality")
    assert "Municipalty" in (tmp_path / "b.ttl").read_text()
    left = [f.span.source for f in outcome.findings if f.span and f.rule == "kuvend/unknown-class"]
    assert left == ["-", str(tmp_path / "b.ttl")]
    assert ["Municipalty" in part.parsed.lines.text for part in now if part.parsed.lines] == [
        False, True, True
    ]  # fmt: skip
    told = capsys.readouterr().err
    assert told.count("not fixed") == 2 and told.count("fixed ") == 1


def test_a_fix_that_would_introduce_a_finding_is_left_out_and_the_others_made(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checker = checker_of(project, alone=True)
    file = tmp_path / "a.ttl"
    file.write_text(
        f"""{HEAD}@prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id-count: <https://w3id.org/kuvend/id/count/> .
id-org:new a kv:Municipalty ; skos:prefLabel 'New'@en ; kv:foundingDate '2021'^^xsd:gYear ;
    kv:hasCount id-count:c .
id-count:c a kv:CountObservation ; kv:countValue 5 ; dct:date '31.12.2001' .
"""
    )
    source = Source(str(file), file.read_bytes())
    parts = read_parts([source], base_iri=checker.base_iri, max_bytes=10**6)
    fixing = Fixing(checker, parts, False, ("tr",))
    outcome, _ = fixing.write(checker.check(parts))
    assert "kv:Municipality" in file.read_text() and "31.12.2001" in file.read_text()
    assert [f.rule for f in outcome.findings if f.fix] == ["shape/Dated-date"]
    told = capsys.readouterr().err
    assert f"{file}:9:" in told and "not fixed" in told and "2001-12-31" in told


def test_a_file_is_replaced_whole_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "a.ttl", tmp_path / "link.ttl"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    before = file.stat().st_ino
    replace_content(link, b"new")
    assert link.is_symlink() and file.read_bytes() == b"new"
    assert file.stat().st_ino != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    with pytest.raises(TypeError):
        replace_content(file, "no bytes")  # type: ignore[arg-type]
    assert file.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ttl", "link.ttl"]
