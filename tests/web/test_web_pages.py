"""The pages for people: whole, linked, in the reader's language, with the sentences."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from html_page import Page

Get = Callable[..., Page]

PATHS = [
    "/",
    "/explore",
    "/explore?class=https://w3id.org/kuvend/def%23Municipality",
    "/documents",
    "/document/konya-union-history",
    "/document/amu-29-years",
    "/doc/org/konya-union",
    "/doc/organ/konya-assembly",
    "/doc/agreement/saraj-rochester-hills",
    "/describe?iri=http://www.w3.org/ns/org%23FormalOrganization",
    "/def",
    "/def/0.1.0",
    "/concept",
    "/concept/topic-solidarity",
    "/graph",
    "/graph/inferred",
    "/graph/statements/konya-union-history",
    "/queries",
    "/queries/konya-assembly-meetings",
    "/search",
    "/search?q=meclis",
    "/catalog",
    "/explain?s=id/org/konya-union&p=kv:hasOrgan&o=id/organ/konya-assembly",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_well_formed_and_can_be_used_without_scripts_and_with_a_screen_reader(
    page: Get, path: str
) -> None:
    found = page(path)
    assert found.elements.count("h1") == 1
    assert found.elements.count("main") == 1
    assert "script" not in found.elements
    assert not [value for key, value in found.attributes if key == "style" or key[:2] == "on"]
    assert len(found.ids) == len(set(found.ids))
    assert "#main" in found.links


@pytest.mark.parametrize("language", ["sq", "uk", "tr"])
def test_a_page_is_whole_in_every_language(page: Get, language: str) -> None:
    for path in ("/", "/doc/org/konya-union", "/document/konya-union-history", "/def"):
        assert ("lang", language) in page(path, language=language).attributes


def test_every_local_link_of_the_main_pages_leads_somewhere(page: Get, client: FlaskClient) -> None:
    links = {link for path in PATHS for link in page(path).links if link.startswith("/")}
    assert len(links) > 500
    # Of the many links of one kind some eight, evenly.
    kinds: dict[str, list[str]] = {}
    for link in sorted(links):
        first, second = [*urlsplit(link).path.split("/"), ""][1:3]
        kinds.setdefault(second if first == "doc" else f"/{first}", []).append(link)
    chosen = [link for found in kinds.values() for link in found[:: len(found) // 8 + 1]]
    wrong = []
    for link in chosen:
        # What other parts of the server answer has its own tests.
        if urlsplit(link).path.startswith(("/sparql", "/validate")):
            continue
        with client.get(link, headers={"Accept": "text/html"}) as response:
            if response.status_code not in {200, 303}:
                wrong.append((response.status_code, link))
    assert not wrong


def test_a_link_into_a_document_names_a_place_that_is_there(page: Get) -> None:
    places = [link for link in page("/doc/org/konya-union").links if "/document/" in link]
    anchors = {urlsplit(link).fragment for link in places if urlsplit(link).fragment}
    assert len(anchors) > 3
    assert anchors <= set(page("/document/konya-union-history").ids)


def test_the_front_page_counts_what_is_in_the_store_and_lists_every_document(page: Get) -> None:
    front = page("/")
    assert "5 documents" in " ".join(front.text.split())
    for slug in ("akk-history", "amu-29-years", "konya-union-history", "unmik-mitrovica"):
        assert f"/document/{slug}" in front.links


def test_from_the_front_page_to_the_meetings_of_the_konya_assembly_and_its_sentence(
    page: Get,
) -> None:
    question = "When does the assembly of the Konya Union of Municipalities meet?"
    front = page("/")
    assert question in front.text
    answer = page(next(link for link in front.links if "konya-assembly-meetings" in link))
    assert "May" in answer.text
    assert "November" in answer.text
    assert "yılda iki kez Mayıs ve Kasım aylarında olağan toplantı" in answer.text


def test_months_dates_and_property_names_are_in_the_language_of_the_reader(page: Get) -> None:
    path = "/queries/konya-assembly-meetings"
    assert "Mayıs" in page(path, language="tr").text
    assert "травень" in page(path, language="uk").text
    assert "nëntor" in page(path, language="sq").text
    assert "Konya Belediyeler Birliği ne zaman" not in page(path, language="en").text


def test_an_explicit_language_wins_and_stays_in_the_links(page: Get) -> None:
    found = page("/?lang=tr", language="uk")
    assert ("lang", "tr") in found.attributes
    assert "/documents?lang=tr" in found.links
    paths = ("/documents", "/doc/org/konya-union", "/queries/akk-objectives")
    links = {link for path in paths for link in page(f"{path}?lang=tr").links}
    assert "/document/akk-history.txt?lang=tr" in links
    assert not [link for link in links if "lang=tr." in link]


def test_a_statement_shows_its_quote_who_said_it_and_that_it_is_a_translation(page: Get) -> None:
    union = page("/doc/org/konya-union")
    assert "bir kamu kurumudur" in union.text
    assert "translation" in union.text
    speakers = page("/queries/ukrainian-cities-members").text
    assert "said by" in speakers


def test_what_follows_by_rule_is_told_apart_from_what_a_document_says(page: Get) -> None:
    text = page("/doc/org/konya-union").text
    stated, marker, followed = text.partition("What follows by rule")
    assert marker
    assert "Law No. 5355" in followed
    assert "bir kamu kurumudur" in stated


def test_what_a_document_does_not_state_is_shown_with_the_thing_and_with_the_document(
    page: Get,
) -> None:
    assert "Not stated" in page("/doc/org/akk").text
    assert "What this document does not state" in page("/document/akk-history").text


def test_the_pages_of_claim_passage_source_and_absence_note_can_be_read(page: Get) -> None:
    document = page("/document/konya-union-history")
    passage_path = next(link for link in document.links if "/doc/passage/" in link)
    passage = page(passage_path)
    assert "Characters" in passage.text
    claim_path = next(link for link in passage.links if "/doc/claim/" in link)
    assert "What says so" in page(claim_path).text
    absence = next(link for link in page("/document/akk-history").links if "/doc/absence/" in link)
    assert "Not stated" in page(absence).text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("MECLİS", "Konya Union of Municipalities"),
        ("meclısı", "Konya Union of Municipalities"),
        ("KESHILLIT", "Këshillit të Evropës"),
        ("обєднання", "за розвиток"),
        ("об'єднання", "за розвиток"),
    ],
)
def test_search_is_tolerant_of_case_diacritics_and_apostrophes(
    page: Get, text: str, label: str
) -> None:
    assert label.casefold() in page(f"/search?q={text}").text.casefold()


def test_a_thing_that_is_not_there_gets_a_page_that_says_so(page: Get) -> None:
    found = page("/id/org/no-such-body", status=404)
    assert "Not found" in found.text
    assert "/search" in found.links


def test_an_absence_note_has_one_heading_in_the_language_of_the_reader(page: Get) -> None:
    english, albanian = "does not state who founded", "nuk e thotë kush e themeloi"
    text = page("/doc/absence/akk-founders").text
    assert english in text
    assert albanian not in text
    text = page("/doc/absence/akk-founders?lang=sq").text
    assert albanian in text
    assert english not in text


def test_nothing_without_a_name_is_asked_about(page: Get) -> None:
    described = page("/describe?iri=http://www.w3.org/ns/org%23Membership")
    asked = [link for link in described.links if "/explain?" in link]
    assert asked
    assert not any("s=_%3A" in link or "o=_%3A" in link for link in asked)
