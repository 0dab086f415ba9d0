"""SHACL validation: shapes and data in, a report out, each result in words and with its place."""

from kuvend.shacl.report import INFO, VIOLATION, WARNING, Report, Result
from kuvend.shacl.validation import ENGINES, validate_graph

__all__ = ["ENGINES", "INFO", "VIOLATION", "WARNING", "Report", "Result", "validate_graph"]
