"""Nothing handed in for validation hangs or kills the service, calls out, or leaves a process."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from listener import Listener
from service_process import Server, scratch_server
from test_hostile import CANARY, GRAPHS, STOPPED

BOUNDARY = "b0undary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
TRIPLES = "".join(f"<urn:s{i}> <urn:p> <urn:s{(i * 7) % 60}> .\n" for i in range(60))
DATA = f'{TRIPLES}<urn:a> <urn:q> "{"a" * 40}!" .'
PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .\n"
TARGET = "a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; "
CROSS = (
    "SELECT $this ?value { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . "
    "FILTER(?a != ?o && ?value = 1) }"
)


def nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "sh:nodeKind sh:IRI" + closing * depth


def constraint(select: str) -> str:
    return f':s {TARGET} sh:sparql [ sh:message "m" ; sh:select """{select}""" ] .'


SHAPES = {
    "recursion": f":s {TARGET} sh:node :t . :t a sh:NodeShape ; sh:node :s ; sh:not :s .",
    "deep not": f":s {TARGET} {nested('sh:not [ ', ' ]', 3000)} .",
    "deep property": f":s {TARGET} {nested('sh:property [ sh:path <urn:p> ; ', ' ]', 2000)} .",
    "doubling": f":s0 {TARGET} sh:node :s1 . "
    + "".join(f":s{i} a sh:NodeShape ; sh:and ( :s{i + 1} :s{i + 1} ) ." for i in range(1, 40))
    + ":s40 a sh:NodeShape ; sh:nodeKind sh:IRI .",
    "pattern": ':s a sh:PropertyShape ; sh:targetNode <urn:a> ; sh:path <urn:q> ; '
    'sh:pattern "^(a+)+$" .',
    "pattern looking ahead": ':s a sh:PropertyShape ; sh:targetNode <urn:a> ; '
    'sh:path <urn:q> ; sh:pattern "^(?=(a+)+$)" .',
    "pattern of no end": f':s {TARGET} sh:pattern "(((((a{{1,900}}){{1,900}}){{1,900}}" .',
    "cross join": constraint(CROSS),
    "paths of any length": constraint(
        "SELECT $this { ?a (!<urn:x>)*/(!<urn:y>)*/(!<urn:z>)* ?b . ?c (!<urn:x>)*/(!<urn:y>)* ?d }"
    ),
    "text without end": constraint(
        "SELECT $this { BIND('aaaaaaaaaa' AS ?a0) "
        + "".join(f"BIND(CONCAT(?a{i},?a{i},?a{i}) AS ?a{i + 1})" for i in range(28))
        + "FILTER(STRLEN(?a28) > 1) }"
    ),
    "deep query": constraint(f"SELECT $this {{ $this ?p ?o FILTER({'(' * 5000}1{')' * 5000}) }}"),
    "deep groups": constraint(f"SELECT $this {'{' * 2000} $this ?p ?o {'}' * 2000}"),
    "deep path": constraint(f"SELECT $this {{ $this {'(' * 3000}<urn:p>{')*' * 3000} ?o }}"),
    "SERVICE": constraint("SELECT $this { SERVICE <http://CANARY/> { ?s ?p ?o } }"),
    "SERVICE escaped": constraint(
        "SELECT $this { S\\\\u0045RVICE <http://CANARY/> { ?s ?p ?o } }"
    ),
    "FROM": constraint("SELECT $this FROM <http://CANARY/> { $this ?p ?o }"),
    "FROM file": constraint("SELECT ?value FROM <file:///etc/passwd> { $this ?p ?value }"),
    "script": f":s {TARGET} sh:js [ sh:jsFunctionName 'f' ; "
    "sh:jsLibrary [ sh:jsLibraryURL 'http://CANARY/f.js' ] ] .",
    "imports": "<urn:o> <http://www.w3.org/2002/07/owl#imports> <http://CANARY/shapes> ; "
    f"sh:shapesGraph <http://CANARY/more> . :s {TARGET} sh:nodeKind sh:IRI .",
    "entailment": "<urn:o> sh:entailment <http://CANARY/regime> . "
    f":s {TARGET} sh:nodeKind sh:IRI .",
    "custom component": ":c a sh:ConstraintComponent ; sh:parameter [ sh:path :x ] ; "
    f"sh:validator [ a sh:SPARQLAskValidator ; sh:ask 'ASK {{ SERVICE <http://CANARY/> "
    f"{{ ?s ?p ?o }} }}' ] . :s {TARGET} :x 1 .",
    "list that bites its tail": f":s {TARGET} sh:in _:l . "
    "_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ; "
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l .",
    "path that bites its tail": ":s a sh:PropertyShape ; sh:targetSubjectsOf <urn:p> ; "
    "sh:path _:p ; sh:minCount 1 . _:p sh:inversePath _:p .",
    "number without end": f":s {TARGET} sh:minLength {'9' * 6000} .",
    "literal as path": f":s {TARGET} sh:property [ sh:path 'p' ; sh:minCount 1 ] .",
    "template": f':s {TARGET} sh:class :x ; sh:message "{{0.__class__}} {{{{7*7}}}} {{$this}}" .',
}  # fmt: skip


@pytest.fixture(scope="module")
def server(quick_folders: Callable[[], Path]) -> Iterator[Server]:
    """A server with short limits, as the limits are what is tested."""
    limits = {
        "validation_timeout_s": 5,
        "validation_memory_mb": 1024,
        "job_timeout_s": 5,
        "max_body_bytes": 8 * 1024 * 1024,
    }
    with scratch_server(quick_folders(), **limits) as running:
        yield running
        assert len(workers(running)) <= 1
        assert left_alone() == []
    assert workers(running) == []
    assert left_alone() == []


def workers(server: Server) -> list[int]:
    """The processes that validate for ``server``."""
    pid = str(server.process.pid)
    return [found for found, words, _ in processes("project.validation_worker") if pid in words]


def left_alone() -> list[int]:
    """The pyshacl processes that outlived the worker which waited for them."""
    return [
        found for found, words, parent in processes("shacl.reference_worker") if parent not in words
    ]


def processes(module: str) -> Iterator[tuple[int, list[str], str]]:
    """Processes of a module of ours: their number, their words, and their parent's number."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if f"kuvend.{module}" in words:
            yield int(entry.name), words, parent


def form(files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """A multipart body: field -> (file name, content)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        .encode() + content + b"\r\n"
        for field, (name, content) in files.items()
    ]  # fmt: skip
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def validate(
    server: Server, body: bytes, media_type: str, query: str = "alone=true"
) -> tuple[int, bytes]:
    status, answer, headers = server.request(
        "POST", f"/validate?{query}", body, Content_Type=media_type, Accept="application/json"
    )
    assert status < 500 or status in STOPPED, answer
    if status >= 400:
        assert (
            headers.get("content-type", headers.get("Content-Type")) == "application/problem+json"
        )
        assert json.loads(answer)["detail"]
    assert b"root:" not in answer
    assert server.process.poll() is None
    return status, answer


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_mean_harm_are_refused_or_stopped(
    server: Server, canary: Listener, name: str
) -> None:
    shapes = (PREFIXES + SHAPES[name]).replace(CANARY, canary.address).encode()
    body = form({"file": ("d.ttl", DATA.encode()), "shapes": ("s.ttl", shapes)})
    status, answer = validate(server, body, MULTIPART)
    assert canary.calls == 0
    assert b"<class" not in answer
    if name in {"script", "imports"}:
        assert status == 422
    if name == "template":
        findings = json.loads(answer)["findings"]
        told = [str(found["messages"]) for found in findings if found["severity"] == "violation"]
        assert told
        assert not [text for text in told if "{7*7}" not in text]


@pytest.mark.parametrize(("media_type", "content"), GRAPHS, ids=range(len(GRAPHS)))
def test_data_that_mean_harm_are_refused_or_stopped(
    server: Server, canary: Listener, media_type: str, content: str | bytes
) -> None:
    body = content.replace(CANARY, canary.address).encode() if isinstance(content, str) else content
    validate(server, body, media_type)
    assert canary.calls == 0


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(b"#" * 60_000_000),
        zipped({"a.ttl": b"#" * 60_000_000}),
        zipped({f"{i}.ttl": b"#" * 100_000 for i in range(600)}),
        zipped({"a.zip": zipped({"b.zip": zipped({"c.ttl": b"#" * 40_000_000})})}),
        zipped({"../../etc/passwd": b"<urn:a> <urn:b> 1 ."}),
        b"PK\x03\x04" + b"\x00" * 1000,
        gzip.compress(b"<urn:a> <urn:b> 1 .")[:-9],
    ],
    ids=["gzip", "zip", "many files", "nested", "path", "broken zip", "broken gzip"],
)
def test_archives_are_unpacked_within_bounds(server: Server, bomb: bytes) -> None:
    validate(server, bomb, "application/octet-stream")


def test_a_hundred_thousand_shapes_end_at_a_limit_at_the_latest(server: Server) -> None:
    shapes = PREFIXES + "".join(f":s{i} {TARGET} sh:nodeKind sh:IRI .\n" for i in range(30_000))
    body = form({"file": ("d.ttl", DATA.encode()), "shapes": ("s.ttl", shapes.encode())})
    validate(server, body, MULTIPART)
    more = PREFIXES + "".join(f":s{i} {TARGET} sh:nodeKind sh:IRI .\n" for i in range(100_000))
    body = form({"file": ("d.ttl", DATA.encode()), "shapes": ("s.ttl", more.encode())})
    assert validate(server, body, MULTIPART)[0] == 413


def test_thousands_of_parts_and_a_body_too_long_are_refused(server: Server) -> None:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n'
    body = part.encode() * 5000 + f"--{BOUNDARY}--\r\n".encode()
    assert validate(server, body, MULTIPART)[0] == 413
    status, answer, _ = server.request(
        "POST", "/validate", b"#" * (9 * 1024 * 1024), Content_Type="text/turtle"
    )
    assert (status, json.loads(answer)["status"]) == (413, 413)


def test_after_a_submission_that_was_stopped_the_next_one_need_not_wait(server: Server) -> None:
    endless = (PREFIXES + SHAPES["cross join"]).encode()
    body = form({"file": ("d.ttl", DATA.encode()), "shapes": ("s.ttl", endless)})
    assert validate(server, body, MULTIPART)[0] == 503
    assert len(workers(server)) == 1
    assert validate(server, DATA.encode(), "text/turtle", "alone=true&shapes=counts")[0] == 200


def test_the_service_answers_as_before(server: Server) -> None:
    status, answer = validate(server, DATA.encode(), "text/turtle", "alone=true&shapes=counts")
    assert status == 200
    assert json.loads(answer)["triples"] == 61
