"""From a validation result to words: the shape's own message, or ours, with the values in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

import pyoxigraph as ox

from kuvend.namespaces import SH, XSD, compact
from kuvend.shacl.address_words import ADDRESS_RULES, KIND_RULES, OTHERWISE, TEXT_RULES
from kuvend.shacl.constraint_words import CONSTRAINTS, DATE_FORMS
from kuvend.shacl.date_trouble import date_trouble
from kuvend.shacl.graph import Graph
from kuvend.shacl.report import Result, path_text
from kuvend.shacl.rule_words import CONTRADICTIONS, RULES
from kuvend.shacl.wording import LANGUAGES, Text
from kuvend.terms import Term

# (term, language) -> label, or None where it has none.
LabelOf = Callable[[Term, str], str | None]

# The words of every rule beyond SHACL: what is wrong, what to do.
ALL_RULES: Mapping[str, tuple[Text, Text]] = {
    **RULES,
    **ADDRESS_RULES,
    **KIND_RULES,
    **TEXT_RULES,
}

_PLACEHOLDER = re.compile(r"\{[$?](\w+)\}")
_FOR_MACHINES = frozenset({"MinCount", "NodeKind", "Not", "Pattern", "HasValue", "Node"})
_QUOTES = "“”\"'«»"
_LONGEST = 90

# The parameter of a constraint component that a reader wants to know.
_LIMITS: Mapping[str, ox.NamedNode] = {
    "MinCount": SH.minCount,
    "MaxCount": SH.maxCount,
    "Datatype": SH.datatype,
    "NodeKind": SH.nodeKind,
    "Class": SH["class"],
    "Pattern": SH.pattern,
    "MinLength": SH.minLength,
    "MaxLength": SH.maxLength,
    "In": SH["in"],
    "HasValue": SH.hasValue,
    "LanguageIn": SH.languageIn,
    "MinInclusive": SH.minInclusive,
    "MinExclusive": SH.minExclusive,
    "MaxInclusive": SH.maxInclusive,
    "MaxExclusive": SH.maxExclusive,
    "LessThan": SH.lessThan,
    "LessThanOrEquals": SH.lessThanOrEquals,
    "Equals": SH.equals,
    "Disjoint": SH.disjoint,
    "QualifiedMinCount": SH.qualifiedMinCount,
    "QualifiedMaxCount": SH.qualifiedMaxCount,
}


class Phrasing:
    """Puts results into words with the labels, prefixes and shapes of a project."""

    def __init__(self, shapes: Graph, prefixes: Mapping[str, str], label_of: LabelOf) -> None:
        self.shapes, self.prefixes, self.label_of = shapes, prefixes, label_of
        self._short: dict[str, str] = {}

    def messages(self, result: Result) -> dict[str, str]:
        """What is wrong, by language: the shape's words, or ours where it has none."""
        templates = self.templates(result)
        if templates:
            bindings = {**self.bindings(result, templates), **result.bindings}
            return {
                language: self.filled(template, bindings, language)
                for language, template in templates.items()
            }
        if result.constraint_component == SH.SPARQLConstraintComponent and result.messages:
            return dict(result.messages)
        return {language: self.default(result, language) for language in LANGUAGES}

    def templates(self, result: Result) -> dict[str, str]:
        """The messages of the constraint, else of the shape, by language."""
        for owner in (result.source_constraint, result.source_shape):
            found = {
                message.language or "": message.value
                for message in (self.shapes.objects(owner, SH.message) if owner else ())
                if isinstance(message, ox.Literal)
            }
            if found:
                return found
        return {}

    def bindings(self, result: Result, templates: Mapping[str, str]) -> dict[str, Term]:
        """The values behind the placeholders: the result's, and those its own text shows."""
        found: dict[str, Term] = {}
        for language, template in templates.items():
            said = result.messages.get(language, template)
            if said != template:  # the engine has put the values in
                found.update(_recovered(template, said))
        found["this"] = result.focus_node
        if result.value is not None:
            found["value"] = result.value
        return found

    def filled(self, template: str, bindings: Mapping[str, Term], language: str) -> str:
        """``template`` with each placeholder that has a value replaced by words."""

        def word(match: re.Match[str]) -> str:
            term = bindings.get(match[1])
            if term is None:
                return match[0]
            around = template[match.start() - 1 : match.start()] + template[match.end() :][:1]
            return self.name(term, language, quoted=not any(mark in _QUOTES for mark in around))

        return _PLACEHOLDER.sub(word, template)

    def default(self, result: Result, language: str) -> str:
        """Our words for a constraint without a message."""
        name = component_name(result)
        form = self.date_form(result) if name in ("Datatype", "Pattern") else None
        if form is not None:
            name = "Datatype"
        template = (form or CONSTRAINTS.get(name, CONSTRAINTS["Other"]))[language]
        value = result.focus_node if result.value is None else result.value
        path = result.path
        return template.format(
            this=self.name(result.focus_node, language),
            value=self.name(value, language),
            path="" if path is None else self.path_name(path, language),
            limit=self.limit(result, name, language),
            shape=self.name(result.source_shape, language),
        )

    def date_form(self, result: Result) -> Text | None:
        """How the dates are written that the shape asks for; ``None`` where it asks for others."""
        datatype = self.shapes.value(result.source_shape, SH.datatype)
        if not isinstance(datatype, ox.NamedNode) or not datatype.value.startswith(str(XSD)):
            return None
        return DATE_FORMS.get(datatype.value.removeprefix(str(XSD)))

    def limit(self, result: Result, name: str, language: str) -> str:
        """The parameter of the constraint in words."""
        predicate = _LIMITS.get(name)
        value = None if predicate is None else self.shapes.value(result.source_shape, predicate)
        if value is None:
            return "?"
        members = self.shapes.list_members(value) if name in ("In", "LanguageIn") else []
        if members:
            return ", ".join(self.name(member, language, quoted=False) for member in members)
        return self.name(value, language, quoted=False)

    def path_name(self, path: object, language: str) -> str:
        """A property by its label and its prefixed name."""
        iri = getattr(path, "iri", None)
        text = path_text(path, self.prefixes)  # type: ignore[arg-type]
        label = self.label_of(iri, language) if iri is not None else None
        return f"“{label}” ({text})" if label else text

    def name(self, term: Term, language: str, *, quoted: bool = True) -> str:
        """A term in words: its label, or its prefixed name; a literal as written."""
        if isinstance(term, ox.Literal):
            return _literal(term, quoted=quoted)
        label = self.label_of(term, language)
        if isinstance(term, ox.NamedNode):
            short = self._short.get(term.value) or self._shortened(term.value)
            return f"{label} ({short})" if label else short
        return label or "[ … ]"

    def _shortened(self, iri: str) -> str:
        short = self._short[iri] = compact(iri, self.prefixes)  # asked for in each language
        return short

    def _is_for_machines(self, result: Result) -> bool:
        """Whether a nested result has but our words for what a shape asks of a machine."""
        return component_name(result) in _FOR_MACHINES and not self.templates(result)

    def causes(self, result: Result) -> tuple[Mapping[str, str], ...]:
        """What lies behind a result, by language; what several nested ones say alike once.

        That a date has none of four forms is told by what keeps it from being one.
        """
        details, value = result.details, result.value
        if len(details) > 1 and all(map(self.date_form, details)):
            trouble = date_trouble(value) if isinstance(value, ox.Literal) else None
            return () if trouble is None else (trouble,)
        if self.templates(result):  # it says itself what is missing
            details = tuple(one for one in details if not self._is_for_machines(one))
        said = {tuple(words.items()): words for words in map(self.messages, details)}
        return tuple(said.values())


def contradiction_texts(
    phrasing: Phrasing, rule: str, message: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Message and advice for what reasoning finds impossible, with names for the IRIs."""
    things = [ox.NamedNode(iri) for iri in _IRI.findall(message)]
    template = CONTRADICTIONS.get(rule.replace("cax-adc", "cax-dw").replace("prp-adp", "prp-pdw"))
    messages: dict[str, str] = {}
    advice: dict[str, str] = {}
    for language in LANGUAGES:
        names = [phrasing.name(thing, language) for thing in things]
        detail = _IRI.sub(lambda m: phrasing.name(ox.NamedNode(m[1]), "en"), message)
        if rule == "dt-not-type" and things:
            value, datatype = message.partition(" is not a value of ")[0], things[-1]
            given = {"value": value.split("^^")[0], "datatype": phrasing.name(datatype, language)}
            said, told = rule_texts("ill-typed", given)
            messages[language], advice[language] = said[language], told[language]
            continue
        if template is not None and template["en"].count("{") <= len(names):
            detail = template[language].format(*names)
        said, told = rule_texts("contradiction", {"detail": detail})
        messages[language], advice[language] = said[language], told[language]
    return messages, advice


_IRI = re.compile(r"<([^<>\s]+)>")


def component_name(result: Result) -> str:
    """The short name of a constraint component: ``MinCount``.

    >>> a = ox.NamedNode("urn:a")
    >>> component_name(Result(a, None, None, a, a, SH.MinCountConstraintComponent))
    'MinCount'
    """
    local = result.constraint_component.value.replace("#", "/").rpartition("/")[2]
    return local.removesuffix("ConstraintComponent")


def rule_texts(
    rule: str, values: Mapping[str, str | Text]
) -> tuple[dict[str, str], dict[str, str]]:
    """Message and advice of a rule beyond SHACL, with the values in place, by language.

    Where the advice names something near and there is nothing, other advice is given, or none.

    >>> rule_texts("unknown-class", {"name": "kv:X", "near": "kv:Y"})[1]["en"]
    'Did you mean kv:Y?'
    """
    wrong, advice = ALL_RULES[rule]
    if "{near}" in advice["en"] and not values.get("near"):
        advice = OTHERWISE.get(rule, {})
    return _filled(wrong, values), {k: v for k, v in _filled(advice, values).items() if v}


def _filled(texts: Text, values: Mapping[str, str | Text]) -> dict[str, str]:
    return {
        language: text.format_map(
            _Missing({k: v if isinstance(v, str) else v[language] for k, v in values.items()})
        )
        for language, text in texts.items()
    }


class _Missing(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _recovered(template: str, said: str) -> dict[str, Term]:
    """The values an engine put into ``template`` to get ``said``; none where it does not fit."""
    names, pattern = _reading(template)
    found = pattern.fullmatch(said) if names else None
    if found is None:
        return {}
    pairs = zip(names, found.groups(), strict=True)
    return {name: _term(text) for name, text in pairs if not text.startswith(("{?", "{$"))}


@lru_cache(maxsize=512)
def _reading(template: str) -> tuple[list[str], re.Pattern[str]]:
    """The names of a template's placeholders, and what reads their values."""
    names: list[str] = []
    pattern, last = "", 0
    for match in _PLACEHOLDER.finditer(template):
        pattern += re.escape(template[last : match.start()]) + "(.+?)"
        names.append(match[1])
        last = match.end()
    return names, re.compile(pattern + re.escape(template[last:]), re.S)


def _term(text: str) -> Term:
    if re.match(r"(https?|urn):\S+$", text):
        try:
            return ox.NamedNode(text)
        except ValueError:
            pass
    return ox.Literal(text)


def _literal(term: ox.Literal, *, quoted: bool) -> str:
    if term.datatype == XSD.double and _SHORT_DOUBLE.fullmatch(term.value):
        return _plain_number(term.value)
    text = term.value if len(term.value) <= _LONGEST else f"{term.value[:_LONGEST]}…"
    is_text = term.language is not None or term.datatype.value.endswith(("#string", "#langString"))
    return f"“{text}”" if quoted and is_text else text


def _plain_number(text: str) -> str:
    """A number as people write it: JSON-LD makes ``3.85E1`` of 38.5.

    >>> _plain_number("3.85E1"), _plain_number("1.0E3")
    ('38.5', '1000')
    """
    number = f"{Decimal(text):f}"
    return number.rstrip("0").rstrip(".") if "." in number else number


_SHORT_DOUBLE = re.compile(r"-?\d\.\d{1,15}E-?\d")


def first_languages(languages: Iterable[str]) -> tuple[str, ...]:
    """The languages asked for that there are words in, then English.

    >>> first_languages(["tr-TR", "fr"])
    ('tr', 'en')
    """
    known = [language.partition("-")[0] for language in languages]
    return tuple(dict.fromkeys([*(k for k in known if k in LANGUAGES), "en"]))
