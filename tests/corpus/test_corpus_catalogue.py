"""A text that cannot be trusted is refused, with its file and what to do."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from corpus_folder import DataFolder

from kuvend.corpus import read_corpus
from kuvend.errors import CorpusError, NotFound, ProjectError


def problems(folder: DataFolder) -> str:
    return "\n".join(str(problem) for problem in folder.read().problems)


def test_a_document_is_what_its_entry_says(folder: DataFolder) -> None:
    folder.add_document(text="Ünlü\n", language="tr", more='; dct:date "2021-06-26"^^xsd:date')
    corpus = folder.read()
    (document,) = corpus.documents
    assert corpus.problems == ()
    assert (document.slug, document.language, document.text) == ("amu", "tr", "Ünlü\n")
    assert document.iri == "https://w3id.org/kuvend/document/amu"
    assert document.titles == {"tr": "amu", "en": "amu"}
    assert document.date == dt.date(2021, 6, 26)
    assert document.source_iri.endswith(f"/id/source/{document.sha256[:16]}")


def test_a_folder_without_catalogue_is_refused(folder: DataFolder) -> None:
    with pytest.raises(NotFound, match="no catalogue"):
        folder.read()


def test_a_changed_text_is_refused_with_its_new_hash(folder: DataFolder) -> None:
    file = folder.add_document()
    file.write_bytes(file.read_bytes() + b" ")
    found = problems(folder)
    assert "catalogue.ttl:13:" in found
    assert "is not the one in the catalogue: its SHA-256 is" in found
    assert "Restore the text." in found


def test_a_missing_text_is_refused(folder: DataFolder) -> None:
    folder.add_document().unlink()
    assert "amu.uk.txt is not there. Put the file back" in problems(folder)


def test_a_file_without_entry_is_refused(folder: DataFolder) -> None:
    folder.add_document()
    (folder.documents / "stray.sq.txt").write_text("x", encoding="utf-8")
    assert "stray.sq.txt: this file is not in the catalogue. Describe it" in problems(folder)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (b"one\r\ntwo\n", "amu.uk.txt:1:4: the text has a carriage return."),
        (b"\xef\xbb\xbftext\n", "amu.uk.txt:1:1: the text has a byte order mark."),
        ("a\nKosove\u0308s\n".encode(), "amu.uk.txt:2:6: the text has a character not in normal"),
        (b"abc\xff", "amu.uk.txt: byte 3 is not UTF-8."),
    ],
)
def test_an_unclean_text_is_refused_with_the_place(
    folder: DataFolder, stored: bytes, message: str
) -> None:
    folder.add_document(text=stored)
    assert message in problems(folder)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('dct:language "uk"', 'dct:title "x"@sq', "exactly one dct:language and has 0"),
        ('"amu"@en', '"amu"@sq', "has no dct:title in en"),
        ("document:amu", "document:Amu_1", "is not https://w3id.org/kuvend/document/ and a name"),
        ('"amu.uk.txt"', '"other.uk.txt"', "Name it amu.uk.txt"),
        ("kv:sha256", 'kv:sha256 "0" , ', "exactly one kv:sha256 and has 2"),
        ("kv:file", 'dct:date "June"^^xsd:date ; kv:file', "date June of amu is not a day"),
        (" .\n", " \n", "the statement is not closed"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_line(
    folder: DataFolder, before: str, after: str, message: str
) -> None:
    folder.add_document()
    entry = folder.entries[0] + "\n"
    assert before in entry
    folder.write_catalogue(entry.replace(before, after, 1))
    found = problems(folder)
    assert message in found
    assert "catalogue.ttl:1" in found


def test_the_same_text_under_two_names_is_refused(folder: DataFolder) -> None:
    folder.add_document("one")
    folder.add_document("two")
    assert "two and one have the same text. Keep one of them." in problems(folder)


def test_statements_without_a_document_are_refused(folder: DataFolder) -> None:
    folder.add_document()
    folder.state("", slug="amu-29")
    assert "there is no document amu-29 in the catalogue" in problems(folder)


def test_a_document_without_statements_is_no_problem(folder: DataFolder) -> None:
    folder.add_document()
    corpus = folder.read()
    assert corpus.problems == ()
    assert corpus.asserted == {"amu": ()}
    assert corpus.coverage[0].share == 0


def test_all_problems_are_raised_together(folder: DataFolder) -> None:
    folder.add_document("one").unlink()
    folder.add_document("two", text="b\r\n")
    corpus = folder.read()
    with pytest.raises(CorpusError) as caught:
        corpus.raise_problems()
    assert len(caught.value.problems) == 2
    assert "one.uk.txt" in str(caught.value)
    assert "two.uk.txt" in str(caught.value)


def test_a_text_is_read_as_it_is_stored(folder: DataFolder) -> None:
    text = unicodedata.normalize("NFC", "т\u00a0е\u2028к’ст\n\n \n")
    folder.add_document(text=text)
    (document,) = folder.read().documents
    assert document.text == text


def test_a_project_may_have_a_base_of_its_own(folder: DataFolder) -> None:
    folder.add_document()
    folder.write_catalogue(folder.entries[0].replace("document:amu", "<document/amu>"))
    corpus = read_corpus(folder.path, "https://example.org/graph/")
    assert corpus.problems == ()
    assert corpus.documents[0].iri == "https://example.org/graph/document/amu"
    assert corpus.documents[0].source_iri.startswith("https://example.org/graph/id/source/")


def test_a_language_may_name_its_script(folder: DataFolder) -> None:
    folder.add_document(text="Скупштина\n", language="sr-Cyrl")
    folder.state('id-org:a skos:prefLabel "Скупштина"@sr ~ p:a . p:a kv:quote "Скупштина" .')
    corpus = folder.read()
    assert corpus.problems == ()
    assert corpus.documents[0].title == "amu"
    assert corpus.coverage[0].kinds == (("stated", 1),)


def test_files_that_are_not_utf_8_are_refused(folder: DataFolder) -> None:
    folder.add_document()
    (folder.statements / "amu.ttl").write_bytes(b"# caf\xe9")
    assert "amu.ttl: byte 5 is not UTF-8. Save the file as UTF-8." in problems(folder)
    (folder.documents / "catalogue.ttl").write_bytes(b"\xff")
    with pytest.raises(ProjectError, match=r"catalogue.ttl: byte 0 is not UTF-8"):
        folder.read()


def test_hidden_files_are_no_documents_and_a_byte_order_mark_in_turtle_is_passed_over(
    folder: DataFolder,
) -> None:
    folder.add_document()
    (folder.documents / ".gitkeep").write_text("", encoding="utf-8")
    (folder.statements / "amu.ttl").write_bytes(b"\xef\xbb\xbf# nothing yet\n")
    assert folder.read().problems == ()
