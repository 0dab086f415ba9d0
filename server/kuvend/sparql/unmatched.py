"""Why one triple pattern matches nothing at all."""

from __future__ import annotations

from kuvend.namespaces import RDF
from kuvend.sparql.elements import Element
from kuvend.sparql.finding import Finding
from kuvend.sparql.lexer import iter_tokens
from kuvend.sparql.probe import MAX_KNOWN, Probe


def why_unmatched(triple: Element, probe: Probe) -> Finding:
    """The first reason that can be found; that it matches nothing where there is none."""
    nothing = probe.finding("pattern", f"this pattern matches nothing{probe.in_graph}.", triple)
    if triple.terms is None:
        return nothing
    subject, predicate, object_ = triple.terms
    reasons = (
        _only_inferred(triple, probe),
        _other_graph(triple, probe),
        _unknown_class(triple, probe) if probe.iri(predicate) == RDF.type.value else None,
        _unknown_predicate(triple, predicate, probe),
        _other_literal(triple, predicate, object_, probe),
        _bare_subject(triple, subject, probe),
    )
    return next((reason for reason in reasons if reason is not None), nothing)


def _only_inferred(triple: Element, probe: Probe) -> Finding | None:
    if probe.options["entailment"] != "none":
        return None
    if not probe.holds(triple.text, entailment="owl-rl"):
        return None
    return probe.finding("inference", "this pattern matches only what was inferred.", triple,
                         "Ask with entailment=owl-rl.")  # fmt: skip


def _other_graph(triple: Element, probe: Probe) -> Finding | None:
    elsewhere = probe.inside("")
    rows = elsewhere.rows("DISTINCT ?kuvend_g", f"GRAPH ?kuvend_g {{ {triple.text} }}")
    if rows:
        detail = f"this pattern matches in {probe.shown(rows)}, not in {probe.asked}."
        return probe.finding("graph", detail, triple, f"Write GRAPH ?g {{ {triple.text} }}.")
    if probe.graph and elsewhere.holds(triple.text):
        detail = f"this pattern matches in the default graph, not in {probe.asked}."
        return probe.finding("graph", detail, triple, "Write it outside of GRAPH.")
    return None


def _unknown_predicate(triple: Element, predicate: str, probe: Probe) -> Finding | None:
    iri = probe.iri(predicate)
    if iri is None or probe.holds(f"?kuvend_s <{iri}> ?kuvend_o") is not False:
        return None
    known = probe.rows("DISTINCT ?kuvend_p", "?kuvend_s ?kuvend_p ?kuvend_o", most=MAX_KNOWN)
    detail = f"no statement{probe.in_graph} has the predicate {predicate}."
    return probe.finding("predicate", detail, triple, probe.nearest(iri, known))


def _unknown_class(triple: Element, probe: Probe) -> Finding | None:
    assert triple.terms is not None
    iri = probe.iri(triple.terms[2])
    if iri is None or probe.holds(f"?kuvend_s a <{iri}>") is not False:
        return None
    known = probe.rows("DISTINCT ?kuvend_c", "?kuvend_s a ?kuvend_c", most=MAX_KNOWN)
    if known == []:
        # Not the class is lacking, but classes at all.
        return None
    detail = f"nothing{probe.in_graph} is of the class {triple.terms[2]}."
    return probe.finding("class", detail, triple, probe.nearest(iri, known))


def _other_literal(triple: Element, predicate: str, object_: str, probe: Probe) -> Finding | None:
    tokens = list(iter_tokens(object_))
    if not tokens or tokens[0].kind not in {"string", "number"}:
        return None
    rows = probe.rows(
        "DISTINCT ?kuvend_o",
        f"?kuvend_s {predicate} ?kuvend_o FILTER(STR(?kuvend_o) = STR({object_}))",
    )
    if not rows:
        return None
    return probe.finding("literal", f"the data have {probe.shown(rows)}, not {object_}.", triple,
                         "Language tags and datatypes are part of a literal.")  # fmt: skip


def _bare_subject(triple: Element, subject: str, probe: Probe) -> Finding | None:
    iri = probe.iri(subject)
    if iri is None:
        return None
    rows = probe.rows("DISTINCT ?kuvend_p", f"<{iri}> ?kuvend_p ?kuvend_o", most=12)
    if rows is None:
        return None
    if not rows:
        return probe.finding("subject", f"no statement{probe.in_graph} is about {subject}.", triple)
    return probe.finding("subject", f"{subject} has no such statement{probe.in_graph}.", triple,
                         f"It has {probe.shown(rows)}.")  # fmt: skip
