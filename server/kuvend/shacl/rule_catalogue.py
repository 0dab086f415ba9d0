"""The rules beyond SHACL for people: what each objects to, what to do, an example of both kinds.

The examples are in ``rule_examples.txt`` beside this module: ``=== rule fail|pass syntax``, then
``--- placeholder: value`` for each value that the rule tells of the one that fails (``@name`` for
the word of a kind of term), then the text, with ``⟵ rule`` on the line at which the rule objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kuvend.shacl.finding import Severity
from kuvend.shacl.phrasing import ALL_RULES, rule_texts
from kuvend.shacl.rule_titles import PLAIN, TITLES
from kuvend.shacl.rule_words import KINDS
from kuvend.shacl.wording import Text

_EXAMPLES = Path(__file__).with_name("rule_examples.txt")
_HEAD = re.compile(r"^=== (?P<rule>[\w-]+) (?P<kind>fail|pass) (?P<syntax>ttl|jsonld)$", re.M)
_VALUE = re.compile(r"^--- (?P<name>\w+): (?P<value>.*)\n", re.M)
_MARK = re.compile(r"\s*⟵ (?P<rule>\S+)$", re.M)
_WARNINGS = frozenset(
    {
        "unknown-vocabulary", "deprecated-term", "language-script", "mixed-scripts", "not-nfc",
        "hidden-character", "markup-in-text", "unlikely-date", "nothing-stated", "bad-iri",
        "foreign-address", "address-kind", "known-under-another-iri", "approximate-as-exact",
        "precision-beyond-quote", "attestation-as-start", "value-not-in-quote", "other-property",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """An example: its syntax (``ttl`` or ``jsonld``), its text, the line objected to (from 1).

    ``values`` are what the rule says of it, by placeholder.
    """

    syntax: str
    text: str
    line: int | None = None
    values: Mapping[str, str | Text] = field(default_factory=dict)


@dataclass(frozen=True)
class RulePage:
    """A rule: its name, its severity, and what it says of the example that fails, by language."""

    name: str
    severity: Severity
    title: Text
    wrong: Text
    advice: Text
    fails: Example | None
    passes: Example | None

    @property
    def rule(self) -> str:
        """The identifier findings have."""
        return self.name if self.name == "syntax" else f"kuvend/{self.name}"


@cache
def rule_pages() -> Mapping[str, RulePage]:
    """The rules by name, in the order they are described in.

    >>> rule_pages()["unknown-class"].wrong["en"]
    'There is no class kv:Municipalty in the ontology.'
    """
    found = _examples()
    return {name: _page(name, found) for name in TITLES}


def _page(name: str, examples: Mapping[tuple[str, str], Example]) -> RulePage:
    fails = examples.get((name, "fail"))
    wrong, advice = (_open(texts) for texts in ALL_RULES[name])
    if fails is not None and fails.values:
        wrong, advice = rule_texts(name, fails.values)
    return RulePage(
        name=name,
        severity="warning" if name in _WARNINGS else "violation",
        title=TITLES[name],
        wrong=PLAIN.get(name, wrong),
        advice={} if name in PLAIN else advice,
        fails=fails,
        passes=examples.get((name, "pass")),
    )


def _open(text: Text) -> Text:
    """The text with … for each value there is no example of."""
    return {language: re.sub(r"\{\w+\}\.?", "…", said) for language, said in text.items()}


def _examples() -> dict[tuple[str, str], Example]:
    parts = _HEAD.split(_EXAMPLES.read_text(encoding="utf-8"))[1:]
    found = {}
    for rule, kind, syntax, body in zip(*(iter(parts),) * 4, strict=True):
        values = {m["name"]: _value(m["value"]) for m in _VALUE.finditer(body)}
        lines = _VALUE.sub("", body).strip("\n").split("\n")
        marked = [number for number, line in enumerate(lines, start=1) if _MARK.search(line)]
        text = "\n".join(_MARK.sub("", line) for line in lines)
        found[rule, kind] = Example(syntax, text, marked[0] if marked else None, values)
    return found


def _value(text: str) -> str | Text:
    return KINDS[text[1:]] if text.startswith("@") else text
