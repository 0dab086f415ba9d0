"""A DuckDB file in a folder of its own: opened within a memory limit, gone when closed."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuvend.config import Settings
from kuvend.errors import BadRequest, TooLarge

DEFAULT_MEMORY_MB = 1024
# Each thread of DuckDB wants about this much for itself.
_THREAD_MB = 128
# What a fact takes in hash tables, about; and what part of the memory they may take together.
_ROW_BYTES = 64
_SHARE_OF_MEMORY = 3
_MOST_PARTS = 512
_ROWS_AT_ONCE = 20_000
_WATCH_EVERY_S = 0.05


@dataclass(frozen=True)
class Room:
    """What reasoning out of core may use: memory of the database, and the folder for its files
    (``None`` for the system's folder for temporary files)."""

    memory_mb: int = DEFAULT_MEMORY_MB
    folder: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> Room:
        """What the settings allow."""
        folder = settings.reasoning_temp_dir
        return cls(settings.reasoning_memory_mb, Path(folder) if folder else None)


class Database:
    """A connection that answers in numpy arrays, and knows how much was spilled to disk."""

    def __init__(self, room: Room) -> None:
        """:raises BadRequest: where DuckDB is not installed, or the folder cannot be written."""
        try:
            import duckdb  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise BadRequest(
                "the engine 'duckdb' needs the package duckdb",
                suggestion="Install it with: pip install 'kuvend[duckdb]'",
            ) from error
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="kuvend-duckdb-", dir=room.folder)
        except OSError as error:
            raise BadRequest(
                f"cannot be used for temporary files: {error.strerror or error}",
                source=str(room.folder),
                suggestion="Set reasoning_temp_dir to a folder that can be written.",
            ) from error
        self.folder = Path(self._folder.name)
        self._room = room
        self._out_of_memory: type[Exception] = duckdb.OutOfMemoryException
        self.invalid_input: type[Exception] = duckdb.InvalidInputException
        self._connection: Any = duckdb.connect(str(self.folder / "facts.db"))
        threads = max(1, min(os.cpu_count() or 1, room.memory_mb // _THREAD_MB))
        spill = self.folder / "spill"
        for setting in (
            f"memory_limit = '{room.memory_mb}MiB'",
            f"temp_directory = '{spill}'",
            f"threads = {threads}",
            "preserve_insertion_order = false",
            # It would be drawn on standard output, among the triples.
            "enable_progress_bar = false",
        ):
            self._connection.execute(f"SET {setting}")
        self._spill = _Watch(spill)

    def close(self) -> None:
        """Let go of the tables and their files."""
        self._spill.stop()
        self._connection.close()
        self._folder.cleanup()

    def run(self, query: str, *values: object) -> None:
        """Run a statement for its effect.

        :raises TooLarge: where a step needs more memory than there is, or the disk is full.
        """
        self._execute(query, *values)

    def run_in_parts(self, statement: Callable[[str], str], column: str, parts: int = 1) -> None:
        """Run a statement on so many shares of the numbers in a column, one after the other, and a
        share in halves where it needs more memory than there is. ``statement`` gets the condition.
        """
        left = [(parts, rest) for rest in reversed(range(parts))]
        while left:
            count, rest = left.pop()
            try:
                self.run(statement("true" if count == 1 else f"{column} % {count} = {rest}"))
            except TooLarge:
                if count >= _MOST_PARTS:
                    raise
                left += [(2 * count, rest + count), (2 * count, rest)]

    def parts(self, rows: int) -> int:
        """How many shares of so many facts fit memory, each in hash tables of a statement."""
        return min(_MOST_PARTS, 1 + rows // self.rows_in_memory(_ROW_BYTES))

    def rows_in_memory(self, row_bytes: int) -> int:
        """How many rows of so many bytes a statement may hold."""
        return self._room.memory_mb * 2**20 // _SHARE_OF_MEMORY // row_bytes

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a small result."""
        found: list[tuple[Any, ...]] = self._execute(query, *values).fetchall()
        return found

    def number(self, query: str) -> int:
        """The one number a query gives; 0 for none."""
        return int(self.rows(query)[0][0] or 0)

    def numbers(self, query: str) -> list[int]:
        """The first column of a small result."""
        return [row[0] for row in self.rows(query)]

    def columns(self, query: str) -> dict[str, NDArray[Any]]:
        """The columns of a result as arrays."""
        found: dict[str, NDArray[Any]] = self._execute(query).fetchnumpy()
        return found

    def table(self, name: str, columns: Mapping[str, object]) -> None:
        """Make a small table, not on disk, of columns: integers, or text."""
        arrays = {
            column: values if isinstance(values, np.ndarray) else _as_array(values)
            for column, values in columns.items()
        }
        self._connection.register("given", arrays)
        self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
        self._connection.unregister("given")

    def texts(self, query: str) -> Iterator[list[str]]:
        """The one column of a long result, some thousand rows at a time."""
        cursor = self._connection.cursor()
        try:
            with self._telling():
                cursor.execute(query)
                while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                    yield [row[0] for row in rows]
        finally:
            cursor.close()

    def _execute(self, query: str, *values: object) -> Any:
        with self._telling():
            return self._connection.execute(query, values or None)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except self._out_of_memory as error:
            raise TooLarge(
                f"reasoning needs more than the {self._room.memory_mb} MiB it may use, or more"
                f" disk than there is: {str(error).splitlines()[0]}",
                suggestion="Raise reasoning_memory_mb, or set reasoning_temp_dir to a larger disk.",
            ) from error

    @property
    def spilled_bytes(self) -> int:
        """The most that lay in the spill folder at once, as far as was seen."""
        return self._spill.most

    @property
    def file_bytes(self) -> int:
        """The size of the database file."""
        return sum(path.stat().st_size for path in self.folder.glob("facts.db*"))


def _as_array(values: object) -> NDArray[Any]:
    found = list(values)  # type: ignore[call-overload]
    if found and isinstance(found[0], str):
        return np.array(found, object)
    return np.array(found, np.int32)


class _Watch:
    """Looks again and again how large the files of a folder are together."""

    def __init__(self, folder: Path) -> None:
        self.most = 0
        self._folder = folder
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, name="kuvend-spill", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopped.wait(_WATCH_EVERY_S):
            self.most = max(self.most, _size_of(self._folder))


def _size_of(folder: Path) -> int:
    try:
        return sum(entry.stat().st_size for entry in os.scandir(folder))
    except OSError:
        return 0  # not there yet, or a file went away meanwhile
