"""The page of ``/validate``: the form, the mistakes grouped by cause, a job under way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from kuvend.config import Settings
from kuvend.project.shape_catalogue import ShapeCatalogue
from kuvend.project.validation_jobs import Job
from kuvend.shacl.finding import SEVERITIES, pick
from kuvend.shacl.rule_catalogue import rule_pages
from kuvend.shacl.writers import WRITERS
from kuvend.terms import Term
from kuvend.web import rendering
from kuvend.web.languages import reading_order

# So many findings of one cause are open; the others fold away.
_OPEN = 3


@dataclass(frozen=True)
class Group:
    """The mistakes that one rule tells; ``page`` is the path of the rule's page, if it has one.

    Each finding has those that come of it as ``consequences``, these with their ``page``.
    """

    rule: str
    severity: str
    findings: list[dict[str, Any]]
    title: str
    page: str

    @property
    def first(self) -> list[dict[str, Any]]:
        """Those that are open."""
        return self.findings[:_OPEN]

    @property
    def rest(self) -> list[dict[str, Any]]:
        """Those that fold away."""
        return self.findings[_OPEN:]

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
    return _page(catalogue, report=found, groups=_groups(catalogue, _mistakes(catalogue, found)))


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
        hosts=current_app.extensions["kuvend"].settings.fetch_hosts.split(),
        given=request.values,
        profiles=[
            (one.name, pick(one.titles, order) or one.name, pick(one.descriptions, order))
            for one in catalogue.profiles.values()
        ],
        sets=[(one.name, pick(one.titles, order) or one.name) for one in catalogue.sets.values()],
        **given,
    )


def _mistakes(catalogue: ShapeCatalogue, report: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings that say a mistake, with those that go with them as ``consequences``."""
    findings = [{**one, "page": _page_of(catalogue, one["rule"])} for one in report["findings"]]
    return [
        {**findings[row["finding"]], "consequences": [findings[one] for one in row["consequences"]]}
        for row in report["groups"]
    ]


def _shape(catalogue: ShapeCatalogue, rule: str) -> Term | None:
    """The shape of the project that a rule is, if it is one."""
    kind, _, name = rule.partition("/")
    if kind != "shape":
        return None
    ends = (
        node for node in catalogue.shapes if str(getattr(node, "value", "")).endswith(f"#{name}")
    )
    return next(ends, None)


def _page_of(catalogue: ShapeCatalogue, rule: str) -> str:
    name = rule.rpartition("/")[2]
    if rule.startswith("shape/"):
        return f"/shapes/{name}" if _shape(catalogue, rule) is not None else ""
    return f"/rules/{name}" if name in rule_pages() else ""


def _groups(catalogue: ShapeCatalogue, findings: Iterable[dict[str, Any]]) -> list[Group]:
    """The findings by rule, what counts most first, then where most are."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in findings:
        rows.setdefault((finding["severity"], finding["rule"]), []).append(finding)
    groups = []
    for (severity, rule), found in rows.items():
        shape, own = _shape(catalogue, rule), rule_pages().get(rule.rpartition("/")[2])
        general = catalogue.message(shape, reading_order()) if shape is not None else ""
        if not general and own is not None and not rule.startswith("shape/"):
            general = pick(own.title, reading_order())
        title = _shared(found) or general or rule
        groups.append(Group(rule, severity, found, title, found[0]["page"]))
    order: list[str] = [*SEVERITIES]
    return sorted(groups, key=lambda group: order.index(group.severity))


def _shared(findings: list[dict[str, Any]]) -> str:
    """The message all findings have, if it is one."""
    messages = {finding["message"] for finding in findings}
    return messages.pop() if len(messages) == 1 else ""
