"""SELECT results as Arrow and Parquet: types that hold for every row, and nothing lost."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from kuvend.errors import OutOfMemory
from kuvend.formats import ARROW, PARQUET
from kuvend.project import Project
from kuvend.sparql import QueryPool, choosing

XSD = "http://www.w3.org/2001/XMLSchema#"
UTC = datetime.UTC
MakePool = Callable[..., QueryPool]


@pytest.fixture(scope="module")
def ask(store_path: Path) -> Any:
    """Runs a query in a worker and reads its answer back as a table of Arrow."""
    from kuvend.config import Settings

    pool = QueryPool(store_path, Settings(query_timeout_s=120.0))

    def table(values: str, *, form: Any = ARROW) -> pa.Table:
        text = f"PREFIX x: <{XSD}> SELECT ?v {{ VALUES ?v {{ {values} }} }}"
        return read(pool.run(text, format=form).read(), form)

    yield table
    pool.close()


def read(body: bytes, form: Any) -> pa.Table:
    if form is PARQUET:
        return pq.read_table(io.BytesIO(body))
    return pa.ipc.open_stream(body).read_all()


def described(table: pa.Table) -> tuple[pa.DataType, dict[str, str]]:
    field = table.schema.field("v")
    told = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    return field.type, {k: v for k, v in told.items() if not k.startswith("PARQUET")}


TYPED = [
    ("1 -2 UNDEF", pa.int64(), "integer", [1, -2, None]),
    ("1 9223372036854775808", pa.decimal128(38, 0), "integer", [Decimal(1), Decimal(2**63)]),
    ("1.50 -22.125", pa.decimal128(5, 3), "decimal", [Decimal("1.5"), Decimal("-22.125")]),
    ("1e0 '-INF'^^x:double", pa.float64(), "double", [1.0, float("-inf")]),
    ("'0.5'^^x:float", pa.float32(), "float", [0.5]),
    ("true false", pa.bool_(), "boolean", [True, False]),
    ("'1992-02-29'^^x:date", pa.date32(), "date", [datetime.date(1992, 2, 29)]),
    ("'2001-01-02T03:04:05.25'^^x:dateTime", pa.timestamp("us"), "dateTime",
     [datetime.datetime(2001, 1, 2, 3, 4, 5, 250_000)]),
    ("'2001-01-02T03:04:05+02:00'^^x:dateTime", pa.timestamp("us", tz="UTC"), "dateTime",
     [datetime.datetime(2001, 1, 2, 1, 4, 5, tzinfo=UTC)]),
    ("'2001'^^x:gYear", pa.string(), "gYear", ["2001"]),
    # One value that the type cannot hold, and the column stays text.
    ("'2001-01-02T00:00:00'^^x:dateTime '2001-01-02T00:00:00Z'^^x:dateTime", pa.string(),
     "dateTime", ["2001-01-02T00:00:00", "2001-01-02T00:00:00Z"]),
    ("'many'^^x:integer 1", pa.string(), "integer", ["many", "1"]),
    ("'1992-02-29Z'^^x:date", pa.string(), "date", ["1992-02-29Z"]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "arrow_type", "datatype", "expected"), TYPED)
def test_a_column_of_one_datatype_has_its_type(
    ask: Any, values: str, arrow_type: pa.DataType, datatype: str, expected: list[Any]
) -> None:
    table = ask(values)
    assert described(table) == (arrow_type, {"kind": "literal", "datatype": f"{XSD}{datatype}"})
    assert table["v"].to_pylist() == expected


def test_names_and_texts_of_one_language_are_text_that_says_so(ask: Any) -> None:
    assert described(ask("<urn:a> <urn:b>")) == (pa.string(), {"kind": "uri"})
    kind, told = described(ask("'Kuvendi'@sq UNDEF"))
    assert (kind, told["language"]) == (pa.string(), "sq")
    assert described(ask("UNDEF")) == (pa.null(), {"kind": "unbound"})


@pytest.mark.parametrize("form", [ARROW, PARQUET])
def test_a_column_of_several_kinds_loses_nothing(ask: Any, form: Any) -> None:
    table = ask("1 'një'@sq <urn:a> UNDEF 'x'", form=form)
    lang = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
    assert described(table)[1] == {"kind": "mixed"}
    assert [row and tuple(row.values()) for row in table["v"].to_pylist()] == [
        ("literal", "1", f"{XSD}integer", None),
        ("literal", "një", lang, "sq"),
        ("uri", "urn:a", None, None),
        None,
        ("literal", "x", f"{XSD}string", None),
    ]


@pytest.mark.parametrize("form", [ARROW, PARQUET])
def test_the_type_holds_for_rows_of_all_chunks(make_pool: MakePool, form: Any) -> None:
    pool = make_pool(query_timeout_s=120.0)
    text = "SELECT ?a ?b { ?x ?p ?a . ?y ?q ?b FILTER(?a < 40 && ISNUMERIC(?b)) }"
    table = read(pool.run(text, format=form).read(), form)
    assert table.num_rows == 40 * 2000
    assert table.schema.types == [pa.int64(), pa.int64()]
    assert sum(table["b"].to_pylist()) == 40 * sum(range(2000))


def test_rows_without_columns_are_counted_or_refused(client: FlaskClient) -> None:
    for text, count in (
        ("SELECT * {}", 1),
        ("SELECT * { FILTER(false) }", 0),
        ("SELECT * { { SELECT * {} } UNION {} }", 2),
    ):
        asked = {"query": text, "format": "arrow"}
        assert read(client.get("/sparql", query_string=asked).data, ARROW).num_rows == count
        whole = client.get("/sparql", query_string={**asked, "format": "parquet"})
        assert whole.status_code == (406 if count else 200)
    asked = {"query": "SELECT * {}", "format": "arrow", "page-size": "5"}
    assert read(client.get("/sparql", query_string=asked).data, ARROW).num_rows == 1


def test_a_result_too_large_for_the_worker_is_stopped_there(make_pool: MakePool) -> None:
    pool = make_pool(query_timeout_s=120.0, query_memory_mb=48)
    long = "x" * 4000
    text = f"SELECT (CONCAT(STR(?a), STR(?b), '{long}') AS ?v) {{ ?x ?p ?a . ?y ?q ?b }}"
    with pytest.raises(OutOfMemory):
        pool.run(text, format=ARROW).read()
    assert pool.run("ASK {}").read()


def test_both_are_asked_for_by_header_or_name(client: FlaskClient) -> None:
    text = "SELECT ?s { ?s <urn:p1> ?o } LIMIT 3"
    for form in (ARROW, PARQUET):
        asked = {"query": text}
        by_header = client.get("/sparql", query_string=asked, headers={"Accept": form.media_type})
        by_name = client.get("/sparql", query_string={**asked, "format": form.name})
        assert by_header.mimetype == by_name.mimetype == form.media_type
        assert read(by_header.data, form) == read(by_name.data, form)
    refused = client.get("/sparql", query_string={"query": "ASK {}", "format": "arrow"})
    assert refused.status_code == 406


def test_without_the_extra_the_answer_names_it(
    served: Project, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "column_formats", tuple)
    text = "SELECT ?s { ?s ?p ?o } LIMIT 7"
    for asked in ({"Accept": ARROW.media_type}, {}):
        named = {} if asked else {"format": "parquet"}
        refused = client.get("/sparql", query_string={"query": text, **named}, headers=asked)
        assert refused.status_code == 406
        assert "kuvend[arrow]" in refused.json["suggestion"]
    either = f"{ARROW.media_type}, text/csv;q=0.5"
    answer = client.get("/sparql", query_string={"query": text}, headers={"Accept": either})
    assert answer.mimetype == "text/csv"
