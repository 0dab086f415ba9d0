"""``docs/reference/rules.md``: every rule beyond SHACL, what it says, and its examples."""

from __future__ import annotations

from collections.abc import Iterator

from kuvend.shacl.rule_catalogue import Example, RulePage, rule_pages

_INTRO = """# Rules beyond the shapes

What a submission is checked for beside the [shapes](shapes.md): vocabulary, addresses, languages,
characters, quotes. Findings have these identifiers; the messages are there in English, Albanian,
Ukrainian and Turkish, here in English, as said of the example. On a server each rule has a page,
`/rules/NAME`, and each shape one, `/shapes/NAME`. An arrow marks the line that is objected to.
"""


def rules_page() -> str:
    """The page as Markdown."""
    parts = [_INTRO]
    for page in rule_pages().values():
        parts += _section(page)
    return "\n".join(parts)


def _section(page: RulePage) -> Iterator[str]:
    yield f"## {page.name}\n"
    yield f"`{page.rule}` · {page.severity} · {page.title['en']}\n"
    advice = page.advice.get("en", "")
    yield f"{page.wrong['en']} {advice}".strip() + "\n"
    for words, example in (("Fails:", page.fails), ("Passes:", page.passes)):
        if example is not None:
            yield f"{words}\n"
            yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield "```" + ("turtle" if example.syntax == "ttl" else "json")
    for number, line in enumerate(example.text.split("\n"), start=1):
        yield line + ("  ←" if number == example.line else "")
    yield "```\n"
