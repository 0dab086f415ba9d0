"""A text with its passages marked."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from kuvend.describe import Passage


def covered_share(length: int, passages: Sequence[Passage]) -> float:
    """The share of a text of ``length`` characters that lies in passages, 0 to 1."""
    covered = end = 0
    for passage in sorted(passages, key=lambda p: p.start):
        covered += max(0, passage.end - max(end, passage.start))
        end = max(end, passage.end)
    return covered / length if length else 0.0


def marked_text(
    text: str, passages: Sequence[Passage], *, start: int = 0, end: int | None = None
) -> Markup:
    """``text`` from ``start`` to ``end`` with every passage in a ``mark`` whose id is its anchor.

    Passages may nest and cross: one that crosses another is closed and opened again, and only
    its first piece carries the id. Each stretch links to the statements of the innermost passage.
    """
    starts: dict[int, list[Passage]] = {}
    for passage in sorted(passages, key=lambda p: (p.start, -p.end, p.iri.value)):
        starts.setdefault(passage.start, []).append(passage)
    stop = len(text) if end is None else end
    inner = {*starts, *(p.end for p in passages)}
    edges = sorted({start, stop, *(edge for edge in inner if start <= edge <= stop)})
    out: list[Markup] = []
    open_: list[Passage] = []
    for here, there in zip(edges, [*edges[1:], stop], strict=True):
        out += _close_until(open_, here)
        for passage in starts.get(here, ()):
            if passage.end > passage.start:
                open_.append(passage)
                out.append(Markup('<mark id="{}">').format(passage.anchor))
        out.append(_stretch(text[here:there], open_))
    # A passage may go on after the part that is shown.
    out += [Markup("</mark>")] * len(open_)
    return Markup("").join(out)


def _close_until(open_: list[Passage], here: int) -> list[Markup]:
    """Close the marks that end at ``here``; those above them are closed and opened again."""
    ending = [number for number, passage in enumerate(open_) if passage.end <= here]
    if not ending:
        return []
    above = open_[ending[0] :]
    again = [passage for passage in above if passage.end > here]
    open_[ending[0] :] = again
    return [Markup("</mark>")] * len(above) + [Markup("<mark>")] * len(again)


def _stretch(text: str, open_: list[Passage]) -> Markup:
    if not open_ or not text.strip():
        return escape(text)
    innermost = min(open_, key=lambda p: p.end - p.start)
    return Markup('<a href="#s-{}">{}</a>').format(innermost.anchor, text)
