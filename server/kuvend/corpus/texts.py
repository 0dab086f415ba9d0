"""Reading files: texts with every character as it stands, Turtle as editors save it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from kuvend.corpus.fold import line_and_column
from kuvend.errors import ProjectError
from kuvend.syntax import Parsed, parse_turtle


def read_text(file: Path, stored: bytes) -> str:
    """The text of ``stored``, each character as it stands there.

    :raises ProjectError: where it is not UTF-8 in normal form C with plain line feeds.
    """
    try:
        text = stored.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"byte {error.start} is not UTF-8.",
            source=str(file),
            suggestion="Save the text as UTF-8 and put its new SHA-256 in the catalogue.",
        ) from error
    if text.startswith("\ufeff"):
        raise _unclean(file, text, 0, "a byte order mark", "Save it without one")
    if "\r" in text:
        raise _unclean(file, text, text.index("\r"), "a carriage return", "Use line feeds only")
    if not unicodedata.is_normalized("NFC", text):
        offset = _first_difference(text, unicodedata.normalize("NFC", text))
        raise _unclean(
            file, text, offset, "a character not in normal form C", "Normalise it to NFC"
        )
    return text


def read_turtle(file: Path, base_iri: str | None = None) -> Parsed:
    """The triples of a Turtle file, which may begin with a byte order mark.

    :raises ProjectError: where it is not UTF-8.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"byte {error.start} is not UTF-8.",
            source=str(file),
            suggestion="Save the file as UTF-8.",
        ) from error
    return parse_turtle(text, source=str(file), base_iri=base_iri)


def _first_difference(text: str, other: str) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b),
        min(len(text), len(other)),
    )


def _unclean(file: Path, text: str, offset: int, what: str, remedy: str) -> ProjectError:
    line, column = line_and_column(text, offset)
    return ProjectError(
        f"the text has {what}.",
        source=str(file),
        line=line,
        column=column,
        suggestion=f"{remedy} before it enters the project, then put its SHA-256 in the "
        "catalogue; stored texts are never altered.",
    )
