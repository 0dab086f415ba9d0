"""CSV: one finding a row, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from kuvend.shacl.finding import Validation
from kuvend.shacl.writers.as_json import finding_json

COLUMNS = (
    "source", "line", "column", "severity", "rule", "message", "advice", "focusNode", "path",
    "value", "sourceShape",
)  # fmt: skip
# A cell that starts with one of these is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(validation: Validation, languages: Sequence[str]) -> str:
    """The findings with a header row, CR LF as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in validation.findings:
        row = finding_json(finding, languages, validation.base_iri)
        row.update(row["place"] or {})
        writer.writerow([_safe(row.get(column)) for column in COLUMNS])
    return out.getvalue()


def _safe(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
