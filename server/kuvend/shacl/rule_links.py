"""Where each rule is explained."""

from __future__ import annotations

from kuvend.namespaces import KUVEND_BASE


def rule_link(rule: str) -> str | None:
    """The page of a rule: of the shape, of the rule beyond SHACL, of the SHACL constraint.

    >>> rule_link("shape/Agreement-parties"), rule_link("kuvend/unknown-class")
    ('https://w3id.org/kuvend/shapes/Agreement-parties', 'https://w3id.org/kuvend/rules/unknown-class')
    """
    kind, _, name = rule.rpartition("/")
    if kind == "shape":
        return f"{KUVEND_BASE}shapes/{name}"
    if kind == "shacl":
        return f"https://www.w3.org/TR/shacl/#{name}ConstraintComponent"
    return f"{KUVEND_BASE}rules/{name}"
