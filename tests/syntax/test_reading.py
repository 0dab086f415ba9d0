"""Bytes come in any encoding, packed or not; what is wrong is said with its place."""

from __future__ import annotations

import gzip
import io
import re
import zipfile

import pytest

from kuvend.errors import BadSyntax, KuvendError, TooLarge, UnsupportedMediaType
from kuvend.syntax import Source, parse_rdfxml, parse_source, unpack
from kuvend.syntax.reading import decode, format_of


def test_bytes_that_are_not_utf8_are_each_reported_and_the_rest_is_read() -> None:
    content = '<urn:a> <urn:p> "Başkan" .\n<urn:a> <urn:q> "İlçe ş" .'.encode("cp1254")
    parsed = parse_source(Source("a.ttl", content))
    assert [(e.line, e.column) for e in parsed.errors] == [(1, 20), (2, 18), (2, 20), (2, 23)]
    assert "cp1254" in str(parsed.errors[0].suggestion)
    assert len(parsed.quads) == 2


def test_a_byte_order_mark_is_no_error_and_utf16_is() -> None:
    text = "<urn:a> <urn:p> 1 ."
    assert not parse_source(Source("a.ttl", b"\xef\xbb\xbf" + text.encode())).errors
    assert "UTF-16" in decode(Source("a.ttl", text.encode("utf-16")))[1][0].detail


@pytest.mark.parametrize(
    ("name", "content", "media_type", "expected"),
    [
        ("a.ttl", b"", None, "turtle"),
        ("a", b"", "text/turtle; charset=utf-8", "turtle"),
        ("a.nt", b"", None, "ntriples"),
        ("a.json", b"", "application/json", "jsonld"),
        ("-", b"[ <urn:p> 1 ] .", None, "turtle"),
        ("-", b'[{"@id": "urn:a"}]', None, "jsonld"),
        ("-", b"<?xml version='1.0'?>", None, "rdfxml"),
    ],
)
def test_the_format_is_told_or_guessed(
    name: str, content: bytes, media_type: str | None, expected: str
) -> None:
    assert format_of(Source(name, content, media_type)).name == expected


def test_a_format_not_read_here_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        format_of(Source("a", b"", "image/png"))


def zipped(**files: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


TEXT = b"<urn:a> <urn:p> <urn:b> ."


def test_archives_are_opened_and_their_files_keep_their_names() -> None:
    files = {"one.ttl": TEXT, "sub/two.jsonld": "{}", "__MACOSX/._one.ttl": b"\x00"}
    found = list(unpack(Source("all.zip", zipped(**files))))
    assert [source.name for source in found] == ["all.zip/one.ttl", "all.zip/sub/two.jsonld"]
    squeezed = gzip.compress(TEXT)
    assert [s.name for s in unpack(Source("a.ttl.gz", squeezed))] == ["a.ttl"]


def test_what_is_packed_in_an_archive_is_unpacked_too() -> None:
    inner = zipped(**{"b.nt": TEXT, "c.JSON": "[]"})
    packed = zipped(**{"a.ttl.gz": gzip.compress(TEXT), "inner.zip": inner})
    found = list(unpack(Source("all.zip", packed)))
    assert [source.name for source in found] == [
        "all.zip/a.ttl", "all.zip/inner.zip/b.nt", "all.zip/inner.zip/c.JSON"
    ]  # fmt: skip
    assert [len(parse_source(source).quads) for source in found] == [1, 1, 0]
    assert format_of(found[2]).name == "jsonld"


def test_what_an_archive_holds_beside_rdf_is_told_and_nothing_but_that_is_refused() -> None:
    files = {"a.ttl": TEXT, "b.txt": TEXT, "c": TEXT}
    parsed = [parse_source(one) for one in unpack(Source("all.zip", zipped(**files)))]
    assert [len(one.quads) for one in parsed] == [1, 0, 0]
    told = [error for one in parsed for error in one.errors]
    assert [error.source for error in told] == ["all.zip/b.txt", "all.zip/c"]
    assert all(error.is_loss and error.is_minor for error in told)
    for content in (zipped(**{"b.txt": TEXT, "c": TEXT}), zipped()):
        with pytest.raises(BadSyntax, match="nothing in the archive is RDF"):
            list(unpack(Source("all.zip", content)))


def test_all_members_of_a_gzip_file_are_read() -> None:
    packed = gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(TEXT) + b"\0" * 8
    assert [s.content for s in unpack(Source("a.ttl.gz", packed))] == [TEXT + TEXT]
    with pytest.raises(TooLarge):
        list(unpack(Source("a.ttl.gz", packed), max_bytes=len(TEXT) + 1))
    with pytest.raises(BadSyntax, match="broken"):
        list(unpack(Source("a.ttl.gz", gzip.compress(TEXT) + b"more")))


@pytest.mark.parametrize("layers", [4, 1500])
def test_what_is_packed_again_and_again_is_refused(layers: int) -> None:
    content = TEXT
    for _ in range(layers):
        content = gzip.compress(content, compresslevel=0)
    with pytest.raises(BadSyntax, match="packed more than 3 times"):
        list(unpack(Source("a.gz", content)))
    content = TEXT
    for _ in range(4):
        content = zipped(**{"a.zip": content})
    with pytest.raises(BadSyntax, match="packed more than 3 times"):
        list(unpack(Source("a.zip", content)))


def test_an_archive_with_any_byte_changed_is_read_or_refused_in_words() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("é.ttl", TEXT)
    outcomes = set()
    for content in (packed.getvalue(), zipped(**{"é.ttl": TEXT}), gzip.compress(TEXT)):
        for at in range(4, len(content)):
            for mask in (0x01, 0x80, 0xFF):
                changed = bytearray(content)
                changed[at] ^= mask
                try:
                    list(unpack(Source("a.zip", bytes(changed)), max_bytes=10**6))
                    outcomes.add("read")
                except KuvendError as error:
                    outcomes.add(type(error).__name__)
    assert {"read", "BadSyntax"} <= outcomes
    nameless = zipped(zqz=TEXT).replace(b"zqz", b"\x00qz")
    with pytest.raises(BadSyntax, match="broken"):
        list(unpack(Source("a.zip", nameless)))


def test_what_is_packed_small_and_unpacks_huge_is_refused() -> None:
    bomb = gzip.compress(b" " * 5_000_000)
    with pytest.raises(TooLarge):
        list(unpack(Source("a.ttl.gz", bomb), max_bytes=1_000_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ttl", b" " * 5_000_000)
    with pytest.raises(TooLarge):
        list(unpack(Source("a.zip", packed.getvalue()), max_bytes=1_000_000))


def test_broken_archives_are_said_to_be_broken() -> None:
    for content in (b"\x1f\x8bnonsense", b"PK\x03\x04nonsense", gzip.compress(b"x" * 99)[:-9]):
        with pytest.raises(BadSyntax, match=r"broken|early"):
            list(unpack(Source("a.gz", content)))


RDFXML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">
  <x:Thing rdf:about="http://a/b">
    <x:name xml:lang="sq">Një</x:name>
    <x:part>
      <x:Part x:size="4"/>
    </x:part>
    <x:see rdf:resource="http://a/c"/>
  </x:Thing>
</rdf:RDF>"""


def test_rdfxml_places_subjects_and_properties() -> None:
    parsed = parse_rdfxml(RDFXML, source="a.rdf")
    places = {
        q.predicate.value.rpartition(":")[2]: parsed.position(q.object_at) for q in parsed.quads
    }
    assert places["name"] == (3, 5)
    assert places["see"] == (7, 5)
    assert {parsed.position(q.subject_at) for q in parsed.quads} >= {(2, 3)}


def test_a_document_type_is_refused_before_it_is_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>' + RDFXML
    errors = parse_rdfxml(bomb, source="a.rdf").errors
    assert "document type" in errors[0].detail and errors[0].line == 1


def test_xml_that_is_not_well_formed_is_reported_with_its_place() -> None:
    error = parse_rdfxml("<a>\n<b></a>", source="a.rdf").errors[0]
    assert (error.source, error.line) == ("a.rdf", 2)


@pytest.mark.parametrize("name", ["_:_:_:a", "_:a:", "_:a:b", "_:-a"])
def test_a_label_that_the_engine_refuses_is_refused_in_lines_too(name: str) -> None:
    content = f"<urn:a> <urn:p> _:b.c .\n<urn:a> <urn:p> {name} .\n".encode()
    parsed = parse_source(Source("a.nq", content, "application/n-quads"))
    assert [error.line for error in parsed.errors] == [2]
    assert len(parsed.quads) == 1


@pytest.mark.parametrize("name", ["foo", "gb2312", "utf-7", "UTF-16", "iso-8859-1"])
def test_an_encoding_that_is_not_read_is_refused_in_words(name: str) -> None:
    errors = parse_rdfxml(f'<?xml version="1.0" encoding="{name}"?>{RDFXML}', source="a").errors
    assert ["UTF-8" in error.detail for error in errors] == [True]


def test_the_encoding_that_is_read_may_be_named() -> None:
    parsed = parse_rdfxml(f'<?xml version="1.0" encoding="utf-8"?>\n{RDFXML}', source="a")
    assert "Një" in {str(getattr(quad.object, "value", "")) for quad in parsed.quads}
    assert {parsed.position(quad.object_at) for quad in parsed.quads} >= {(4, 5), (8, 5)}


@pytest.mark.parametrize(
    "line", [r"<urn:a\qb> <urn:p> <urn:o> .", r"<urn:a\tb> <urn:p> <urn:o> .",
             r"<urn:a\'b> <urn:p> <urn:o> .", r'<urn:a> <urn:p> "a\qb" .']
)  # fmt: skip
def test_an_escape_there_is_not_is_refused_in_lines_as_by_the_engine(line: str) -> None:
    good = r"<urn:a\u00e9> <urn:p> <urn:o\U000000e9> ."
    parsed = parse_source(Source("a.nt", f"{line}\n{good}\n".encode()))
    assert [error.line for error in parsed.errors] == [1]
    assert [str(quad.triple) for quad in parsed.quads] == ["<urn:aé> <urn:p> <urn:oé>"]


def placed(text: str) -> dict[str, tuple[str, str]]:
    """Of each property, by the end of its IRI, what stands at its subject and at its value."""
    parsed, lines = parse_rdfxml(text, source="a.rdf", base_iri="http://b/"), text.split("\n")
    assert not parsed.errors
    found = {}
    for quad in parsed.quads:
        ends = [parsed.position(at) or (0, 0) for at in (quad.subject_at, quad.object_at)]
        at_subject, at_value = (lines[line - 1][column - 1 :] for line, column in ends)
        found[re.split("[:#]", quad.predicate.value)[-1]] = (at_subject, at_value)
    return found


HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:"'


def test_rdfxml_places_stand_under_the_base_of_each_element() -> None:
    found = placed(f"""{HEAD} xml:base="http://h/d/">
<x:T rdf:about="a">
<x:p rdf:resource="../b"/>
<x:q xml:base="http://z/">
<x:U rdf:about="c">
<x:r rdf:resource="d"/>
</x:U></x:q>
<x:s rdf:ID="st">w</x:s></x:T></rdf:RDF>""")
    assert found["p"] == ('<x:T rdf:about="a">', '<x:p rdf:resource="../b"/>')
    assert found["r"] == ('<x:U rdf:about="c">', '<x:r rdf:resource="d"/>')
    assert found["q"][1] == '<x:q xml:base="http://z/">'
    assert found["subject"][0] == '<x:s rdf:ID="st">w</x:s></x:T></rdf:RDF>'


def test_rdfxml_places_nodes_without_a_name() -> None:
    found = placed(f"""{HEAD}>
<rdf:Description/>
<x:T>
<x:m rdf:parseType="Resource">
<x:n>1</x:n></x:m>
<x:o>
<x:V x:a="v"/>
</x:o>
<x:l rdf:parseType="Literal"><b><i/></b></x:l>
<rdf:li>one</rdf:li>
</x:T>
<x:W>
<x:e>e</x:e></x:W></rdf:RDF>""")
    assert found["n"] == ('<x:m rdf:parseType="Resource">', "<x:n>1</x:n></x:m>")
    assert found["a"] == ('<x:V x:a="v"/>', '<x:V x:a="v"/>')
    assert found["o"] == ("<x:T>", "<x:o>")
    assert found["l"][0] == "<x:T>"
    assert found["_1"] == ("<x:T>", "<rdf:li>one</rdf:li>")
    assert found["e"] == ("<x:W>", "<x:e>e</x:e></x:W></rdf:RDF>")
