"""``/sparql/why``: the triples behind one row of a query, each with its quotes or its proof."""

from __future__ import annotations

import json
import time
from math import inf
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from kuvend.describe import Proof
from kuvend.errors import BadRequest
from kuvend.formats import HTML, JSON, negotiate
from kuvend.sparql.matching import Ground
from kuvend.sparql.narrowing import Solution
from kuvend.sparql.options import Options
from kuvend.sparql.protocol import read_count
from kuvend.sparql.table import term_from_json
from kuvend.sparql.why import Why, row_of, row_with, why
from kuvend.terms import Term
from kuvend.web.diagnosis import read_call
from kuvend.web.explanations import proof_json, triple_json
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.proving import prove
from kuvend.web.querying import querying
from kuvend.web.reading import quotes_of
from kuvend.web.rendering import as_json

blueprint = Blueprint("whying", __name__)

_BUDGET_S = 5.0


@blueprint.route("/sparql/why", methods=["GET", "POST"])
def whying() -> Response:
    """What is behind a row, given by its number or by its values as in results JSON.

    :raises BadRequest: where the query has no such row.
    """
    call = read_call()
    known, pool = knowledge(), querying().pool()
    end = pool.deadline(call.timeout_s)
    number = read_count("row", request.values.get("row")) or 1
    options: Options = {
        "default_graphs": call.default_graphs,
        "named_graphs": call.named_graphs,
        "timeout_s": call.timeout_s,
        "entailment": call.entailment,
    }
    given = _solution()
    if given is None:
        solution = row_of(call.query, number, pool, **options)
    else:
        solution = row_with(call.query, given, pool, **options)
    found = why(
        call.query,
        solution,
        pool,
        known.store,
        default_graphs=call.default_graphs,
        named_graphs=call.named_graphs,
        end=end,
    )
    proofs = prove_all(known, found, end=end)
    if negotiate(request.headers.get("Accept"), (JSON, HTML)) is HTML:
        page = render_template(
            "sparql-why.html", query=call.query, found=found, proofs=proofs, quotes_of=quotes_of
        )
        response = Response(page, content_type=HTML.content_type)
    else:
        response = Response(as_json(as_values(found, proofs)), content_type=JSON.content_type)
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


def prove_all(known: Knowledge, found: Why, *, end: float = inf) -> dict[Ground, Proof | None]:
    """The proof of each triple, as far as there is time until ``end``.

    One that was matched in a named graph has it as the default graph holds the triple too.
    """
    end = min(end, time.monotonic() + _BUDGET_S)
    proofs: dict[ox.Triple, Proof | None] = {}
    grounds = dict.fromkeys(ground for way in found.ways for ground in way.triples)
    for triple in (ground.triple for ground in grounds):
        if triple not in proofs and time.monotonic() < end:
            proofs[triple] = prove(known, triple)
    return {ground: proofs.get(ground.triple) for ground in grounds}


def as_values(found: Why, proofs: dict[Ground, Proof | None]) -> dict[str, Any]:
    """The answer as JSON values."""
    return {
        "solution": {name: str(term) for name, term in found.solution.items()},
        "complete": found.is_complete,
        "grouped": found.is_grouped,
        "ways": [
            {
                "values": {name: str(term) for name, term in way.values.items()},
                "triples": [_ground_json(ground, proofs.get(ground)) for ground in way.triples],
            }
            for way in found.ways
        ],
        "notes": [vars(note) for note in found.notes],
    }


def _ground_json(ground: Ground, proof: Proof | None) -> dict[str, Any]:
    return {
        "triple": triple_json(ground.triple),
        "graph": ground.graph.value if ground.graph else None,
        "pattern": ground.part,
        "line": ground.line,
        "column": ground.column,
        "proof": proof_json(proof) if proof else None,
    }


def _solution() -> Solution | None:
    """The values of ``solution``, an object as the bindings of SPARQL results in JSON."""
    text = request.values.get("solution", "")
    if not text.strip():
        return None
    try:
        values: dict[str, Term | None] = {
            name: term_from_json(value) for name, value in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadRequest(
            "solution is not an object of variables and terms.",
            source="solution",
            suggestion='Give it as in results JSON: {"x": {"type": "uri", "value": "…"}}.',
        ) from error
    return values
