"""What the shapes say: in four languages, with values that are there, in words a clerk knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from shape_files import ROOT, shape_names, shapes, shapes_graph
from test_examples_of_shapes import COMPONENTS

from kuvend.namespaces import KVS, SH
from kuvend.ontology import Vocabulary, read_ontology
from kuvend.shacl.paths import read_path

LANGUAGES = {"en", "sq", "uk", "tr"}
# Components whose results have no value of their own.
_NO_VALUE = {"MinCount", "MaxCount", "UniqueLang", "QualifiedMinCount", "QualifiedMaxCount"}
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")
_TERM = re.compile(
    r"(?<![\w:/])(kvc?|org|eli|dct|oa|rdf|skos|greg|prov):([A-Za-z][\w-]*\w)(?![\w…-])"
)
_QNAME = re.compile(r"(?<![\w?$])(kv|kvc|org|eli|dct|oa|prov|foaf|cv):(\w[\w-]*)")
_LONGEST = 330


def speakers() -> list[str]:
    """The shapes with constraints of their own, and the queries of shapes."""
    graph = shapes_graph()
    with_words = [
        name
        for name in shape_names()
        if any(graph.objects(KVS[name], p) for p in COMPONENTS if p != SH.sparql)
    ]
    queries = [
        query.value.removeprefix(str(KVS))
        for _, query in graph.pairs(SH.sparql)
        if isinstance(query, ox.NamedNode)
    ]
    return [*with_words, *queries]


def messages(name: str) -> dict[str, str]:
    found = shapes_graph().objects(KVS[name], SH.message)
    return {m.language or "": m.value for m in found if isinstance(m, ox.Literal)}


def available(name: str) -> set[str]:
    """The placeholders a shape or query can fill."""
    graph, node = shapes_graph(), KVS[name]
    select = graph.value(node, SH.select)
    if isinstance(select, ox.Literal):
        head = select.value.partition("WHERE")[0]
        return set(re.findall(r"[?$](\w+)(?=[\s)])", head))
    components = {c for p, c in COMPONENTS.items() if graph.objects(node, p)}
    return {"this"} if components & _NO_VALUE else {"this", "value"}


def test_there_are_messages() -> None:
    assert len(speakers()) > 200


@pytest.mark.parametrize("name", speakers())
def test_a_message_is_there_in_each_language_once(name: str) -> None:
    found = shapes_graph().objects(KVS[name], SH.message)
    assert sorted(m.language or "" for m in found if isinstance(m, ox.Literal)) == sorted(LANGUAGES)


@pytest.mark.parametrize("name", speakers())
def test_the_placeholders_of_a_message_have_values(name: str) -> None:
    for language, text in messages(name).items():
        assert set(_PLACEHOLDER.findall(text)) <= available(name), language


@pytest.mark.parametrize("name", speakers())
def test_the_languages_of_a_message_show_the_same_values_and_terms(name: str) -> None:
    shown = {
        language: (
            frozenset(_PLACEHOLDER.findall(text)),
            frozenset(match.group() for match in _TERM.finditer(text)),
        )
        for language, text in messages(name).items()
    }
    assert len(set(shown.values())) == 1, shown


@pytest.mark.parametrize("name", speakers())
def test_a_message_is_a_short_sentence_in_the_letters_of_its_language(name: str) -> None:
    for language, text in messages(name).items():
        bare = re.sub(
            r"[\w-]*:[\w/-]*|@[\w-]+|\^\^|\{[^}]*\}|“[^”]*”|«[^»]*»|\"[^\"]*\"", " ", text
        )
        assert len(text) <= _LONGEST, f"{language}: {len(text)} characters"
        assert text.rstrip()[-1] in ".…", language
        assert text == text.strip() and "  " not in text, language
        cyrillic = re.findall(r"[Ѐ-ӿ]", bare)
        assert bool(cyrillic) == (language == "uk"), language
        assert not re.search(r"[Ѐ-ӿ][A-Za-z]|[A-Za-z][Ѐ-ӿ]", bare), "two alphabets in a word"


def test_the_terms_that_messages_name_exist() -> None:
    ontology = read_ontology(ROOT / "ontology")
    known = set(ontology.terms) | {t.subject.value for t in ontology.triples if _named(t.subject)}
    missing = {
        f"{name}: {term}"
        for name in speakers()
        for term in _terms_of(name)
        if ontology.prefixes[term.split(":")[0]] + term.split(":")[1] not in known
        and not term.startswith(("rdf:", "skos:", "dct:", "oa:"))
    }
    assert missing == set()


def _named(term: object) -> bool:
    return isinstance(term, ox.NamedNode)


def _terms_of(name: str) -> Iterator[str]:
    for text in messages(name).values():
        yield from (match.group() for match in _TERM.finditer(text))


@pytest.mark.parametrize("name", speakers())
def test_the_recommended_are_apart_from_the_musts(name: str) -> None:
    shape = name.removesuffix("-query")
    severity = shapes_graph().value(KVS[shape], SH.severity)
    homes = [
        path.relative_to(ROOT / "shapes")
        for path in (ROOT / "shapes").rglob("*.ttl")
        if re.search(rf"^kvs:{re.escape(shape)} a sh:", path.read_text(encoding="utf-8"), re.M)
    ]
    assert len(homes) == 1, homes
    soft = homes[0].parts[0] in ("recommended", "deprecated.ttl", "ontology_style.ttl")
    assert soft == (severity in (SH.Warning, SH.Info))


def test_the_terms_that_shapes_use_are_declared() -> None:
    ontology = read_ontology(ROOT / "ontology")
    vocabulary = Vocabulary(ontology)
    graph = shapes_graph()
    texts = {q.value for _, q in graph.pairs(SH.select) if isinstance(q, ox.Literal)}
    used = {match.group(1, 2) for text in texts for match in _QNAME.finditer(text)}
    unknown = {
        f"{prefix}:{name}"
        for prefix, name in used
        if vocabulary.is_unknown(ontology.prefixes[prefix] + name)
    }
    misused = {misuse.message for triple in shapes() for misuse in vocabulary.misuses(triple)}
    assert used
    assert unknown | misused == set()


def test_text_where_a_thing_belongs_is_told_once() -> None:
    """The general shape leaves out just the properties that have a shape for their values."""
    graph = shapes_graph()
    query = graph.value(KVS["TextForThing-query"], SH.select)
    assert isinstance(query, ox.Literal)
    names = read_ontology(ROOT / "ontology").prefixes
    left_out = {names[p] + n for p, n in _QNAME.findall(query.value.partition("NOT IN")[2])}
    asking = (SH["class"], SH["in"], SH.node, SH["or"], SH.nodeKind)
    owned = {
        iri
        for name in shape_names()
        if (path := graph.value(KVS[name], SH.path)) is not None
        and any(graph.objects(KVS[name], constraint) for constraint in asking)
        for iri in re.findall(r"<([^>]+)>", str(read_path(graph, path)))
    }
    assert left_out
    assert left_out - owned == set(), "nothing else checks these"
