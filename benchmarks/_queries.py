"""The query mix: what a researcher asks of local-government data, from lookups to exports."""

from __future__ import annotations

_PREFIXES = """PREFIX bg: <https://bench.example/def#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_TOWN = "<https://bench.example/municipality/7>"
_PROVINCE = "<https://bench.example/province/1>"

_TEXTS = {
    "describe": f"DESCRIBE {_TOWN}",
    "point lookup": f"SELECT ?p ?o {{ {_TOWN} ?p ?o }}",
    "mayors, three hops": f"""SELECT ?name ?begin {{ {_TOWN} org:hasPost ?post .
        ?post org:role bg:Mayor . ?m bg:heldPost ?post ; org:member ?person ; bg:begin ?begin .
        ?person foaf:name ?name }}""",
    "join over a province": f"""SELECT ?town ?name ?party {{
        ?town org:subOrganizationOf {_PROVINCE} . ?m org:organization ?town ;
        org:role bg:Councillor ; org:member ?person ; bg:party ?p ; bg:begin ?begin .
        FILTER(?begin >= "2020-01-01"^^xsd:date) ?person foaf:name ?name .
        ?p skos:prefLabel ?party FILTER(LANG(?party) = "sq") }}""",
    "path": """SELECT ?o ?l { ?o org:subOrganizationOf+ <https://bench.example/region/0> ;
        skos:prefLabel ?l FILTER(LANG(?l) = "tr") }""",
    "OPTIONAL with languages": """SELECT ?t ?sq ?uk { ?t a bg:Municipality ; bg:population ?n
        FILTER(?n > 30000) OPTIONAL { ?t skos:prefLabel ?sq FILTER(LANG(?sq) = "sq") }
        OPTIONAL { ?t skos:prefLabel ?uk FILTER(LANG(?uk) = "uk") } }""",
    "text, CONTAINS": """SELECT ?a ?t { ?a a bg:Agreement ; dct:title ?t
        FILTER(CONTAINS(LCASE(?t), "kardeş")) }""",
    "text, REGEX": """SELECT ?a ?t { ?a dct:title ?t FILTER(REGEX(?t, "^побрат.*20[12]", "i")) }""",
    "overlap in time": f"""SELECT ?a ?name {{ ?town org:subOrganizationOf {_PROVINCE} .
        ?a bg:partner ?town ; bg:signed ?signed . ?m org:organization ?town ;
        org:role bg:Mayor ; org:member ?person ; bg:begin ?b ; bg:end ?e .
        FILTER(?b <= ?signed && ?signed <= ?e) ?person foaf:name ?name }}""",
    "provenance": f"""SELECT ?g ?p ?o ?source ?issued {{ GRAPH ?g {{ {_TOWN} ?p ?o }}
        ?g dct:source ?source ; dct:issued ?issued }}""",
    "sources that differ": """SELECT (COUNT(*) AS ?n) { GRAPH <https://bench.example/graph/second>
        { ?t bg:population ?a } GRAPH ?g { ?t bg:population ?b } FILTER(?a = ?b) }""",
    "CONSTRUCT": """CONSTRUCT { ?a bg:cooperatesWith ?b } WHERE { ?x dct:subject
        <https://bench.example/topic/3> ; bg:partner ?a , ?b FILTER(STR(?a) < STR(?b)) }""",
    "NOT EXISTS": """SELECT (COUNT(?t) AS ?n) { ?t a bg:Municipality
        FILTER NOT EXISTS { ?a bg:partner ?t ; dct:subject <https://bench.example/topic/1> } }""",
    "GROUP BY": """SELECT ?party (COUNT(?m) AS ?n) (COUNT(DISTINCT ?p) AS ?people) {
        ?m bg:party ?party ; org:member ?p ; org:role bg:Councillor }
        GROUP BY ?party ORDER BY DESC(?n) ?party""",
    "COUNT DISTINCT": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?m a org:Membership ; org:member ?p }",
    "ORDER BY LIMIT": """SELECT ?p ?n ?b { ?p a foaf:Person ; foaf:name ?n ; bg:born ?b }
        ORDER BY DESC(?b) ?n LIMIT 50""",
    "export of 20,000 rows": """SELECT ?m ?p ?o { ?m org:member ?p ; org:organization ?o }
        LIMIT 20000""",
}  # fmt: skip
QUERIES = {name: _PREFIXES + text for name, text in _TEXTS.items()}
SMALL = ("describe", "point lookup", "mayors, three hops")


def lookup(number: int) -> str:
    """A point lookup of another thing each time, so that no cache helps."""
    return f"SELECT ?p ?o {{ <https://bench.example/person/{number}> ?p ?o }}"


RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
