"""Quotes are found as a reader compares words and kept as the document writes them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kuvend.corpus import Span, locate
from kuvend.corpus.fold import INVISIBLE, fold, fold_quote
from kuvend.errors import QuoteError

WORDS = st.text(
    alphabet=st.sampled_from("abcëçşığüöİıабвіїґє’'ʼ–-«»\" \u00a0\n\t\u200b"),
    min_size=1,
    max_size=80,
)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("vendimit të marrë në Kuvendin", "pas vendimit të marrë në\nKuvendin Komunal"),
        ("rezultat i nënshkrimit", "si \u00a0rezultat\u00a0i nënshkrimit të"),
        ("об'єднує", "АМУ об’єднує громад"),
        ("обʼєднує", "АМУ об’єднує громад"),
        ("Birliği’nin", "Konya Birliği'nin organı"),
        ('"За розвиток"', "об’єднання «За розвиток»."),
        ("tij - autoritetet", "anëtarëve të tij – autoritetet lokale"),
        ("përballur", "për t’u pë\u00adrballur me"),
        (unicodedata.normalize("NFD", "Kosovës"), "Komunave të Kosovës"),
    ],
)
def test_a_quote_is_found_though_typed_differently(quote: str, text: str) -> None:
    span = locate(quote, text)
    assert fold_quote(span.of(text)) == fold_quote(quote)


def test_the_characters_of_the_document_are_kept() -> None:
    text = "АМУ об’єднує близько\u00a01000 громад"
    assert locate("об'єднує близько 1000", text).of(text) == "об’єднує близько\u00a01000"


def test_case_and_diacritics_are_not_tolerated() -> None:
    for quote in ("kosovës", "Kosoves", "KOSOVËS"):
        with pytest.raises(QuoteError) as caught:
            locate(quote, "Komunave të Kosovës")
        assert caught.value.absent


def test_dotted_and_dotless_i_are_different_letters() -> None:
    with pytest.raises(QuoteError):
        locate("Konya Ili", "Konya İli dahilindeki")


def test_a_repeated_quote_is_refused_with_each_place_and_its_surroundings() -> None:
    with pytest.raises(QuoteError) as caught:
        locate("Birlik Meclisi", "Birlik Meclisi:\nBirlik Meclisi, Birliğin karar organıdır.")
    assert caught.value.places == ((0, 14), (16, 30))
    assert "stands in 2 places" in str(caught.value)
    assert "line 2, column 1" in str(caught.value)
    assert "[Birlik Meclisi], Birliğin karar organıdır." in str(caught.value)
    assert "kv:quoteBefore" in str(caught.value)


def test_neighbouring_words_pick_one_of_several_places() -> None:
    text = "Birlik Meclisi:\nBirlik Meclisi, Birliğin karar organıdır."
    assert locate("Birlik Meclisi", text, after=", Birliğin").start == 16
    assert locate("Birlik Meclisi", text, before="Meclisi:").start == 16
    assert locate("Birlik Meclisi", text, after=":").start == 0


def test_neighbouring_words_that_are_not_there_are_refused() -> None:
    with pytest.raises(QuoteError, match="not beside the words"):
        locate("karar", "Birliğin karar organıdır.", before="Meclisin")


def test_the_one_place_with_the_very_characters_wins() -> None:
    text = "një\u00a0komunë, një komunë"
    assert locate("një komunë", text) == Span(12, 22)


def test_overlapping_places_count_as_several() -> None:
    with pytest.raises(QuoteError, match="2 places"):
        locate("aa", "aaa")


@pytest.mark.parametrize("quote", ["", " \n", "\u200b", "\u00a0"])
def test_an_empty_quote_is_refused(quote: str) -> None:
    with pytest.raises(QuoteError, match="empty"):
        locate(quote, "text")


def test_an_absent_quote_names_the_nearest_passage_and_the_difference() -> None:
    text = "Historiku\n\nAsociacioni i Komunave (AKK) është formuar në vitin 2001 pas zgjedhjeve."
    with pytest.raises(QuoteError) as caught:
        locate("është formuarr ne vitin 2001", text)
    message = str(caught.value)
    assert "“është formuar në vitin 2001”" in message
    assert "line 3, column 30" in message
    assert "“formuarr ne”, the document “formuar në”" in message
    ((start, end),) = caught.value.places
    assert text[start:end] == "është formuar në vitin 2001"


def test_words_that_differ_in_case_only_are_shown_as_such() -> None:
    with pytest.raises(QuoteError, match="the quote has “misioni”, the document “Misioni”"):
        locate("misioni i Asociacionit", "Misioni i Asociacionit të Komunave")


def test_words_like_nothing_in_the_document_get_no_nearest_passage() -> None:
    with pytest.raises(QuoteError, match="nor anything like it") as caught:
        locate("zzzz qqqq xxxx", "Misioni i Asociacionit të Komunave")
    assert caught.value.places == ()


def test_the_nearest_passage_of_a_long_text_is_found() -> None:
    text = (
        "fjalë të tjera pa lidhje. " * 8000 + "Enti mblidhet në maj dhe në nëntor. " + "x " * 9000
    )
    with pytest.raises(QuoteError, match="Enti mblidhet në maj dhe në nëntor"):
        locate("Enti mblidhet në mars dhe në nëntor", text)


@given(WORDS, WORDS, WORDS)
def test_whatever_stands_in_a_text_once_is_found_there(head: str, quote: str, tail: str) -> None:
    text = f"{head}§{quote}§{tail}"
    assume(fold_quote(quote))
    try:
        span = locate(quote, text, before="§", after="§")
    except QuoteError as error:
        assert len(error.places) > 1  # the same words stand between marks elsewhere
        return
    assert fold_quote(span.of(text)) == fold_quote(quote)
    assert not span.of(text)[0].isspace()
    assert not span.of(text)[-1].isspace()


@given(WORDS)
def test_offsets_of_a_folded_text_point_at_the_character_folded(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    for character, start, end in zip(folded.text, folded.starts, folded.ends, strict=True):
        piece = text[start:end]
        assert piece.isspace() or set(piece) & INVISIBLE if character == " " else len(piece) == 1


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(unicodedata.normalize("NFC", text)).text
    assume(unicodedata.is_normalized("NFC", once))
    assert fold(once).text == once


@given(st.text(alphabet="aeë\u0308\u0301ciç \u0327", max_size=40))
def test_a_text_that_is_not_normalised_folds_to_normal_form_with_right_offsets(text: str) -> None:
    folded = fold(text)
    for start, end in zip(folded.starts, folded.ends, strict=True):
        assert 0 <= start < end <= len(text)
    assert folded.text == fold(unicodedata.normalize("NFC", text)).text


@given(st.data())
def test_one_changed_letter_is_never_taken_for_the_quote(data: st.DataObject) -> None:
    text = "Birlik Meclisi, yılda iki kez Mayıs ve Kasım aylarında olağan toplantı yapar."
    start = data.draw(st.integers(0, len(text) - 12))
    quote = text[start : start + 12]
    letters = [i for i, character in enumerate(quote) if character.isalpha()]
    i = data.draw(st.sampled_from(letters))
    wrong = quote[:i] + ("x" if quote[i] != "x" else "y") + quote[i + 1 :]
    with pytest.raises(QuoteError):
        locate(wrong, text)
