"""Feeds mutated queries, updates and data to everything that reads what a visitor sends.

``--inputs=1000000`` says how many, ``--seed=N`` which, ``--seconds=N`` ends earlier, and
``--corpus=FOLDER`` adds the files of the W3C suites. Each input goes where its kind goes: a query
through the checks on its tokens and then to the engine, in a worker that may die of it; data to
the parsers that keep positions and to the engine's own, which have to agree on what is accepted
and on the triples. A parser may raise its own errors and no other.
"""

# ruff: noqa: E501  (a seed is read best on one line)
from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kuvend.config import Settings
from kuvend.errors import KuvendError, Unavailable
from kuvend.sparql import Limits, QueryPool, check
from kuvend.store import Store
from kuvend.syntax import Source, parse_source

QUERY, UPDATE = "query", "update"
_MEDIA_TYPES = {
    ".ttl": "text/turtle", ".nt": "application/n-triples", ".nq": "application/n-quads",
    ".trig": "application/trig", ".rdf": "application/rdf+xml", ".jsonld": "application/ld+json",
}  # fmt: skip
_SEEDS = [
    (QUERY, "PREFIX a: <urn:a:> SELECT DISTINCT ?s (COUNT(*) AS ?n) FROM <urn:g> { ?s a:p/a:q* ?o ; a ?t . "
            "OPTIONAL { ?o a:r 'x'@en } FILTER(?n > 1 && REGEX(STR(?s), '^a')) } GROUP BY ?s ORDER BY ?n LIMIT 5"),
    (QUERY, "ASK { << ?s ?p 1 >> ?q <<( <urn:a> ?b 'c' )>> {| ?x 2.5e3 |} }"),
    (QUERY, "CONSTRUCT { ?s ?p [ ?q (1 2 3) ] } WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s !(^a|<b>) ?o } } "
            "MINUS { ?s ?p true } VALUES (?a ?b) { (1 UNDEF) } BIND(IF(?a = 1, 'a', \"b\") AS ?c) }"),
    (QUERY, "SELECT * { ?s ?p ?o SERVICE SILENT <http://localhost:1/> { ?s ?p ?o } }"),
    (UPDATE, "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1, 2.0, true, 'x'@en--ltr } } ; DELETE WHERE { ?s ?p ?o }"),
    (UPDATE, "WITH <urn:g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } USING NAMED <urn:h> WHERE { ?s ?p ?o } ; CLEAR ALL"),
    (".ttl", '@prefix a: <urn:a:> . @base <http://b/> . <x> a a:C ; a:p "q"@sq , """l\n"o""", 1.5e-3, true, [ a:r ( 1 _:b ) ] .'),
    (".ttl", "VERSION '1.2' <urn:a> <urn:b> <urn:c> ~ <urn:r> {| <urn:d> 'e' |} . << <urn:a> <urn:b> 1 >> <urn:p> <<( <urn:a> <urn:b> 2 )>> ."),
    (".trig", "PREFIX a: <urn:> a:g { a:s a:p 'o' } GRAPH _:g { [] a:p \\u0061 } a:s a:p a:o ."),
    (".nq", '<urn:a> <urn:b> "c\\u00e9\\n"@en <urn:g> .\n_:a <urn:b> "1"^^<urn:t> .\n# x\n'),
    (".rdf", "<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='urn:e:' xml:base='urn:b'>"
             "<e:C rdf:about='urn:a' e:p='v' xml:lang='sq'><e:q rdf:resource='#c'/><e:l rdf:parseType='Literal'><b/></e:l>"
             "<e:r rdf:parseType='Collection'><rdf:Description rdf:nodeID='n'/></e:r></e:C></rdf:RDF>"),
    (".jsonld", '{"@context": {"@vocab": "urn:v:", "d": {"@type": "@id"}, "l": {"@container": "@list"}}, "@id": "urn:a", '
                '"@type": "C", "d": "urn:b", "l": [1, 2.5, true, {"@value": "x", "@language": "sq"}], "@graph": [{"p": null}]}'),
]  # fmt: skip
_PIECES = [
    "{", "}", "(", ")", "[", "]", "<", ">", "<<", ">>", "<<(", ")>>", "{|", "|}", "~", "'", '"', "'''", '"""', "\\", "\\u0000",
    "\\uD800", "\\U0010FFFF", "#", "\n", "\r", "\t", "\0", "\ufeff", "\u202e", "\U0001f600", "e\u0301", ".", ";", ",", "^^", "^",
    "|", "/", "*", "+", "?", "!", "=", "&&", "||", "-", "@en", "@", "_:", "_:b", ":", "a:", "a:%zz", "<urn:a>", "<a b>", "?x", "$",
    "SELECT", "SERVICE", "LOAD", "FROM", "GRAPH", "FILTER", "EXISTS", "NOT", "VALUES", "UNDEF", "BIND", "AS", "1e999", "0x1", "1.",
    ".5", "-0", "99999999999999999999999", "true", "BASE", "PREFIX", "VERSION", "<!DOCTYPE a>", "<![CDATA[", "]]>", "&a;", "<?x?>",
    '"@id"', '"@context"', '"@list"', "null", "NaN", "1E400", "{}", "[]",
]  # fmt: skip


class Findings:
    """How many inputs were tried, and what went wrong."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.faults: dict[str, str] = {}

    def add(self, what: str, text: str) -> None:
        """Note a fault with the first input that shows it."""
        self.faults.setdefault(what, text)


def inputs(seeds: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Endless mutations of the seeds with their kind."""
    while True:
        kind, text = chance.choice(seeds)
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            text = _mutated(text, seeds, chance)
        yield kind, text


def _mutated(text: str, seeds: Sequence[tuple[str, str]], chance: random.Random) -> str:
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.choice((0, 1, 1, 2, 5, 20)))
    kind = chance.randrange(6)
    if kind == 0:
        return text[:start] + text[end:]
    if kind in {1, 2}:
        return text[:start] + chance.choice(_PIECES) + text[end if kind == 1 else start :]
    if kind == 3:
        return text[:start] + text[start:end] * chance.choice((2, 3, 30)) + text[end:]
    if kind == 4:
        other = chance.choice(seeds)[1]
        at = chance.randint(0, len(other))
        return text[:start] + other[at : at + 40] + text[end:]
    return (
        text[:start]
        + chr(chance.choice((chance.randrange(128), chance.randrange(0xD800))))
        + text[end:]
    )


def try_data(kind: str, text: str, findings: Findings) -> None:
    """Parse data with positions and without; both have to agree."""
    media_type = _MEDIA_TYPES[kind]
    content = text.encode("utf-8", "surrogatepass")
    try:
        parsed = parse_source(Source("fuzz", content, media_type), base_iri="http://b/")
    except KuvendError:
        return
    except Exception as error:  # noqa: BLE001 - any is a finding
        findings.add(f"{kind}: {type(error).__name__} {str(error)[:60]}", text)
        return
    if kind in {".rdf", ".jsonld"}:
        # Ours are stricter there by decision, for instance about lost keys and missing end tags.
        return
    form = ox.RdfFormat.from_media_type(media_type)
    assert form is not None
    try:
        theirs = list(ox.parse(content, form, base_iri="http://b/"))
    except (SyntaxError, ValueError):
        if not parsed.errors:
            findings.add(f"{kind}: accepted here and refused by the engine", text)
        return
    if parsed.errors:
        findings.add(f"{kind}: refused here: {parsed.errors[0].detail[:40]}", text)
    elif sorted(map(_shape, theirs)) != sorted(_shape(q.quad) for q in parsed.quads):
        findings.add(f"{kind}: other triples", text)


def _shape(quad: ox.Quad) -> str:
    """A quad without the names of its blank nodes."""
    return " ".join("_" if isinstance(t, ox.BlankNode) else str(t) for t in quad)


def try_text(kind: str, text: str, limits: Limits, findings: Findings) -> bool:
    """Whether the checks on the tokens let this query or update through."""
    try:
        return not check(text, limits).is_update
    except KuvendError:
        return False
    except Exception as error:  # noqa: BLE001 - any is a finding
        findings.add(f"{kind} guard: {type(error).__name__} {str(error)[:60]}", text)
        return False


def try_query(pool: QueryPool, text: str, findings: Findings) -> None:
    """Run a query; a worker may end, the pool may not."""
    try:
        pool.run(text).read()
    except Unavailable as error:
        findings.add(f"query: {str(error)[:60]}", text)
    except KuvendError:
        return
    except Exception as error:  # noqa: BLE001 - any is a finding
        findings.add(f"query: {type(error).__name__} {str(error)[:60]}", text)


def seeds_of(corpus: str) -> list[tuple[str, str]]:
    """Our own seeds, and the files below ``corpus`` that are of a kind known here."""
    found = list(_SEEDS)
    kinds = {".rq": QUERY, ".ru": UPDATE} | {extension: extension for extension in _MEDIA_TYPES}
    for path in sorted(Path(corpus).rglob("*")) if corpus else ():
        if path.suffix in kinds and path.stat().st_size < 4000:
            found.append((kinds[path.suffix], path.read_text("utf-8", "replace")))
    return found


def run(count: int, seed: int, *, seconds: float = 1e9, corpus: str = "") -> Findings:
    """Try ``count`` inputs, or as many as ``seconds`` allow."""
    chance = random.Random(seed)
    findings = Findings()
    settings = Settings(query_timeout_s=1.0, query_memory_mb=300)
    limits = {QUERY: Limits.for_queries(settings), UPDATE: Limits.for_updates(settings)}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        with Store.create(Path(folder) / "store") as store:
            store.load(ox.parse("<urn:a> <urn:b> <urn:c>, 1, 'x'@en .", ox.RdfFormat.TURTLE))
        pool = QueryPool(Path(folder) / "store", settings)
        try:
            for kind, text in inputs(seeds_of(corpus), chance):
                findings.tried[kind] += 1
                if kind in _MEDIA_TYPES:
                    try_data(kind, text, findings)
                elif try_text(kind, text, limits[kind], findings):
                    try_query(pool, text, findings)
                if findings.tried.total() >= count or time.monotonic() > end:
                    return findings
        finally:
            pool.close()
    return findings


def main(arguments: Sequence[str] = ()) -> None:
    """Print how many inputs of each kind were tried and what was found."""
    options = dict(a.lstrip("-").split("=", 1) for a in arguments if "=" in a)
    findings = run(
        int(options.get("inputs", "20000")),
        int(options.get("seed", "1")),
        seconds=float(options.get("seconds", "1e9")),
        corpus=options.get("corpus", ""),
    )
    print("| kind | inputs |\n|---|---|")
    for kind, tried in sorted(findings.tried.items()):
        print(f"| {kind} | {tried} |")
    print(f"| all | {findings.tried.total()} |\n\n{len(findings.faults)} findings")
    for what, text in findings.faults.items():
        print(f"- {what}: {text!r}")
