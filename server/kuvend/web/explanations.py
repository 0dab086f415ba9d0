"""Why a triple holds: ``/explain?s=&p=&o=``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, json, request

from kuvend.describe import Claim, Proof
from kuvend.errors import BadRequest, TooLarge
from kuvend.formats import HTML, JSON, TURTLE, Format
from kuvend.namespaces import RDF
from kuvend.store import DEFAULT_GRAPH
from kuvend.terms import Term, parse_iri
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.proving import prove
from kuvend.web.reading import quotes_of
from kuvend.web.vocabulary import AXIOM_WORDS
from kuvend.web.writing import Section, write_sections

blueprint = Blueprint("explanations", __name__)

_FORMATS = (HTML, JSON, TURTLE)
# A literal is read in this process: too short to nest deep enough to exhaust the parser's stack.
_MAX_LITERAL_CHARACTERS = 20_000


@blueprint.get("/explain")
def explain() -> Response:
    """The claims and quotes behind an asserted triple, the proof of an inferred one."""
    known = knowledge()
    chosen = negotiation.wanted(_FORMATS)
    triple = _asked(known)
    return negotiation.answer(chosen, lambda: _body(known, triple, chosen))


def _asked(known: Knowledge) -> ox.Triple:
    """The triple of ``?s=&p=&o=``.

    :raises BadRequest: where one is missing or does not parse.
    """
    subject, predicate, obj = (_term(known, name) for name in "spo")
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise BadRequest("a literal can only be the object of a triple.", source="s or p")
    return ox.Triple(subject, predicate, obj)


def _term(known: Knowledge, name: str) -> Term:
    text = request.args.get(name, "").strip()
    if not text:
        raise BadRequest(
            f"?{name}= is missing.",
            source=name,
            suggestion="Give the triple as ?s=…&p=…&o=…: IRIs, prefixed names or literals.",
        )
    if text.startswith('"') or text[0].isdigit():
        return _literal(known, text, name)
    if text == "a":
        return RDF.type
    return parse_iri(text, known.project.prefixes, known.base_iri)


def _literal(known: Knowledge, text: str, name: str) -> ox.Literal:
    if len(text) > _MAX_LITERAL_CHARACTERS:
        raise TooLarge(f"?{name}= takes at most {_MAX_LITERAL_CHARACTERS} characters.", source=name)
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in known.project.prefixes.items())
    try:
        quads = list(ox.parse(f"{prefixes}<urn:s> <urn:p> {text} .", ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        raise BadRequest(f"{text!r} is not a literal as Turtle writes it.", source=name) from error
    if len(quads) != 1 or not isinstance(quads[0].object, ox.Literal):
        raise BadRequest(f"{text!r} is not one literal.", source=name)
    return quads[0].object


def _body(known: Knowledge, triple: ox.Triple, chosen: Format) -> str | bytes:
    proof = prove(known, triple)
    claims = proof.claims if proof else ()
    names = _graph_names(known, triple)
    if chosen is TURTLE:
        return write_sections(_sections(known, triple, proof), TURTLE, known.project.prefixes)
    if chosen is JSON:
        return json.dumps(_as_json(triple, proof, names), indent=2) + "\n"
    return rendering.page(
        "explain.html",
        proof=proof,
        axiom_words=AXIOM_WORDS,
        rule_words={rule.name: rule.description for rule in known.rules},
        quotes_of=quotes_of,
        triple=triple,
        claims=claims,
        quotes=quotes_of(claims),
        graph_names=names,
        inferred=known.graphs.inferred in names and len(names) == 1,
        holds=_holds(known, triple),
        ontology=known.graphs.ontology in names,
    )


def _holds(known: Knowledge, triple: ox.Triple) -> bool:
    quads = known.store.quads(triple.subject, triple.predicate, triple.object, DEFAULT_GRAPH)
    return any(True for _ in quads)


def _graph_names(known: Knowledge, triple: ox.Triple) -> list[ox.NamedNode]:
    quads = known.store.quads(triple.subject, triple.predicate, triple.object)
    return sorted({q.graph_name for q in quads if isinstance(q.graph_name, ox.NamedNode)}, key=str)


def _sections(known: Knowledge, triple: ox.Triple, proof: Proof | None) -> list[Section]:
    if proof is None:
        return []
    parts = list(_parts(proof))
    claims = proof.all_claims()
    return [
        ("The statement", [_quad(triple)]),
        ("What it follows from", [_quad(part.triple) for part in parts if part is not proof]),
        ("By the ontology", [_quad(axiom) for part in parts for axiom in part.axioms]),
        ("What says so", [q for claim in claims for q in things.evidence_quads(known, claim)]),
    ]


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def _parts(proof: Proof) -> Iterator[Proof]:
    yield proof
    for premise in proof.premises:
        yield from _parts(premise)


def _as_json(triple: ox.Triple, proof: Proof | None, names: list[ox.NamedNode]) -> dict[str, Any]:
    return {
        "triple": triple_json(triple),
        "graphs": [name.value for name in names],
        "proof": proof_json(proof) if proof else None,
    }


def triple_json(triple: ox.Triple) -> dict[str, str]:
    """A triple as its three terms in N-Triples."""
    return {
        "subject": str(triple.subject),
        "predicate": str(triple.predicate),
        "object": str(triple.object),
    }


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof with its premises, down to the claims."""
    return {
        "triple": triple_json(proof.triple),
        "rule": proof.rule,
        "axioms": [triple_json(axiom) for axiom in proof.axioms],
        "premises": [proof_json(premise) for premise in proof.premises],
        "claims": [_claim_json(claim) for claim in proof.claims],
    }


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.iri.value,
        "evidenceKind": claim.kind.value if claim.kind else None,
        "attributedTo": claim.speaker.value if claim.speaker else None,
        "passages": [
            {
                "passage": p.iri.value,
                "document": p.source.document.value if p.source.document else None,
                "language": p.source.language,
                "start": p.start,
                "end": p.end,
                "quote": p.exact,
            }
            for p in claim.passages
        ],
    }
