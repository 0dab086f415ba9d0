"""Where each rule is explained."""

from __future__ import annotations

from kuvend.namespaces import KUVEND_BASE


def rule_link(rule: str, base_iri: str = KUVEND_BASE) -> str:
    """The page of a rule: of the shape, of the rule beyond SHACL, of the SHACL constraint.

    ``base_iri`` is that of the project, whose server has the pages.

    >>> rule_link("shape/Agreement-parties"), rule_link("kuvend/unknown-class", "https://a.org/")
    ('https://w3id.org/kuvend/shapes/Agreement-parties', 'https://a.org/rules/unknown-class')
    """
    kind, _, name = rule.rpartition("/")
    if kind == "shape":
        return f"{base_iri}shapes/{name}"
    if kind == "shacl":
        return f"https://www.w3.org/TR/shacl/#{name}ConstraintComponent"
    return f"{base_iri}rules/{name}"
