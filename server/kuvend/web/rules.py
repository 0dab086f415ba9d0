"""The rules beyond SHACL for people: a list, and for each what is wrong, what to do, examples."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kuvend.errors import NotFound
from kuvend.formats import HTML, JSON
from kuvend.shacl.finding import pick
from kuvend.shacl.rule_catalogue import RulePage, rule_pages
from kuvend.shacl.rule_links import rule_link
from kuvend.web import negotiation, rendering
from kuvend.web.knowledge import knowledge
from kuvend.web.languages import reading_order
from kuvend.web.rendering import as_json

blueprint = Blueprint("rules", __name__)


@blueprint.get("/rules")
def all_rules() -> Response:
    """Every rule with what it objects to; as JSON for programs."""
    pages = rule_pages().values()

    def make() -> str:
        if chosen is JSON:
            return as_json({"rules": [_told(page) for page in pages]})
        return rendering.page("rules.html", rules=[_told(page) for page in pages])

    chosen = negotiation.wanted((HTML, JSON))
    return negotiation.answer(chosen, make)


@blueprint.get("/rules/<name>")
def one_rule(name: str) -> Response:
    """One rule.

    :raises NotFound: for a name no rule has.
    """
    page = rule_pages().get(name)
    if page is None:
        raise NotFound(f"there is no rule {name!r}.", suggestion=f"{request.script_root}/rules")

    def make() -> str:
        if chosen is JSON:
            return as_json(_told(page))
        return rendering.page("rule.html", rule=_told(page), page=page)

    chosen = negotiation.wanted((HTML, JSON))
    return negotiation.answer(chosen, make)


def _told(page: RulePage) -> dict[str, object]:
    order = reading_order()
    return {
        "rule": page.rule,
        "name": page.name,
        "iri": rule_link(page.rule, knowledge().base_iri),
        "severity": page.severity,
        "title": pick(page.title, order),
        "wrong": pick(page.wrong, order),
        "advice": pick(page.advice, order),
    }
