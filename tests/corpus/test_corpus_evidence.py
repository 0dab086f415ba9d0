"""Claims and passages in plain RDF 1.1, the same for the same input, and proved quote by quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from corpus_folder import BASE, PREFIXES, TEXT, DataFolder
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.corpus import Corpus, read_corpus, verify_evidence
from kuvend.namespaces import DCT, KV, KVC, OA, PROV, RDF, RDFS, XSD

Read = Callable[[str], Corpus]
Proofs = tuple[ox.Triple, ...]
ROOT = Path(__file__).resolve().parents[2]
CHECK = ROOT / "queries" / "checks" / "quotes-verbatim.rq"
ABOUT = 'p:a kv:quote "об\'єднує близько 1000" .'


def value(corpus: Corpus, predicate: ox.NamedNode) -> object:
    (found,) = {t.object for t in corpus.evidence if t.predicate == predicate}
    return found


def claims(corpus: Corpus) -> list[ox.NamedNode]:
    found = [t.subject for t in corpus.evidence if (t.predicate, t.object) == (RDF.type, KV.Claim)]
    return [claim for claim in found if isinstance(claim, ox.NamedNode)]


def kinds(corpus: Corpus) -> list[str]:
    return [f"{count} {kind}" for kind, count in corpus.coverage[0].kinds]


def test_a_claim_leads_to_its_quote_offsets_and_text(read: Read) -> None:
    corpus = read("id-org:amu kv:x 1 ~ p:a ." + ABOUT)
    quote = "об’єднує  близько\u00a01000"
    start = TEXT.index(quote)
    assert value(corpus, OA.exact) == ox.Literal(quote)
    assert value(corpus, OA.start) == ox.Literal(str(start), datatype=XSD.integer)
    assert value(corpus, OA.end) == ox.Literal(str(start + len(quote)), datatype=XSD.integer)
    assert value(corpus, OA.prefix) == ox.Literal(TEXT[:start])
    assert value(corpus, OA.suffix) == ox.Literal(TEXT[start + len(quote) :][:32])
    assert value(corpus, PROV.value) == ox.Literal(TEXT)
    assert value(corpus, KV.snapshotOf) == ox.NamedNode(f"{BASE}document/amu")
    assert value(corpus, DCT.language) == ox.Literal("uk")
    assert value(corpus, RDF.subject) == ox.NamedNode(f"{BASE}id/org/amu")
    assert value(corpus, KV.evidenceKind) == KVC["evidence-stated"]


def test_iris_are_hashes_of_content(read: Read) -> None:
    statements = "id-org:amu kv:x 1 ~ p:a ." + ABOUT
    first, again = read(statements), read(statements + "\n# a remark\n")
    assert first.evidence == again.evidence
    other = read(statements.replace("1000", "1000 громад"))
    assert claims(first) != claims(other)
    assert str(claims(first)[0]).startswith(f"<{BASE}id/claim/")


def test_evidence_has_no_blank_nodes_and_is_sorted(read: Read) -> None:
    corpus = read("id-org:amu kv:x 1 ~ p:a , 2 ~ p:a ." + ABOUT)
    assert list(corpus.evidence) == sorted(set(corpus.evidence), key=str)
    assert not [t for t in corpus.evidence if isinstance(t.subject, ox.BlankNode)]
    assert not [t for t in corpus.evidence if isinstance(t.object, ox.BlankNode)]


def test_a_text_in_another_language_is_a_translation_unless_said_otherwise(read: Read) -> None:
    label = 'id-org:amu skos:prefLabel "Association"@en ~ p:a , "Асоціація"@uk ~ p:a .'
    assert kinds(read(label + ABOUT)) == ["1 stated", "1 translation"]
    context = ABOUT.replace(" .", " ; kv:evidenceKind kvc:evidence-context .")
    assert kinds(read(label + context)) == ["2 context"]


def test_background_knowledge_has_a_claim_without_passage(read: Read) -> None:
    corpus = read(
        "id-org:amu kv:x 1 ~ p:bg . p:bg kv:evidenceKind kvc:evidence-background ; "
        'rdfs:comment "known from elsewhere" .'
    )
    assert corpus.problems == ()
    assert kinds(corpus) == ["1 background"]
    assert not [t for t in corpus.evidence if t.predicate == KV.supportedBy]
    assert value(corpus, RDFS.comment) == ox.Literal("known from elsewhere")


def test_who_says_it_makes_another_claim(read: Read) -> None:
    statement = "id-org:amu kv:x 1 ~ p:a ."
    page = read(statement + ABOUT)
    person = read(statement + ABOUT.replace(" .", " ; kv:attributedTo id-person:klychko ."))
    assert claims(page) != claims(person)
    assert value(person, KV.attributedTo) == ox.NamedNode(f"{BASE}id/person/klychko")
    assert (page.coverage[0].attributed, person.coverage[0].attributed) == (0, 1)


def test_one_triple_may_rest_on_several_passages(read: Read) -> None:
    corpus = read('id-org:amu kv:x 1 ~ p:a ~ p:b . p:b kv:quote "діє з 1992 року" .' + ABOUT)
    assert len(claims(corpus)) == 2
    assert len(corpus.asserted["amu"]) == 1


def test_coverage_counts_what_passages_cover_and_lists_what_they_do_not(read: Read) -> None:
    corpus = read("id-org:amu kv:x 1 ~ p:a ." + ABOUT)
    (row,) = corpus.coverage
    visible = sum(not c.isspace() for c in TEXT)
    covered = sum(not c.isspace() for c in "об’єднує близько 1000")
    assert (row.characters, row.covered_characters) == (visible, covered)
    assert row.share == pytest.approx(covered / visible)
    assert [gap.text for gap in row.uncovered] == [
        "громад. АМУ діє з 1992 року",
        "Асоціація міст\n\nАМУ",
    ]
    assert [gap.line for gap in row.uncovered] == [3, 1]
    assert "covering 32.8% of the text" in row.as_text()
    assert row.as_json()["uncovered"][0]["text"] == "громад. АМУ діє з 1992 року"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The corpus of the default project."""
    return read_corpus(ROOT / "data", BASE)


def test_the_default_project_has_no_problems(corpus: Corpus) -> None:
    corpus.raise_problems()
    assert {d.slug for d in corpus.documents} == {
        "akk-history", "amu-29-years", "konya-union-history", "saraj-rochester-hills",
        "unmik-mitrovica",
    }  # fmt: skip


def test_two_readings_of_the_default_project_are_equal(corpus: Corpus) -> None:
    assert read_corpus(ROOT / "data", BASE) == corpus


def test_every_data_triple_of_the_default_project_has_a_claim(corpus: Corpus) -> None:
    claimed = dict.fromkeys(claims(corpus))
    parts = {p: {} for p in (RDF.subject, RDF.predicate, RDF.object)}  # type: ignore[var-annotated]
    for triple in corpus.evidence:
        if triple.predicate in parts:
            parts[triple.predicate][triple.subject] = triple.object
    said = {tuple(part[claim] for part in parts.values()) for claim in claimed}
    asserted = {(t.subject, t.predicate, t.object) for ts in corpus.asserted.values() for t in ts}
    assert asserted
    assert said == asserted


def test_every_quote_of_the_default_project_is_proved(corpus: Corpus) -> None:
    assert verify_evidence(corpus.evidence, ROOT / "data" / "documents") == ()
    assert found_by_query(corpus.evidence) == []


# -- mutations: whatever is changed, both the function and the query see it ------------------


@pytest.fixture(scope="module")
def proofs(corpus: Corpus) -> Proofs:
    """Passages and texts of the default project, without the claims."""
    return tuple(t for t in corpus.evidence if "/id/claim/" not in str(t.subject))


def found_by_query(triples: Iterable[ox.Triple]) -> list[str]:
    graph = ox.NamedNode("urn:evidence")
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    rows = store.query(CHECK.read_text(encoding="utf-8"))
    return sorted({str(row["item"].value) for row in rows})  # type: ignore[union-attr]


def replaced(proofs: Proofs, old: ox.Triple, new: ox.Triple | None) -> list[ox.Triple]:
    assert new != old
    return [*(t for t in proofs if t != old), *([new] if new is not None else [])]


def assert_caught(triples: list[ox.Triple], passage: str) -> None:
    assert passage in {problem.source for problem in verify_evidence(triples)}
    assert passage in found_by_query(triples)


def with_object(triple: ox.Triple, text: str, **kind: object) -> ox.Triple:
    return ox.Triple(triple.subject, triple.predicate, ox.Literal(text, **kind))  # type: ignore[arg-type]


def of(proofs: Proofs, predicate: ox.NamedNode) -> list[ox.Triple]:
    return [t for t in proofs if t.predicate == predicate]


def passage_of(triple: ox.Triple) -> str:
    assert isinstance(triple.subject, ox.NamedNode)
    return triple.subject.value.partition("#")[0]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_one_changed_letter_in_a_quote_is_caught(proofs: Proofs, data: st.DataObject) -> None:
    triple = data.draw(st.sampled_from(of(proofs, OA.exact)))
    quote = triple.object.value  # type: ignore[union-attr]
    i = data.draw(st.integers(0, len(quote) - 1))
    letter = data.draw(st.sampled_from("aëşіğ ’\u00a0").filter(lambda c: c != quote[i]))
    changed = with_object(triple, quote[:i] + letter + quote[i + 1 :])
    assert_caught(replaced(proofs, triple, changed), passage_of(triple))


def test_a_no_break_space_made_plain_is_caught(proofs: Proofs) -> None:
    quotes = [t for t in of(proofs, OA.exact) if "\u00a0" in t.object.value]  # type: ignore[union-attr]
    assert quotes
    for triple in quotes[:8]:
        plain = with_object(triple, triple.object.value.replace("\u00a0", " "))  # type: ignore[union-attr]
        assert_caught(replaced(proofs, triple, plain), passage_of(triple))


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_an_offset_shifted_is_caught(proofs: Proofs, data: st.DataObject) -> None:
    predicate = data.draw(st.sampled_from([OA.start, OA.end]))
    triple = data.draw(st.sampled_from(of(proofs, predicate)))
    shift = data.draw(st.sampled_from([-1, 1, 100_000]))
    moved = int(triple.object.value) + shift  # type: ignore[union-attr]
    changed = with_object(triple, str(moved), datatype=XSD.integer)
    assert_caught(replaced(proofs, triple, changed), passage_of(triple))


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_wrong_source_is_caught(proofs: Proofs, data: st.DataObject) -> None:
    triple = data.draw(st.sampled_from(of(proofs, OA.hasSource)))
    sources = [t.subject for t in of(proofs, PROV.value)]
    other = data.draw(st.sampled_from([s for s in sources if s != triple.object]))
    changed = ox.Triple(triple.subject, triple.predicate, other)
    assert_caught(replaced(proofs, triple, changed), passage_of(triple))


@pytest.mark.parametrize("predicate", [OA.exact, OA.start, OA.end, OA.hasSource, PROV.value])
def test_a_missing_part_is_caught(proofs: Proofs, predicate: ox.NamedNode) -> None:
    triple = of(proofs, predicate)[0]
    left = replaced(proofs, triple, None)
    assert verify_evidence(left)
    assert found_by_query(left)


@pytest.mark.parametrize("predicate", [OA.exact, PROV.value])
def test_a_language_tag_on_quote_or_text_is_caught(proofs: Proofs, predicate: ox.NamedNode) -> None:
    triple = of(proofs, predicate)[0]
    tagged = with_object(triple, triple.object.value, language="sq")  # type: ignore[union-attr]
    left = replaced(proofs, triple, tagged)
    assert verify_evidence(left)
    assert found_by_query(left)


def test_a_changed_text_is_caught_by_its_hash(proofs: Proofs) -> None:
    triple = of(proofs, PROV.value)[0]
    changed = with_object(triple, triple.object.value + " ")  # type: ignore[union-attr]
    left = replaced(proofs, triple, changed)
    assert passage_of(triple) in found_by_query(left)
    assert "has the SHA-256" in str(verify_evidence(left)[0])


def test_a_misplaced_quote_is_told_its_right_place(read: Read) -> None:
    corpus = read("id-org:amu kv:x 1 ~ p:a ." + ABOUT)
    (end,) = of(corpus.evidence, OA.end)
    left = replaced(corpus.evidence, end, with_object(end, "17", datatype=XSD.integer))
    (problem,) = verify_evidence(left)
    assert "at characters 20 to 17" in problem.detail
    assert problem.suggestion == "These words stand at characters 20 to 42."


def test_a_claim_without_passage_is_caught(read: Read) -> None:
    corpus = read("id-org:amu kv:x 1 ~ p:a ." + ABOUT)
    (support,) = of(corpus.evidence, KV.supportedBy)
    (problem,) = verify_evidence(replaced(corpus.evidence, support, None))
    assert "supportedBy" in problem.detail


def test_a_file_that_changed_after_the_build_is_caught(folder: DataFolder) -> None:
    file = folder.add_document()
    evidence = folder.read().evidence
    assert verify_evidence(evidence, folder.documents) == ()
    file.write_text(TEXT + "more", encoding="utf-8")
    assert "differs from the text" in str(verify_evidence(evidence, folder.documents)[0])
    file.unlink()
    assert "is not there" in str(verify_evidence(evidence, folder.documents)[0])


def test_the_published_evidence_is_plain_turtle(read: Read) -> None:
    corpus = read("id-org:amu kv:x 1 ~ p:a ." + ABOUT)
    turtle = ox.serialize(corpus.evidence, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(turtle, bytes)
    assert set(ox.parse(PREFIXES.encode() + turtle, format=ox.RdfFormat.TURTLE))
    assert b"<<" not in turtle
