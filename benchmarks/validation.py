"""Validation with the project's shapes: parsing with positions, our engine, pyshacl beside it.

``python -m benchmarks validation --triples=10000,100000 --reference=10000 --wrong=0.01`` prints a
table; each row runs in a process of its own, so that the memory is its own. Times are those of the
processor, so that other work on the machine counts less; ``load`` is the store reading the same
file, as a measure of the machine. Where pyshacl runs too, the two reports are compared and the row
says so. The last columns are a submission of a hundred triples against the rest.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kuvend.project import ProjectFolder
from kuvend.project.shapes import read_shapes
from kuvend.shacl.native import DataGraph, NativeEngine
from kuvend.shacl.native.again import Standing
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.places import Places
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Result
from kuvend.syntax import Source, parse_source

PREFIXES = """@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix kvc: <https://w3id.org/kuvend/concept/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix i: <https://w3id.org/kuvend/id/> .
kv:Municipality rdfs:subClassOf kv:LocalAuthority .
kv:LocalAuthority rdfs:subClassOf org:Organization .
kv:CooperationAgreement rdfs:subClassOf kv:Agreement .
"""
_TRIPLES_PER_MUNICIPALITY = 27
_CHANGE = 100  # triples of a submission against the graph


def turtle(triples: int, seed: int = 7, wrong: float = 0.01) -> Iterator[str]:
    """About ``triples`` triples of local government, one in a hundred facts wrong."""
    random_ = random.Random(seed)
    yield PREFIXES
    for number in range(max(2, triples // _TRIPLES_PER_MUNICIPALITY)):
        yield _municipality(number, random_, wrong)


def _municipality(n: int, random_: random.Random, rate: float) -> str:
    def wrong() -> bool:
        return random_.random() < rate

    start = random_.randint(1995, 2015)
    end = start - 3 if wrong() else start + 4
    name = "" if wrong() else f'skos:prefLabel "Municipality {n}"@en , "Komuna {n}"@sq ;'
    count = "-5" if wrong() else str(random_.randint(10, 90))
    tag = "albanian" if wrong() else "sq"
    party = f"i:person/p{n}" if wrong() else f"i:org/m{max(0, n - 1)}"
    return (
        f"""
i:org/m{n} a kv:Municipality ; {name}
    kv:foundingDate "{random_.randint(1900, 1990)}"^^xsd:gYear ; kv:hasCount i:count/c{n} .
i:count/c{n} a kv:CountObservation ; kv:countValue {count} ; kv:countPrecision kvc:count-exact ;
    kv:countOf i:org/m{n} ; dct:date "{start}"^^xsd:gYear .
i:person/p{n} a foaf:Person ; skos:prefLabel "Person {n}"@en , "Personi {n}"@{tag} .
i:post/o{n} a org:Post ; skos:prefLabel "Mayor of {n}"@en ; org:postIn i:org/m{n} .
i:holding/h{n} a kv:OfficeHolding ; kv:heldBy i:person/p{n} ; kv:inPost i:post/o{n} ;
    kv:startDate "{start}"^^xsd:gYear ; kv:endDate "{end}"^^xsd:gYear .
i:agreement/a{n} a kv:CooperationAgreement ; skos:prefLabel "Agreement {n}"@en ;
    kv:hasParty i:org/m{n} , {party} ; dct:date "{start}-05"^^xsd:gYearMonth ;
    kv:hasSignatory i:person/p{n} .
""".replace("i:org/", "i:org\\/")
        .replace("i:count/", "i:count\\/")
        .replace("i:person/", "i:person\\/")
        .replace("i:post/", "i:post\\/")
        .replace("i:holding/", "i:holding\\/")
        .replace("i:agreement/", "i:agreement\\/")
    )


def measure(path: Path, *, reference: bool) -> dict[str, object]:
    """The times of one file, in seconds, the peak memory in MB, and whether the reports agree."""
    shapes = prepare_shapes(read_shapes(ProjectFolder.open().shapes))
    row: dict[str, object] = {}
    start = time.process_time()
    ox.Store().bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    row["load"] = _since(start)
    start = time.process_time()
    parsed = parse_source(Source(path.name, path.read_bytes()))
    row["parse"] = _since(start)
    row["triples"] = len(parsed.quads)
    start = time.process_time()
    data = DataGraph((quad.subject, quad.predicate, quad.object) for quad in parsed.quads)
    row["index"] = _since(start)
    start = time.process_time()
    read = ShapesGraph(shapes)
    row["shapes"] = _since(start)
    start = time.process_time()
    engine = NativeEngine(data, read)
    results = list(engine.results())
    row["validate"] = _since(start)
    start = time.process_time()
    places = Places([parsed])
    row["placed"] = sum(places.of_result(result) is not None for result in results)
    row["locate"] = _since(start)
    row["results"] = len(results)
    row["left to pyshacl"] = len(engine.elsewhere)
    row["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if reference:
        row |= _beside(list(parsed.triples()), shapes, results)
    del places, engine, data, results
    return row | _changed(list(parsed.triples()), shapes)


def _changed(triples: list[ox.Triple], shapes: list[ox.Triple]) -> dict[str, object]:
    """The times of asking a graph that stands what a hundred triples more would change."""
    standing = Standing(triples[:-_CHANGE], shapes)
    row: dict[str, object] = {}
    for column in ("100 more", "and again"):
        start = time.process_time()
        found = standing.difference(triples[-_CHANGE:])
        row[column] = _since(start)
    return row | {"introduced": len(found.introduced), "fixed": len(found.fixed)}


def _beside(
    data: list[ox.Triple], shapes: list[ox.Triple], results: list[Result]
) -> dict[str, object]:
    start = _of_children()
    with ReferenceEngine() as pyshacl:
        report = pyshacl.validate(data, shapes)
    spent = round(_of_children() - start, 2)
    same = {r.key for r in report.results} == {r.key for r in results}
    return {"pyshacl": spent, "same report": same}


def _since(start: float) -> float:
    return round(time.process_time() - start, 2)


def _of_children() -> float:
    """The processor time of the processes that have ended: pyshacl has one of its own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(options: Sequence[str]) -> None:
    """Print the table."""
    chosen = dict(option.removeprefix("--").partition("=")[::2] for option in options)
    if "file" in chosen:
        row = measure(Path(chosen["file"]), reference=chosen.get("beside") == "yes")
        print(json.dumps(row))
        return
    limit = int(chosen.get("reference", "10000"))
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, chosen.get("triples", "1000,10000,100000").split(",")):
            path = Path(folder) / f"{size}.ttl"
            path.write_text(
                "".join(turtle(size, wrong=float(chosen.get("wrong", "0.01")))), encoding="utf-8"
            )
            beside = "yes" if size <= limit else "no"
            command = [sys.executable, "-m", "benchmarks", "validation"]
            command += [f"--file={path}", f"--beside={beside}"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            row = json.loads(done.stdout.splitlines()[-1])
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
