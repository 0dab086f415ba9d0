"""Patterns that Python runs match what the engine's match, and none of them takes long."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.shacl.native.patterns import PatternTest
from kuvend.shacl.native.plain_patterns import plain_pattern

_ATOMS = [
    "a",
    "ë",
    "İ",
    "-",
    "/",
    "[a-c]",
    "[^a]",
    "[ёй̆]",
    r"\s",
    r"\d",
    ".",
    r"\.",
    r"[\r\n\t]",
    " ",
]
_COUNTS = ["", "", "", "?", "{2}", "+", "*", "{1,3}"]
atoms = st.tuples(st.sampled_from(_ATOMS), st.sampled_from(_COUNTS)).map("".join)
runs = st.lists(atoms, min_size=1, max_size=3).map("".join)
groups = st.lists(runs, min_size=1, max_size=3).map(lambda several: f"({'|'.join(several)})")
patterns = st.tuples(
    st.sampled_from(["", "^"]), st.one_of(runs, groups, st.tuples(runs, groups).map("".join)),
    st.sampled_from(["", "$"]),
).map("".join)  # fmt: skip
texts = st.text(alphabet="abcëİй̆1 ./-\n\t\u00a0٣", max_size=8)


def test_python_and_the_engine_agree_on_plain_patterns() -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(pattern=patterns, given_texts=st.lists(texts, min_size=1, max_size=6))
    def compare(pattern: str, given_texts: list[str]) -> None:
        plain = plain_pattern(pattern)
        if plain is None:
            return
        test = PatternTest(pattern, "")
        asked = test._asked(list(enumerate(given_texts)))
        assert asked == {n for n, text in enumerate(given_texts) if not plain.matches(text)}
        for number in range(len(given_texts)):
            seen[number in asked] += 1

    compare()
    assert min(seen.values()) > 50


LONG = [
    "(a+)+$",
    "a*a*b",
    "(a|a)*",
    "(a|b)+c",
    "(?=a)",
    r"(a)\1",
    "a++",
    "a?a?a?a?a?",
    "[[:alpha:]]",
    "[a-z&&[b]]",
    r"\p{L}",
    "(?i)a",
    r"\bword",
    r"\w",
    "(",
    "a)",
    "x{",
]
PLAIN = ["^[0-9]{4}-(0[1-9]|1[0-2])$", "/id/", r"^\s|\s$|^$", r"[\r\n\t]|  ", "[CcGg][̧̆]"]


def test_patterns_that_can_take_long_are_not_for_python() -> None:
    assert [pattern for pattern in LONG if plain_pattern(pattern) is not None] == []
    assert [pattern for pattern in PLAIN if plain_pattern(pattern) is None] == []


def test_long_texts_go_to_the_engine() -> None:
    test = PatternTest("a+b", "")
    assert test.failing(["aab", "a" * 100_000, "a" * 100_000 + "b"]) == {1}
