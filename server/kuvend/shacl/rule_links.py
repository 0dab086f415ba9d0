"""Where each rule is explained."""

from __future__ import annotations

from kuvend.namespaces import KUVEND_BASE, SH


def rule_link(rule: str) -> str | None:
    """The IRI of a rule, where it has one: that of the shape, or of the SHACL component.

    >>> rule_link("shape/Agreement-parties")
    'https://w3id.org/kuvend/shapes#Agreement-parties'
    """
    kind, _, name = rule.rpartition("/")
    if kind == "shape":
        return f"{KUVEND_BASE}shapes#{name}"
    if kind == "shacl":
        return f"{SH}{name}ConstraintComponent"
    return None
