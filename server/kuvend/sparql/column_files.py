"""SELECT results as Arrow streams and Parquet files, with a type for each column.

A type holds for every row, so the result is gathered, compactly, before the first byte is written;
this runs in a worker within its memory ceiling. A column whose values are of one kind, datatype
and language has the type of Arrow for it, or is text where Arrow has none that holds them all;
the field says kind, datatype and language. A column of several is a structure of the four.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox

from kuvend.errors import NotAcceptable
from kuvend.formats import ARROW
from kuvend.sparql.column_types import conversion

_CHUNK_ROWS = 32_768
_RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_PARTS = ("kind", "datatype", "language")

# The result is written as it is gathered, by one thread: a worker has a ceiling on address space.
pa.set_cpu_count(1)
pa.set_io_thread_count(1)


class Kind(NamedTuple):
    """What kind of term a value is: as results in JSON call it, with datatype and language."""

    kind: str
    datatype: str | None = None
    language: str | None = None

    @property
    def metadata(self) -> dict[str, str]:
        """What the field of a column of this kind says."""
        return {name: part for name, part in zip(_PARTS, self, strict=True) if part}


class _Column:
    """The values of one column as text, and for each which of the kinds found so far it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kinds: dict[Kind, int] = {}
        self.texts: list[Any] = []
        self.places: list[Any] = []

    def add(self, terms: Sequence[Any]) -> None:
        """Take the values of some rows."""
        texts: list[str | None] = []
        places: list[int | None] = []
        for term in terms:
            if term is None:
                texts.append(None)
                places.append(None)
                continue
            kind, text = _parts(term)
            texts.append(text)
            places.append(self.kinds.setdefault(kind, len(self.kinds)))
        self.texts.append(pa.array(texts, pa.string()))
        self.places.append(pa.array(places, pa.int32()))

    def finish(self) -> tuple[Any, list[Any]]:
        """The field, and the arrays of its chunks."""
        if not self.kinds:
            nulls = [pa.nulls(len(chunk)) for chunk in self.texts]
            return pa.field(self.name, pa.null(), metadata={"kind": "unbound"}), nulls
        if len(self.kinds) == 1:
            (kind,) = self.kinds
            arrow_type, arrays = conversion(kind.datatype or "", self.texts)
            return pa.field(self.name, arrow_type, metadata=kind.metadata), arrays
        names = ("kind", "value", "datatype", "language")
        fields = [pa.field(name, pa.string()) for name in names]
        told = [pa.array([part[n] for part in self.kinds], pa.string()) for n in range(3)]
        arrays = [
            pa.StructArray.from_arrays(
                [told[0].take(places), texts, told[1].take(places), told[2].take(places)],
                fields=fields,
                mask=places.is_null(),
            )
            for texts, places in zip(self.texts, self.places, strict=True)
        ]
        return pa.field(self.name, pa.struct(fields), metadata={"kind": "mixed"}), arrays


class _Sink:
    """A file for the library that writes to ``target``."""

    closed = False

    def __init__(self, target: Any) -> None:
        self._target = target
        self._written = 0

    def write(self, data: Any) -> int:
        """Pass on some bytes."""
        content = bytes(data)
        self._target.write(content)
        self._written += len(content)
        return len(content)

    def tell(self) -> int:
        """How much was written."""
        return self._written

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """The target is closed by its owner."""


def write_columns(solutions: ox.QuerySolutions, target: Any, media_type: str) -> None:
    """Write the whole result to ``target`` as an Arrow stream or a Parquet file.

    :raises NotAcceptable: for rows without columns as Parquet, which counts rows by their values.
    """
    columns = [_Column(variable.value) for variable in solutions.variables]
    if not columns:
        _write_empty_rows(sum(1 for _ in solutions), target, media_type)
        return
    rows = iter(solutions)
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        for place, column in enumerate(columns):
            column.add([solution[place] for solution in chunk])
    fields, arrays = [], []
    while columns:
        # Let go of the text of a column as soon as it has its type.
        field, chunks = columns.pop(0).finish()
        fields.append(field)
        arrays.append(chunks)
    schema = pa.schema(fields)
    batches = (pa.record_batch(list(parts), schema=schema) for parts in zip(*arrays, strict=True))
    _write_batches(batches, schema, target, media_type)


def _write_empty_rows(count: int, target: Any, media_type: str) -> None:
    if count and media_type != ARROW.media_type:
        raise NotAcceptable(
            "the result has rows without columns, which Parquet cannot hold.",
            suggestion="Name a column, or ask for Arrow or JSON.",
        )
    sizes = (min(_CHUNK_ROWS, count - start) for start in range(0, count, _CHUNK_ROWS))
    batches = (
        pa.RecordBatch.from_struct_array(pa.array([{}] * size, pa.struct([]))) for size in sizes
    )
    _write_batches(batches, pa.schema([]), target, media_type)


def _write_batches(batches: Iterator[Any], schema: Any, target: Any, media_type: str) -> None:
    sink = pa.PythonFile(_Sink(target), mode="w")
    if media_type == ARROW.media_type:
        _write_arrow(batches, schema, sink)
    else:
        _write_parquet(batches, schema, sink)


def _write_arrow(batches: Iterator[Any], schema: Any, sink: Any) -> None:
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_parquet(batches: Iterator[Any], schema: Any, sink: Any) -> None:
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _parts(term: Any) -> tuple[Kind, str]:
    if isinstance(term, ox.NamedNode):
        return Kind("uri"), term.value
    if isinstance(term, ox.BlankNode):
        return Kind("bnode"), term.value
    if isinstance(term, ox.Triple):
        return Kind("triple"), _triple_text(term)
    if term.language:
        direction = f"--{term.direction}" if term.direction is not None else ""
        return Kind("literal", _RDF_LANG_STRING, f"{term.language}{direction}"), term.value
    return Kind("literal", term.datatype.value), term.value


def _triple_text(triple: ox.Triple) -> str:
    parts = (_triple_text(part) if isinstance(part, ox.Triple) else str(part) for part in triple)
    return f"<<( {' '.join(parts)} )>>"
