"""The page of ``/validate``: the form, the report grouped by cause, a job under way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request

from kuvend.config import Settings
from kuvend.project.shape_catalogue import ShapeCatalogue
from kuvend.project.validation_jobs import Job
from kuvend.shacl.finding import SEVERITIES, pick
from kuvend.shacl.rule_catalogue import rule_pages
from kuvend.shacl.writers import WRITERS
from kuvend.web import rendering
from kuvend.web.languages import reading_order

# So many findings of one cause are open; the others fold away.
_OPEN = 3


@dataclass(frozen=True)
class Group:
    """The findings of one rule; ``shape`` is its name where a shape of the project is the rule."""

    rule: str
    severity: str
    findings: list[dict[str, Any]]
    title: str
    shape: str = ""

    @property
    def first(self) -> list[dict[str, Any]]:
        """Those that are open."""
        return self.findings[:_OPEN]

    @property
    def rest(self) -> list[dict[str, Any]]:
        """Those that fold away."""
        return self.findings[_OPEN:]

    @property
    def page(self) -> str:
        """The name of the rule's page, where it is one beyond the shapes."""
        name = self.rule.rpartition("/")[2]
        return name if name in rule_pages() and not self.shape else ""

    @property
    def anchor(self) -> str:
        """The fragment of the group on its page."""
        return "rule-" + self.rule.replace("/", "-")


def empty(catalogue: ShapeCatalogue) -> str:
    """The page before anything was sent."""
    return _page(catalogue)


def finished(catalogue: ShapeCatalogue, report: str) -> str:
    """The page with a report, given as JSON."""
    found = json.loads(report)
    return _page(catalogue, report=found, groups=_groups(catalogue, found["findings"]))


def under_way(catalogue: ShapeCatalogue, job: Job, place: str) -> str:
    """The page of a job that is not over."""
    return _page(catalogue, job=job, place=place)


def offers(catalogue: ShapeCatalogue, settings: Settings) -> dict[str, Any]:
    """Profiles, shape sets, formats and limits, for programs."""
    order = reading_order()
    return {
        "profiles": [
            {
                "name": one.name,
                "title": pick(one.titles, order) or one.name,
                "description": pick(one.descriptions, order),
                "shapes": list(one.sets),
                "failsOn": list(one.fails_on),
                "inContext": one.in_context,
            }
            for one in catalogue.profiles.values()
        ],
        "shapes": [
            {
                "name": one.name,
                "title": pick(one.titles, order) or one.name,
                "count": sum(name in one.files for name in catalogue.shapes.values()),
            }
            for one in catalogue.sets.values()
        ],
        "formats": [*WRITERS, "html"],
        "limits": {
            "bodyBytes": settings.max_body_bytes,
            "waitBytes": settings.validation_wait_bytes,
            "waitSeconds": settings.validation_timeout_s,
            "jobSeconds": settings.job_timeout_s,
            "jobs": settings.client_jobs,
        },
    }


def _page(catalogue: ShapeCatalogue, **values: Any) -> str:
    given = {"report": None, "groups": (), "job": None, "place": "", **values}
    order = reading_order()
    return rendering.page(
        "validate.html",
        text=request.form.get("text", ""),
        given=request.values,
        profiles=[
            (one.name, pick(one.titles, order) or one.name, pick(one.descriptions, order))
            for one in catalogue.profiles.values()
        ],
        sets=[(one.name, pick(one.titles, order) or one.name) for one in catalogue.sets.values()],
        **given,
    )


def _groups(catalogue: ShapeCatalogue, findings: Iterable[dict[str, Any]]) -> list[Group]:
    """The findings by rule, what counts most first, then where most are."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in findings:
        rows.setdefault((finding["severity"], finding["rule"]), []).append(finding)
    names = {str(getattr(node, "value", "")).rpartition("#")[2]: node for node in catalogue.shapes}
    groups = []
    for (severity, rule), found in rows.items():
        kind, _, name = rule.partition("/")
        shape = names.get(name) if kind == "shape" else None
        general = catalogue.message(shape, reading_order()) if shape is not None else ""
        own = rule_pages().get(name) if kind != "shape" else None
        general = general or (pick(own.title, reading_order()) if own else "")
        title = _shared(found) or general or rule
        groups.append(Group(rule, severity, found, title, name if shape is not None else ""))
    order: list[str] = [*SEVERITIES]
    return sorted(groups, key=lambda group: order.index(group.severity))


def _shared(findings: list[dict[str, Any]]) -> str:
    """The message all findings have, if it is one."""
    messages = {finding["message"] for finding in findings}
    return messages.pop() if len(messages) == 1 else ""
