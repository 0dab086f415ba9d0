"""Text files of a project."""

from __future__ import annotations

from pathlib import Path

from kuvend.errors import BadSyntax


def read_utf8(path: Path) -> str:
    """The text of a file.

    :raises BadSyntax: where it is not UTF-8, with the line.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadSyntax(
            f"byte {content[error.start]:#04x} is not UTF-8.",
            source=str(path),
            line=line,
            suggestion="Save the file as UTF-8.",
        ) from error
