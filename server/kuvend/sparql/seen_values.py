"""What the variables of a part really hold, for the reader to compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuvend.near import near_names
from kuvend.sparql import elements
from kuvend.sparql.elements import Element
from kuvend.sparql.lexer import Token, iter_tokens
from kuvend.sparql.probe import Probe, joined

# Each is asked for by itself.
_MAX_NAMES = 6


def seen_values(part: Element, rest: Sequence[Element], probe: Probe) -> str | None:
    """Which variables of a filter are never bound, and values of one that is.

    Of a BIND, the values that its variable has elsewhere.
    """
    wanted = _names(part)
    unbound: list[str] = []
    values = ""
    for name in list(wanted)[:_MAX_NAMES]:
        rows = probe.rows(f"DISTINCT ?{name}", joined(rest))
        if not rows:
            continue
        shown = probe.shown(rows)
        if shown:
            values = values or f"?{name} is, for instance, {shown}."
        elif wanted[name]:
            unbound.append(f"?{name} is never bound here.{_meant(name, rest)}")
    return " ".join([*unbound, values]).strip() or None


def _names(part: Element) -> dict[str, bool]:
    """The variables to look at, and whether the part needs a value of each.

    Inside EXISTS a variable may well be new, and ``!BOUND`` asks for none.
    """
    tokens = list(iter_tokens(part.text))
    if part.kind == elements.BIND:
        return {t.text[1:]: False for t in tokens[-2:-1]}
    if part.kind != elements.FILTER:
        return {}
    needed = dict.fromkeys(sorted(_needed(tokens)), True)
    every = sorted({t.text[1:] for t in tokens if t.kind == "variable"})
    return {**needed, **{name: False for name in every if name not in needed}}


def _needed(tokens: Sequence[Token]) -> Iterator[str]:
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text == "{") - (token.text == "}")
        before = [t.text.upper() for t in tokens[max(0, index - 3) : index]]
        if token.kind == "variable" and depth == 0 and before != ["!", "BOUND", "("]:
            yield token.text[1:]


def _meant(name: str, rest: Sequence[Element]) -> str:
    """A hint at a variable of the other parts that is written much like this one."""
    known = {t.text[1:] for part in rest for t in iter_tokens(part.text) if t.kind == "variable"}
    near = near_names(name, sorted(known)) if name not in known else []
    return f" Did you mean ?{near[0]}?" if near else ""
