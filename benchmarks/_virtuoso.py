"""Virtuoso, started over a folder of its own and loaded with the merged graph."""

from __future__ import annotations

import subprocess
from pathlib import Path

GRAPH = "urn:kuvend:merged"
_SETTINGS = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = {sql_port}
LiteMode = 0
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 100000000
DefaultGraph = {graph}
"""


def configure(folder: Path, *, http_port: int, sql_port: int) -> list[str]:
    """The command that serves from ``folder``, whose settings are written."""
    folder.mkdir(exist_ok=True)
    text = _SETTINGS.format(folder=folder, http_port=http_port, sql_port=sql_port, graph=GRAPH)
    (folder / "virtuoso.ini").write_text(text, encoding="utf-8")
    return ["virtuoso-t", "+foreground", "+configfile", str(folder / "virtuoso.ini")]


def load(triples: Path, *, sql_port: int) -> None:
    """Load a file of N-Triples, which lies in the folder that is served, and settle it.

    :raises subprocess.CalledProcessError: where the server refuses.
    """
    steps = (
        f"ld_dir('{triples.parent}', '{triples.name}', '{GRAPH}');"
        "rdf_loader_run(); checkpoint; "
        'GRANT EXECUTE ON DB.DBA.SPARQL_INSERT_DICT_CONTENT TO "SPARQL";'
    )
    for step in steps.split(";"):
        if step.strip():
            subprocess.run(
                ["isql-vt", f"127.0.0.1:{sql_port}", "dba", "dba", f"exec={step.strip()};"],
                check=True,
                capture_output=True,
                timeout=3600,
            )
