"""Where submissions come from, and how what conforms is added."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from file_host import file_host
from kuvend.errors import (
    BadRequest,
    BadSyntax,
    Forbidden,
    KuvendError,
    NotFound,
    Timeout,
    TooLarge,
    Unprocessable,
)
from kuvend.project.submission import change_of, fetch, read_parts
from kuvend.project.submission.problems import syntax_findings
from kuvend.syntax import Source

TEXT = b"<urn:a> <urn:p> 1 .\n"


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with file_host(TEXT) as name:
        yield name


def read(host: str, path: str = "/a.ttl", **limits: float) -> Source:
    allowed = frozenset({host, "127.0.0.1"})
    return fetch(
        f"http://{host}{path}",
        allowed=allowed,
        max_bytes=int(limits.get("max_bytes", 1000)),
        timeout_s=limits.get("timeout_s", 60.0),
    )


def test_a_file_is_read_from_a_host_that_is_named(host: str) -> None:
    source = read(host, "/a.ttl?version=1#top")
    assert source == Source(f"http://{host}/a.ttl", TEXT, "text/turtle")


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("/moved", BadRequest, "redirect to http://169.254.169.254/"),
        ("/missing", NotFound, "404"),
    ],
)
def test_redirects_are_not_followed_and_errors_told(
    host: str, path: str, error: type[KuvendError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read(host, path)


def test_what_is_too_large_or_drips_without_end_is_given_up(host: str) -> None:
    with pytest.raises(TooLarge):
        read(host, max_bytes=5)
    with pytest.raises(Timeout):
        read(host, "/slow", timeout_s=0.3)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://example.org/a.ttl", ""),
        ("http://127.0.0.1:9/a.ttl", "127.0.0.1"),
        ("http://localhost:9/a.ttl", "localhost:9"),
        ("http://[::1]:9/a.ttl", "localhost:9"),
        ("http://169.254.169.254/latest", "example.org"),
    ],
)
def test_hosts_and_addresses_that_nobody_named_are_refused(url: str, allowed: str) -> None:
    with pytest.raises(Forbidden, match="fetch_hosts"):
        fetch(url, allowed=frozenset(allowed.split()), max_bytes=100)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://a@127.0.0.1/", "http://[x/", "http:"]
)
def test_what_is_no_url_of_a_host_is_refused(url: str) -> None:
    with pytest.raises(BadRequest):
        fetch(url, allowed=frozenset({"127.0.0.1"}), max_bytes=100)


def parts_of(*sources: Source) -> list[ox.Triple]:
    change = change_of(read_parts(sources, base_iri=None, max_bytes=10**6))
    return [quad.triple for quad in ox.parse(change.content, format=ox.RdfFormat.N_TRIPLES)]


def test_what_was_parsed_is_added_whatever_it_came_in() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.nt", "_:x <urn:p> <urn:b> .\n")
        archive.writestr("two.jsonld", '{"@id": "urn:a", "urn:p": [{"@id": "_:x"}, "é"]}')
    triples = parts_of(
        Source("all.zip", packed.getvalue(), "application/octet-stream"),
        Source("more.ttl.gz", gzip.compress(TEXT)),
    )
    assert len(triples) == 4
    blank = {t for triple in triples for t in (triple.subject, triple.object)}
    assert sum(isinstance(term, ox.BlankNode) for term in blank) == 2
    assert any(str(triple.object) == '"é"' for triple in triples)


def test_statements_with_quotes_are_left_to_a_build() -> None:
    text = b"""PREFIX kv: <https://w3id.org/kuvend/def#> PREFIX p: <cite:>
    <urn:a> kv:acronym "AKK" ~ p:x . p:x kv:quote "(AKK)" ."""
    with pytest.raises(Unprocessable, match="quotes"):
        parts_of(Source("a.ttl", text))


def test_what_did_not_parse_whole_is_not_added() -> None:
    with pytest.raises(BadSyntax):
        parts_of(Source("a.ttl", TEXT + b"<urn:b>"))


def test_a_file_of_an_archive_that_is_not_read_is_told_but_stops_nothing() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.ttl", TEXT)
        archive.writestr("b.txt", TEXT)
    parts = read_parts([Source("all.zip", packed.getvalue())], base_iri=None, max_bytes=10**6)
    (told,) = syntax_findings(parts)
    assert (told.rule, told.severity) == ("kuvend/lost-key", "warning")
    assert str(told.span) == "all.zip/b.txt:1:1"
