"""Reasoning: our engine, owlrl, and those of PyPI that are installed, on the same data.

Each engine runs in a process of its own on one N-Triples file. ``load`` is reading and taking in,
``reason`` closing, the median of five processes where it takes less than a second; memory is the
peak of the process. Options: ``--sizes=1000,10000``, ``--engines=kuvend,owlrl``; ``--cpu`` for CPU
seconds, which tell more where others use the machine; ``--changes`` for assertions, retractions and
proofs on a closed graph; ``--scale`` for `kuvend reason` from file to file, in memory and out of
core (``--memory=1024``), in ``--folder=PATH`` on a disk, where data made before are used again.
The peers `reasonable` and `sparq-rdf` are measured where they can be imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path
from typing import Any

ENGINES = {"kuvend": "kuvend", "owlrl": "owlrl", "reasonable": "reasonable", "sparq": "sparq"}
# Beyond these sizes an engine takes minutes, or all memory.
LARGEST = {"owlrl": 10_000, "reasonable": 10_000}
TIMEOUT_S = 900
_QUICK_S = 1.0


def main(options: list[str]) -> None:
    """Print the tables."""
    given = dict(option.lstrip("-").partition("=")[::2] for option in options)
    sizes = [int(size) for size in given.get("sizes", "1000,10000,100000,1000000").split(",")]
    engines = given.get("engines", ",".join(ENGINES)).split(",")
    if "changes" in given:
        _changes(max(sizes))
        return
    if "scale" in given:
        chosen = given.get("engines", "kuvend,duckdb").split(",")
        with tempfile.TemporaryDirectory() as folder:
            _scale(Path(given.get("folder", folder)), sizes, chosen, given.get("memory", "1024"))
        return
    print("| engine | triples | load s | reason s | closure | peak MB | × ours |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            _compare(_data_file(Path(folder), size), size, engines, "cpu" if "cpu" in given else "")


def _compare(path: Path, size: int, engines: list[str], clock: str) -> None:
    ours = None
    for engine in engines:
        if size > LARGEST.get(engine, size) or not importlib.util.find_spec(ENGINES[engine]):
            continue
        row = _median(engine, path, clock)
        if row is None:
            print(f"| {engine} | {size:,} | – | stopped or failed | | | |")
            continue
        ours = row["reason"] if engine == "kuvend" else ours
        ratio = f"{row['reason'] / ours:.1f}" if ours else ""
        print(
            f"| {engine} | {size:,} | {row['load']:.2f} | {row['reason']:.3f} "
            f"| {row['closure']:,} | {row['peak_mb']:.0f} | {ratio} |",
            flush=True,
        )


def _scale(folder: Path, sizes: list[int], engines: list[str], memory_mb: str) -> None:
    """`kuvend reason` from a file to a file: parsing and writing among it."""
    print(
        "| engine | triples | inferred | s | CPU s | peak MB | database MB | spilled MB | sha256 |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        path = _data_file(folder, size)
        for engine in engines:
            row, digest = _reason(path, engine, memory_mb)
            on_disk = (row.get(name, 0) / 2**20 for name in ("file_bytes", "spilled_bytes"))
            print(
                f"| {engine} | {size:,} | {row['lines']:,} | {row['seconds']:.1f}"
                f" | {row['cpu_seconds']:.1f} | {row['peak_mb']:,}"
                f" | {' | '.join(f'{mb:.0f}' for mb in on_disk)}"
                f" | {digest[:12]} |",
                flush=True,
            )


def _reason(path: Path, engine: str, memory_mb: str) -> tuple[dict[str, Any], str]:
    """What `kuvend reason --stats` says, with the number of lines, and the digest of its output."""
    command = [sys.executable, "-c", "from kuvend.cli import main; main()", "reason", str(path)]
    environment = {
        **os.environ,
        "KUVEND_REASONING_MEMORY_MB": memory_mb,
        "KUVEND_REASONING_TEMP_DIR": str(path.parent),
    }
    output = path.with_suffix(f".{engine}")
    with output.open("wb") as file:
        done = subprocess.run(
            [*command, "--engine", engine, "--stats"],
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment,
        )
    digest, lines = hashlib.sha256(), 0
    with output.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
            lines += block.count(b"\n")
    output.unlink()
    (stats,) = (line for line in done.stderr.splitlines() if line.startswith('{"engine"'))
    return {**json.loads(stats), "lines": lines}, digest.hexdigest()


def _median(engine: str, path: Path, clock: str) -> dict[str, float] | None:
    row = _measure(engine, path, clock)
    if row is None or row["reason"] >= _QUICK_S:
        return row
    rows = [row, *(_measure(engine, path, clock) for _ in range(4))]
    return sorted((r for r in rows if r is not None), key=lambda r: r["reason"])[len(rows) // 2]


def _measure(engine: str, path: Path, clock: str) -> dict[str, float] | None:
    command = [sys.executable, "-m", "benchmarks.reasoning", engine, str(path), clock]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        print(done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    row: dict[str, float] = json.loads(done.stdout)
    return row


def _data_file(folder: Path, size: int) -> Path:
    from benchmarks._local_government import data, ontology

    path = folder / f"{size}.nt"
    if path.exists():
        return path
    with path.open("w", encoding="utf-8") as file:
        triples = islice(chain(ontology(), data(1)), size)
        file.writelines(f"{triple} .\n" for triple in triples)
    return path


# -- in the process of one engine ------------------------------------------------------------------


def _now() -> float:
    return time.process_time() if sys.argv[3:] == ["cpu"] else time.perf_counter()


def _kuvend(path: str) -> tuple[float, float, int]:
    import pyoxigraph as ox

    from kuvend.reasoning.engine import Engine
    from kuvend.syntax.pause import collector_paused

    with collector_paused():
        start = _now()
        engine = Engine()
        delta = engine.load(q.triple for q in ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES))
        loaded = _now()
        engine.run(delta)
        closed = _now()
    size = sum(relation.size for relation in engine.relations.values())
    return loaded - start, closed - loaded, size


def _owlrl(path: str) -> tuple[float, float, int]:
    import owlrl
    import rdflib

    start = _now()
    graph = rdflib.Graph().parse(path, format="nt")
    loaded = _now()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return loaded - start, _now() - loaded, len(graph)


def _reasonable(path: str) -> tuple[float, float, int]:
    import reasonable

    start = _now()
    engine = reasonable.PyReasoner()
    turtle = Path(path).with_suffix(".ttl")
    turtle.write_bytes(Path(path).read_bytes())
    engine.load_file(str(turtle))
    loaded = _now()
    closure = engine.reason()
    return loaded - start, _now() - loaded, len(closure)


def _sparq(path: str) -> tuple[float, float, int]:
    import sparq

    start = _now()
    graph = sparq.Graph.load(path, format="ntriples")
    loaded = _now()
    graph.reason("owl")
    closed = _now()
    rows = graph.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows
    return loaded - start, closed - loaded, int(rows[0]["n"].value)


def _run_one(engine: str, path: str) -> None:
    runs: dict[str, Callable[[str], tuple[float, float, int]]] = {
        "kuvend": _kuvend,
        "owlrl": _owlrl,
        "reasonable": _reasonable,
        "sparq": _sparq,
    }
    load, reason, closure = runs[engine](path)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"load": load, "reason": reason, "closure": closure, "peak_mb": peak_mb}))


# -- changes and proofs ----------------------------------------------------------------------------


def _changes(size: int) -> None:
    from benchmarks._local_government import graph, ontology
    from kuvend.reasoning import Reasoner

    triples = graph(size)
    start = time.perf_counter()
    reasoner = Reasoner(triples)
    print(f"closed {size:,} triples in {time.perf_counter() - start:.2f} s, loading among it\n")
    reasoner.inconsistencies()
    data = triples[len(ontology()) :]
    chance = random.Random(1)
    print("| change | median ms | worst ms |")
    print("|---|---|---|")
    for count in (1, 100, 1000):
        removing, adding = [], []
        for _ in range(7):
            some = chance.sample(data, count)
            removing.append(_timed(reasoner.remove, some))
            adding.append(_timed(reasoner.add, some))
        _print_times(f"retract {count}", removing[1:])
        _print_times(f"assert {count}", adding[1:])
    axiom = next(t for t in triples if "cooperatesWith" in str(t.subject))
    _print_times("retract an axiom", [_timed(reasoner.remove, [axiom])])
    _print_times("assert an axiom", [_timed(reasoner.add, [axiom])])
    inferred = list(reasoner.add(_new_town(data)).inferred)
    reasoner.explain(*inferred[0])
    proofs = [_timed(reasoner.explain, *t) for t in chance.choices(inferred, k=300)]
    _print_times("prove an inferred triple", proofs)


def _new_town(data: list[Any]) -> list[Any]:
    """One municipality under a new name, to have inferred triples at hand."""
    import pyoxigraph as ox

    text = "".join(f"{t} .\n" for t in data if "/m77-" in str(t) or "/m77>" in str(t))
    quads = ox.parse(text.replace("/m77", "/new77"), ox.RdfFormat.N_TRIPLES)
    return [quad.triple for quad in quads]


def _timed(function: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1000


def _print_times(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    print(f"| {name} | {ordered[len(ordered) // 2]:.1f} | {ordered[-1]:.1f} |")


if __name__ == "__main__":
    _run_one(sys.argv[1], sys.argv[2])
