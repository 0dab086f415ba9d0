"""Certain fixes as a patch: shown as a unified diff, and laid on the bytes of a file."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Mapping

from kuvend.syntax import Lines

_NO_NEWLINE = "\\ No newline at end of file"


def unified_diff(texts: Mapping[str, Lines], changed: Mapping[str, str]) -> str:
    """What the fixes change, as ``patch`` and ``git apply`` read it.

    >>> print(unified_diff({"a.ttl": Lines("x\\n")}, {"a.ttl": "y\\n"}), end="")
    --- a/a.ttl
    +++ b/a.ttl
    @@ -1 +1 @@
    -x
    +y
    """
    pieces: list[str] = []
    for name, text in changed.items():
        before, after = _lines(texts[name].text), _lines(text)
        for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
            whole = line.endswith("\n")
            pieces.append(line if whole else f"{line}\n{_NO_NEWLINE}\n")
    return "".join(pieces)


def _lines(text: str) -> list[str]:
    """Lines as ``patch`` counts them: by line feeds alone."""
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def laid_on(content: bytes, before: str, after: str) -> bytes | None:
    """``content`` with its text changed from ``before`` to ``after``, byte order mark kept.

    ``None`` where the bytes are not that text in UTF-8: another encoding, or a file that has
    changed since it was read.

    >>> laid_on(b"x\\r\\n", "x\\r\\n", "y\\r\\n")
    b'y\\r\\n'
    """
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    body = content.removeprefix(mark)
    for start in ("", "\ufeff"):
        if body == before.removeprefix(start).encode():
            return mark + after.removeprefix(start).encode()
    return None
