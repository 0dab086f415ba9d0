"""Statements files: every triple names its sentence, and every mistake its line and column."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest
from corpus_folder import FIRST_LINE, DataFolder

from kuvend.corpus import Corpus
from kuvend.errors import BadSyntax, QuoteError
from kuvend.namespaces import KV, RDF, XSD

Read = Callable[[str], Corpus]
GOOD = 'id-org:amu kv:acronym "АМУ"@uk ~ p:unites .\np:unites kv:quote "АМУ об\'єднує" .\n'


def told(corpus: Corpus) -> list[str]:
    """Each problem without the folder's path, lines counted from the first line of the test."""
    return [
        f"{(problem.line or 0) - FIRST_LINE + 1}:{problem.column}: {problem.detail} "
        f"{problem.suggestion or ''}".strip()
        for problem in corpus.problems
    ]


def test_a_cited_triple_is_asserted_without_problems(read: Read) -> None:
    corpus = read(GOOD)
    assert corpus.problems == ()
    assert [str(t) for t in corpus.asserted["amu"]] == [
        '<https://w3id.org/kuvend/id/org/amu> <https://w3id.org/kuvend/def#acronym> "АМУ"@uk'
    ]


def test_citations_and_triple_terms_are_not_published(read: Read) -> None:
    corpus = read(GOOD)
    everything = [*corpus.asserted["amu"], *corpus.evidence, *corpus.derived]
    assert not [t for t in everything if "cite:" in str(t) or isinstance(t.object, ox.Triple)]
    assert not [t for t in everything if t.predicate in (RDF.reifies, KV.quote)]


def test_a_citation_may_be_written_in_place(read: Read) -> None:
    corpus = read('id-org:amu kv:acronym "АМУ"@uk {| kv:quote "АМУ об’єднує" |} .')
    assert corpus.problems == ()
    assert corpus.coverage[0].claims == 1


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        (
            'id-org:amu kv:acronym "АМУ" .',
            '1:23: no passage is cited for id-org:amu kv:acronym "АМУ" . Name the citation after '
            "the value: ~ p:citation.",
        ),
        (
            GOOD + "id-org:amu kv:position 1 ~ p:unite .",
            "3:28: the citation p:unite is used but not described. Did you mean p:unites?",
        ),
        (
            GOOD + 'p:spare kv:quote "АМУ" .',
            "3:1: the citation p:spare is used by no statement. Name it after a triple",
        ),
        (
            GOOD + 'p:unites kv:quote "громад" .',
            "3:19: the citation p:unites has a second kv:quote. Give each passage a citation of",
        ),
        (
            GOOD + 'p:unites kv:quotBefore "x" .',
            "3:10: a citation has no property kv:quotBefore. Did you mean kv:quoteBefore?",
        ),
        (
            GOOD + "p:unites kv:evidenceKind kvc:evidence-contex .",
            "3:26: kvc:evidence-contex is not a kind of evidence. Did you mean "
            "kvc:evidence-context?",
        ),
        (
            GOOD + 'p:unites kv:attributedTo "Кличко" .',
            "3:26: the value of kv:attributedTo is not an IRI. Name the person",
        ),
        (
            GOOD + "p:unites kv:quoteBefore p:x .",
            "3:25: the value of kv:quoteBefore is not a text.",
        ),
        (
            GOOD + "p:unites kv:evidenceKind kvc:evidence-background .",
            "2:19: the citation p:unites is background knowledge and yet has a quote.",
        ),
        (
            "id-org:amu kv:position 1 ~ p:x . p:x kv:evidenceKind kvc:evidence-context .",
            "1:34: the citation p:x has no kv:quote.",
        ),
        (
            GOOD + "id-org:amu kv:hasOrgan [ ] ~ p:unites .",
            "3:24: statements use no blank nodes. Give the thing an IRI of its own.",
        ),
        (
            GOOD + "<< id-org:amu kv:position 3 ~ p:unites >> kv:quoteAfter 'громад' .",
            "3:27: this triple is cited but not stated.",
        ),
        (
            GOOD + 'id-event:x dct:date "1992-06-31"^^xsd:date ~ p:unites .',
            "3:21: “1992-06-31”: month 6 of 1992 has no day 31.",
        ),
        (
            GOOD + 'id-event:x kv:notBefore "1992-06-01"^^xsd:date ~ p:unites .',
            "3:25: kv:notBefore and kv:notAfter are derived from dct:date.",
        ),
    ],
)
def test_a_mistake_is_told_with_line_column_and_what_to_do(
    read: Read, turtle: str, message: str
) -> None:
    found = told(read(turtle))
    assert any(line.startswith(message) for line in found), found


def test_an_absent_quote_is_told_at_the_quote(read: Read) -> None:
    corpus = read('id-org:amu kv:x 1 ~ p:a .\np:a\n  kv:quote "АМУ об’єднуе близько" .')
    (problem,) = corpus.problems
    assert isinstance(problem, QuoteError)
    assert problem.source is not None
    assert problem.source.endswith("statements/amu.ttl")
    assert (problem.line, problem.column) == (FIRST_LINE + 2, 12)
    assert "“об’єднуе”, the document “об’єднує”" in problem.detail.replace("'", "’")


def test_an_ambiguous_quote_is_told_and_settled_by_neighbouring_words(read: Read) -> None:
    corpus = read('id-org:amu kv:x 1 ~ p:a . p:a kv:quote "АМУ" .')
    assert "stands in 2 places" in told(corpus)[0]
    settled = read('id-org:amu kv:x 1 ~ p:a . p:a kv:quote "АМУ" ; kv:quoteAfter "діє" .')
    assert settled.problems == ()


def test_a_quote_of_another_document_is_told_with_its_name(folder: DataFolder) -> None:
    folder.add_document()
    folder.add_document("akk", text="Historiku i Asociacionit\n", language="sq")
    folder.state('id-org:amu kv:x 1 ~ p:a . p:a kv:quote "Historiku i Asociacionit" .')
    assert "These words are in akk" in str(folder.read().problems[0])


def test_all_mistakes_of_a_file_are_told_at_once_in_order(read: Read) -> None:
    corpus = read(
        "id-org:a kv:x 1 .\n"
        "id-org:b kv:x 2 ~ p:none .\n"
        'id-org:c kv:x 3 ~ p:wrong .\np:wrong kv:quote "not there at all" .\n'
        "id-org:d kv:x ."
    )
    assert [p.line for p in corpus.problems] == [FIRST_LINE + i for i in (0, 1, 3, 4)]
    assert isinstance(corpus.problems[-1], BadSyntax)


def test_uncited_triples_are_counted_and_pass_only_where_allowed(folder: DataFolder) -> None:
    folder.add_document()
    folder.state(GOOD + "id-org:amu kv:position 1 .")
    refused, allowed = folder.read(), folder.read(allow_uncited=True)
    assert len(refused.problems) == 1
    assert allowed.problems == ()
    assert len(allowed.asserted["amu"]) == 2
    assert [len(c.coverage[0].uncited) for c in (refused, allowed)] == [1, 1]


def test_an_absence_note_needs_no_citation_and_names_the_text_it_was_checked_in(
    read: Read,
) -> None:
    corpus = read("id-absence:date a kv:AbsenceNote ; kv:about id-org:amu .")
    note = ox.NamedNode("https://w3id.org/kuvend/id/absence/date")
    assert corpus.problems == ()
    assert corpus.asserted["amu"] == ()
    source = ox.NamedNode(corpus.documents[0].source_iri)
    assert {(t.predicate, t.object) for t in corpus.evidence if t.subject == note} == {
        (RDF.type, KV.AbsenceNote),
        (KV.about, ox.NamedNode("https://w3id.org/kuvend/id/org/amu")),
        (KV.checkedIn, source),
    }
    assert corpus.coverage[0].absences == 1


def test_a_date_gets_its_envelope(read: Read) -> None:
    corpus = read('id-event:f dct:date "1992"^^xsd:gYear ~ p:a . p:a kv:quote "діє з 1992 року" .')
    event = ox.NamedNode("https://w3id.org/kuvend/id/event/f")
    assert set(corpus.derived) == {
        ox.Triple(event, KV.notBefore, ox.Literal("1992-01-01", datatype=XSD.date)),
        ox.Triple(event, KV.notAfter, ox.Literal("1992-12-31", datatype=XSD.date)),
    }


def test_several_dates_of_one_thing_are_noted(read: Read) -> None:
    corpus = read(
        'id-event:f dct:date "1992"^^xsd:gYear ~ p:a , "1993"^^xsd:gYear ~ p:a .'
        'p:a kv:quote "діє з 1992 року" .'
    )
    assert corpus.problems == ()
    assert "has several dates (1992, 1993); its envelope spans them all" in corpus.notices[0]


def test_source_words_that_are_not_in_the_source_are_noted(read: Read) -> None:
    corpus = read(
        'id-org:amu kv:countWording "близько 1000"@uk ~ p:a , "about 1000"@en ~ p:a ;'
        '  kv:statementText "АМУ […] діє"@uk ~ p:a , "майже 1000"@uk ~ p:a .'
        'p:a kv:quote "близько 1000 громад" .'
    )
    assert corpus.problems == ()
    (notice,) = corpus.notices
    assert "kv:statementText is not in the words of the document: “майже 1000”" in notice
