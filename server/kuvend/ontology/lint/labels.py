"""Rules on labels and definitions: there, in every language, each its own, well written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from kuvend.namespaces import RDFS
from kuvend.ontology.findings import Finding
from kuvend.ontology.graph import Triples
from kuvend.ontology.model import DeclaredTerm, Ontology

_NEEDS_DEFINITION = frozenset(
    {"class", "datatype", "object property", "datatype property", "annotation property", "property"}
)
_CYRILLIC_LANGUAGES = frozenset({"uk", "bg", "mk", "ru", "be", "sr-cyrl"})
_WORD = re.compile(r"[^\W\d_]+")


def label_findings(ontology: Ontology, languages: Sequence[str]) -> Iterator[Finding]:
    """Findings on the labels and definitions of the ontology's own terms."""
    own = [term for term in ontology.terms.values() if term.own]
    defined = {s for s, _ in Triples(ontology.triples).pairs(RDFS.isDefinedBy)}
    defined_iris = {getattr(node, "value", "") for node in defined}
    for term in own:
        yield from _missing(term, languages, defined_iris)
        for language, text in term.labels.items():
            yield from _writing(term, language, text, "label")
        for language, text in term.definitions.items():
            yield from _writing(term, language, text, "definition")
    yield from _duplicates(own)


def _missing(term: DeclaredTerm, languages: Sequence[str], defined: set[str]) -> Iterator[Finding]:
    if not term.labels:
        yield _finding("missing-label", "error", term, "has no label.")
    absent = [language for language in languages if language not in term.labels]
    if term.labels and absent:
        names = ", ".join(absent)
        yield _finding("missing-language", "error", term, f"has no label in {names}.")
    if term.kind not in _NEEDS_DEFINITION:
        return
    if not term.definitions:
        yield _finding("missing-definition", "error", term, "has no definition (skos:definition).")
    if term.iri not in defined:
        yield _finding("missing-defined-by", "warning", term, "has no rdfs:isDefinedBy.")


def _writing(term: DeclaredTerm, language: str, text: str, what: str) -> Iterator[Finding]:
    """Slips in one text: no language, odd spaces, not NFC, letters of two alphabets in a word."""
    shown = f"{what} “{text}”"
    if not language:
        yield _finding("no-language-tag", "warning", term, f"the {shown} has no language.")
    if text != text.strip() or "  " in text:
        yield _finding("odd-spaces", "warning", term, f"the {shown} has spaces too many.")
    composed = unicodedata.normalize("NFC", text)
    if text != composed:
        yield _finding("not-nfc", "error", term, f"the {shown} is not in NFC.", composed)
    for word in _WORD.findall(text):
        if _is_mixed(word):
            message = f"the word “{word}” in the {shown} mixes Cyrillic and Latin letters."
            yield _finding("mixed-alphabets", "error", term, message)
    if language == "uk" and "'" in text:
        better = text.replace("'", "’")
        yield _finding(
            "apostrophe", "warning", term, f"the {shown} has a typewriter ' for ’.", better
        )
    yield from _alphabet(term, language, text, shown)


def _alphabet(term: DeclaredTerm, language: str, text: str, shown: str) -> Iterator[Finding]:
    scripts = {_script(letter) for letter in text if letter.isalpha()}
    wrong = "CYRILLIC" if language and language not in _CYRILLIC_LANGUAGES else None
    if wrong in scripts and scripts == {"CYRILLIC"}:
        message = f"the {shown} is tagged {language} and written in Cyrillic."
        yield _finding("wrong-alphabet", "warning", term, message)
    long_text = sum(letter.isalpha() for letter in text) > len("SHA-256")
    if language in _CYRILLIC_LANGUAGES and scripts == {"LATIN"} and long_text:
        message = f"the {shown} is tagged {language} and written in Latin letters."
        yield _finding("wrong-alphabet", "warning", term, message)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


def _is_mixed(word: str) -> bool:
    return {"CYRILLIC", "LATIN"} <= {_script(letter) for letter in word}


def _duplicates(own: Sequence[DeclaredTerm]) -> Iterator[Finding]:
    """Two terms of one kind with one label; concepts only within their scheme."""
    seen: dict[tuple[str, str, str], DeclaredTerm] = {}
    for term in own:
        for language, text in term.labels.items():
            for group in term.schemes or (_group(term),):
                other = seen.setdefault((group, language, text.casefold()), term)
                if other is not term:
                    message = f"has the same label “{text}”@{language} as {_name(other)}."
                    yield _finding("duplicate-label", "warning", term, message)


def _group(term: DeclaredTerm) -> str:
    return "property" if term.is_property else term.kind


def _name(term: DeclaredTerm) -> str:
    return term.iri.replace("#", "/").rsplit("/", 1)[-1]


def _finding(
    rule: str, severity: str, term: DeclaredTerm, message: str, suggestion: str | None = None
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,  # type: ignore[arg-type]
        message=f"{_name(term)}: {message}",
        file=term.file,
        term=term.iri,
        suggestion=suggestion,
    )
