"""What the fuzzer feeds: seeds of each kind, and mutations of them by number."""

# ruff: noqa: E501  (a seed is read best on one line)
from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

QUERY, UPDATE = "query", "update"
MEDIA_TYPES = {
    ".ttl": "text/turtle", ".nt": "application/n-triples", ".nq": "application/n-quads",
    ".trig": "application/trig", ".rdf": "application/rdf+xml", ".jsonld": "application/ld+json",
}  # fmt: skip
SEEDS = [
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

Seeds = Sequence[tuple[str, str]]


def input_of(number: int, seed: int, seeds: Seeds) -> tuple[str, str]:
    """The kind and the text of one input; the same for the same numbers."""
    chance = random.Random((seed << 48) + number)
    kind, text = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        text = _mutated(text, seeds, chance)
    return kind, text


def _mutated(text: str, seeds: Seeds, chance: random.Random) -> str:
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


def seeds_of(corpus: str) -> list[tuple[str, str]]:
    """Our own seeds, and the files below ``corpus`` that are of a kind known here."""
    found = list(SEEDS)
    kinds = {".rq": QUERY, ".ru": UPDATE} | {extension: extension for extension in MEDIA_TYPES}
    for path in sorted(Path(corpus).rglob("*")) if corpus else ():
        if path.suffix in kinds and path.stat().st_size < 4000:
            found.append((kinds[path.suffix], path.read_text("utf-8", "replace")))
    return found
