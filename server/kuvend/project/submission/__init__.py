"""Validating a submission in context: what it introduces, fixes, adds and contradicts.

The sources are read with their positions, put beside the graph as it stands, reasoned over with
it, and checked; the findings are those the union has and the graph alone has not. Nothing is
written.
"""

from kuvend.project.submission.checker import Checker, checker_of
from kuvend.project.submission.commit import change_of
from kuvend.project.submission.fetch import fetch, is_url
from kuvend.project.submission.fixes import fixed_texts
from kuvend.project.submission.parts import Part, read_parts, read_shapes_files, with_texts
from kuvend.project.submission.problems import problem_finding

__all__ = [
    "Checker",
    "Part",
    "change_of",
    "checker_of",
    "fetch",
    "fixed_texts",
    "is_url",
    "problem_finding",
    "read_parts",
    "read_shapes_files",
    "with_texts",
]
