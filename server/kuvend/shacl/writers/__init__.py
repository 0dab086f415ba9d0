"""Validation outcomes in every format people and their tools read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kuvend.errors import BadRequest
from kuvend.formats import JSON, JSON_LD, RESULTS_CSV, TURTLE, Format
from kuvend.shacl.finding import Validation
from kuvend.shacl.writers.as_csv import write_csv
from kuvend.shacl.writers.as_github import write_github
from kuvend.shacl.writers.as_json import write_json
from kuvend.shacl.writers.as_junit import write_junit
from kuvend.shacl.writers.as_rdf import write_jsonld, write_turtle
from kuvend.shacl.writers.as_sarif import write_sarif
from kuvend.shacl.writers.as_text import write_text

Writer = Callable[[Validation, Sequence[str]], str]

TEXT = Format("text", ("text/plain",), ("txt",))
SARIF = Format("sarif", ("application/sarif+json",), ("sarif",))
JUNIT = Format("junit", ("application/junit+xml", "application/xml"), ("xml",))
GITHUB = Format("github", ("text/x-github-annotations",), ())
CSV = Format("csv", RESULTS_CSV.media_types, ("csv",))

WRITERS: dict[str, tuple[Format, Writer]] = {
    "text": (TEXT, write_text),
    "json": (JSON, write_json),
    "sarif": (SARIF, write_sarif),
    "junit": (JUNIT, write_junit),
    "github": (GITHUB, write_github),
    "csv": (CSV, write_csv),
    "turtle": (TURTLE, write_turtle),
    "jsonld": (JSON_LD, write_jsonld),
}


def write(validation: Validation, form: str, languages: Sequence[str] = ("en",)) -> str:
    """The outcome in the format of that name.

    :raises BadRequest: for a format there is not.
    """
    if form not in WRITERS:
        raise BadRequest(f"there is no report format {form!r}; choose of {', '.join(WRITERS)}.")
    return WRITERS[form][1](validation, languages)
