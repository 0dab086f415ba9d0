"""The settings: one table, read once into a frozen record.

Precedence: default, then the file ``kuvend.toml``, then ``KUVEND_*`` in the environment, then
command-line flags. No other module reads the environment.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kuvend.errors import BadRequest
from kuvend.namespaces import KUVEND_BASE

_BASE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s<>\"{}|\\^`?#]+/")


def _setting(default: Any, text: str, *, least: int = 0, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": text, "least": least, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; ``help`` in the field's metadata documents it."""

    host: str = _setting("127.0.0.1", "address the server listens on")
    port: int = _setting(8000, "port the server listens on")
    base_iri: str = _setting(KUVEND_BASE, "canonical base of the IRIs of things, ends in a slash")
    data_dir: Path = _setting(Path(".kuvend"), "folder for releases and other state")
    keep_releases: int = _setting(3, "how many releases to keep beside the current one")
    reasoning_engine: str = _setting(
        "kuvend",
        "kuvend in memory, duckdb out of core, owlrl the reference",
        choices=("kuvend", "duckdb", "owlrl"),
    )
    reasoning_memory_mb: int = _setting(
        1024, "memory of the database of the duckdb engine, in MiB; the rest goes to disk"
    )
    reasoning_temp_dir: str = _setting(
        "", "folder for the files of the duckdb engine; the system's for temporary files if empty"
    )
    languages: str = _setting("en sq uk tr", "languages of messages and labels, best first")
    max_body_bytes: int = _setting(16 * 1024 * 1024, "largest request body read")
    query_timeout_s: float = _setting(30.0, "wall-clock deadline of one query, in seconds")
    query_memory_mb: int = _setting(1024, "memory ceiling of one query worker, in MiB")
    query_workers: int = _setting(4, "how many queries run at once", least=1)
    query_queue: int = _setting(64, "how many queries may wait for a worker; more are refused")
    query_wait_s: float = _setting(10.0, "how long a query waits for a worker, in seconds")
    client_queries: int = _setting(
        64, "how many queries one client address may have under way", least=1
    )
    long_query_s: float = _setting(
        0.5, "a query that runs longer, in seconds, leaves its slot and gets low priority"
    )
    long_queries: int = _setting(6, "how many long queries run at once; the next is stopped")
    max_query_bytes: int = _setting(64 * 1024, "longest query text, in bytes")
    max_update_bytes: int = _setting(1024 * 1024, "longest update text, in bytes")
    max_query_nesting: int = _setting(100, "deepest nesting of brackets in a query or update")
    max_query_operators: int = _setting(1000, "most operators in a query or update")
    max_query_patterns: int = _setting(200, "most triple patterns and path steps in a query")
    stream_timeout_s: float = _setting(
        300.0, "longest time a client may take to read one result, in seconds"
    )
    memory_store_mb: int = _setting(
        256, "releases up to this size on disk, in MiB, are queried in memory; 0 for never"
    )
    result_cache_mb: int = _setting(
        64, "memory for answers kept while their release is served, in MiB"
    )
    token: str = _setting("", "a token with every right; give it in the environment, not a file")
    tokens: str = _setting(
        "", "tokens as name:scope+scope:sha256 separated by spaces; scopes read, write, admin"
    )
    validate_writes: str = _setting(
        "refuse",
        "what to do with a write that violates a shape: off, warn or refuse",
        choices=("off", "warn", "refuse"),
    )
    validation_timeout_s: float = _setting(
        60.0, "wall-clock deadline of one validation while the client waits, in seconds"
    )
    validation_memory_mb: int = _setting(3072, "memory ceiling of a process that validates, in MiB")
    validation_wait_bytes: int = _setting(
        4 * 1024 * 1024, "largest submission validated while the client waits; more is a job"
    )
    validation_jobs: int = _setting(16, "how many validation jobs may be waiting or under way")
    client_jobs: int = _setting(4, "how many of them one client address may have")
    job_timeout_s: float = _setting(1800.0, "deadline of one validation job, in seconds")
    job_keep_s: float = _setting(3600.0, "how long the report of a job is kept, in seconds")
    job_reports_mb: int = _setting(64, "memory for the reports of all jobs, in MiB")
    write_timeout_s: float = _setting(120.0, "wall-clock deadline of one change, in seconds")
    write_memory_mb: int = _setting(4096, "memory ceiling of the process that writes, in MiB")
    scratch: bool = _setting(
        False, "serve a store without ontology and shapes, whose graphs are taken as they come"
    )
    proxies: int = _setting(
        0, "proxies in front whose X-Forwarded-For, -Proto and -Host are believed"
    )
    access_log: bool = _setting(False, "write a line of JSON about each request to standard error")
    service_hosts: str = _setting("", "hosts a query may call with SERVICE, separated by spaces")
    fetch_hosts: str = _setting(
        "", "hosts submissions may be read from by their URL, separated by spaces"
    )
    max_result_bytes: int = _setting(
        256 * 1024 * 1024, "largest result of one query, in bytes; more is broken off visibly"
    )


@dataclass(frozen=True)
class Setting:
    """One row of the settings table, as the reference documents it."""

    name: str
    type: type
    default: Any
    help: str
    # The smallest number, and the words that may be given.
    least: int = 0
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable: ``KUVEND_`` and the name in capitals."""
        return f"KUVEND_{self.name.upper()}"


def setting_table() -> tuple[Setting, ...]:
    """All settings in order.

    >>> [row.variable for row in setting_table()][:2]
    ['KUVEND_HOST', 'KUVEND_PORT']
    """
    return tuple(
        Setting(f.name, type(f.default), f.default, **f.metadata) for f in fields(Settings)
    )


def read_settings(
    environment: Mapping[str, str],
    *,
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """The settings in force: defaults, overlaid by ``file``, ``environment`` and ``flags``.

    A flag that is ``None`` was not given.

    :raises BadRequest: for an unknown setting in the file, a value of the wrong type, a number
        below the least, or a word that is none of the choices.

    >>> read_settings({"KUVEND_PORT": "9000"}).port
    9000
    """
    table = {row.name: row for row in setting_table()}
    values: dict[str, Any] = {}
    for name, value in _file_values(file).items():
        if name not in table:
            raise BadRequest(f"there is no setting {name!r}", source=str(file))
        values[name] = _convert(table[name], value, source=str(file))
    for row in table.values():
        if row.variable in environment:
            values[row.name] = _convert(row, environment[row.variable], source=row.variable)
    for name, value in (flags or {}).items():
        if value is not None:
            values[name] = _convert(table[name], value, source=f"--{name.replace('_', '-')}")
    return Settings(**values)


def _file_values(file: Path | None) -> dict[str, Any]:
    if file is None or not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"not valid TOML: {error}", source=str(file)) from error


def _convert(row: Setting, value: Any, *, source: str) -> Any:
    if row.type is bool:
        return _as_bool(row, value, source=source)
    wanted: type = Path if isinstance(row.default, Path) else row.type
    try:
        found = wanted(value)
    except (TypeError, ValueError) as error:
        raise BadRequest(
            f"{row.name} wants a value of type {wanted.__name__}, not {value!r}", source=source
        ) from error
    if row.name == "base_iri" and not _BASE.fullmatch(found):
        raise BadRequest(
            f"base_iri wants an absolute IRI that ends in a slash, not {value!r}", source=source
        )
    if wanted in (int, float) and not row.least <= found < math.inf:
        raise BadRequest(
            f"{row.name} wants a number from {row.least} up, not {value!r}", source=source
        )
    if row.choices and found not in row.choices:
        raise BadRequest(
            f"{row.name} wants one of {', '.join(row.choices)}, not {value!r}", source=source
        )
    return found


def _as_bool(row: Setting, value: Any, *, source: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    found = words.get(str(value).lower())
    if found is None:
        raise BadRequest(f"{row.name} wants true or false, not {value!r}", source=source)
    return found
