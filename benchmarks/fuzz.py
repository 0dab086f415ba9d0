"""Feeds mutated queries, updates and data to everything that reads what a visitor sends.

``--inputs=1000000`` says how many, ``--seed=N`` which, ``--seconds=N`` ends earlier,
``--processes=N`` runs side by side (default: one for each processor), and ``--corpus=FOLDER`` adds
the files of the W3C suites. Each input goes where its kind goes, in a process that may die of it:
a query through what the serving process does with its tokens and then to the engine, as a worker
does it; data to the parsers that keep positions and to the engine's own, which have to agree on
what is accepted and on the triples. A death or a delay on the tokens is a finding; the engine may
end its process, as it does in a worker, and those are counted.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import select
import signal
import struct
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox

from benchmarks._fuzz_inputs import MEDIA_TYPES, QUERY, UPDATE, Seeds, input_of, seeds_of
from kuvend.config import Settings
from kuvend.errors import KuvendError
from kuvend.namespaces import prefixes
from kuvend.sandbox import limit_memory
from kuvend.sparql import Limits, check
from kuvend.sparql.data import Data
from kuvend.sparql.explain import explain_failure
from kuvend.sparql.lint import lint
from kuvend.sparql.paging import in_total_order
from kuvend.syntax import Source, parse_source

KINDS = (QUERY, UPDATE, *MEDIA_TYPES)
# What a process does at the moment it dies.
SERVING, POSITIONS, ENGINE, PARSER = range(4)
STAGES = ("on the tokens", "with positions", "in the engine", "in the parser of the engine")
_SHIFT = 20_000
# Of processor time, so that a busy machine is no finding.
_DEADLINE_S = 2.0
# Beyond what the parent maps, which can be more than this when it runs other things too.
_EXTRA_MEMORY_BYTES = 2 * 1024**3
_STATE = struct.Struct(f"qq{len(KINDS)}q")
Told = Callable[[str, str], None]


@dataclass
class Findings:
    """How many inputs were tried, what went wrong, and how often the engine ended its process."""

    tried: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, text: str) -> None:
        """Note a fault with the first input that shows it."""
        self.faults.setdefault(what, text)


def try_data(kind: str, text: str, told: Told, stage: Callable[[int], None]) -> None:
    """Parse data with positions and without; both have to agree."""
    media_type = MEDIA_TYPES[kind]
    content = text.encode("utf-8", "surrogatepass")
    stage(POSITIONS)
    try:
        parsed = parse_source(Source("fuzz", content, media_type), base_iri="http://b/")
    except KuvendError:
        return
    except Exception as error:  # noqa: BLE001 - any is a finding
        told(f"{kind}: {type(error).__name__} {str(error)[:60]}", text)
        return
    if kind in {".rdf", ".jsonld"}:
        # Ours are stricter there by decision, for instance about lost keys and missing end tags.
        return
    stage(PARSER)
    form = ox.RdfFormat.from_media_type(media_type)
    assert form is not None
    try:
        # A mark of the byte order is left out here by decision; the engine takes none.
        theirs = list(ox.parse(content.removeprefix(b"\xef\xbb\xbf"), form, base_iri="http://b/"))
    except (SyntaxError, ValueError):
        if not parsed.errors:
            told(f"{kind}: accepted here and refused by the engine", text)
        return
    if parsed.errors:
        told(f"{kind}: refused here: {parsed.errors[0].detail[:40]}", text)
    elif sorted(map(_shape, theirs)) != sorted(_shape(q.quad) for q in parsed.quads):
        told(f"{kind}: other triples", text)


def _shape(quad: ox.Quad) -> str:
    """A quad without the names of its blank nodes."""
    return " ".join(map(_nameless, quad))


def _nameless(term: object) -> str:
    if isinstance(term, ox.Triple):
        return f"<<{' '.join(map(_nameless, term))}>>"
    return "_" if isinstance(term, ox.BlankNode) else str(term)


class _Asking:
    """What becomes of a query or an update: the checks, the engine, and the words for a failure."""

    def __init__(self) -> None:
        settings = Settings()
        self._limits = {QUERY: Limits.for_queries(settings), UPDATE: Limits.for_updates(settings)}
        self._prefixes = prefixes()
        engine = ox.Store()
        engine.extend(map(_as_quad, ox.parse(_DATA, ox.RdfFormat.TURTLE)))
        self._data = Data(engine, settings.base_iri)

    def try_text(self, kind: str, text: str, told: Told, stage: Callable[[int], None]) -> None:
        """Check it and, where the checks let a query through, run it."""
        stage(SERVING)
        try:
            found = check(text, self._limits[kind])
            lint(text, prefixes=self._prefixes)
            ordered = in_total_order(text)
        except KuvendError:
            return
        except Exception as error:  # noqa: BLE001 - any is a finding
            told(f"{kind} tokens: {type(error).__name__} {str(error)[:60]}", text)
            return
        if found.is_update:
            return
        stage(ENGINE)
        failure = self._run(ordered, uses_graph=found.uses_graph)
        if failure is None:
            return
        stage(SERVING)
        try:
            explain_failure(type(failure).__name__, str(failure), text, self._prefixes)
        except Exception as error:  # noqa: BLE001 - any is a finding
            told(f"explaining: {type(error).__name__} {str(error)[:60]}", text)

    def _run(self, text: str, *, uses_graph: bool) -> Exception | None:
        try:
            result = self._data.query(
                text,
                default_graphs=(),
                named_graphs=None,
                entailment="owl-rl",
                uses_graph=uses_graph,
            )
            if not isinstance(result, ox.QueryBoolean):
                for _ in islice(result, 200):
                    pass
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is reported
            return error
        return None


_DATA = "<urn:a> <urn:b> <urn:c>, 1, 'x'@en ; a <urn:C> . <urn:s1> <urn:p1> <urn:a> ."


def _as_quad(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object)


class _Shift:
    """One forked process that tries inputs by number; its state outlives it."""

    def __init__(self, start: int, end: int, seed: int, seeds: Seeds) -> None:
        self.start, self.end = start, end
        self._seed, self._seeds = seed, seeds
        self._state = mmap.mmap(-1, _STATE.size)
        self._counts = [0] * len(KINDS)
        self._number, self._stage = start, SERVING
        self._save()
        read_end, self._write_end = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read_end)
            self._work()
        os.close(self._write_end)
        self.output = read_end
        self.received = b""

    def _save(self) -> None:
        _STATE.pack_into(self._state, 0, self._number, self._stage, *self._counts)

    def state(self) -> tuple[int, int, Counter[str]]:
        """The number of the input at hand, what is done with it, and how many were tried."""
        number, stage, *counts = _STATE.unpack_from(self._state)
        return number, stage, Counter(dict(zip(KINDS, counts, strict=True)))

    def _work(self) -> None:
        # Whatever happens here, the process must not go on as its parent.
        try:
            limit_memory(_EXTRA_MEMORY_BYTES)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            asking = _Asking()
            for number in range(self.start, self.end):
                self._number = number
                kind, text = input_of(number, self._seed, self._seeds)
                self._counts[KINDS.index(kind)] += 1
                signal.setitimer(signal.ITIMER_PROF, _DEADLINE_S)
                if kind in MEDIA_TYPES:
                    try_data(kind, text, self._tell, self._at)
                else:
                    asking.try_text(kind, text, self._tell, self._at)
                signal.setitimer(signal.ITIMER_PROF, 0)
            self._number = self.end
            self._save()
            os._exit(0)
        finally:
            os._exit(3)

    def _at(self, stage: int) -> None:
        self._stage = stage
        self._save()

    def _tell(self, what: str, text: str) -> None:
        os.write(self._write_end, json.dumps([what, text]).encode() + b"\n")


def run(
    count: int, seed: int, *, seconds: float = 1e9, corpus: str = "", processes: int = 1
) -> Findings:
    """Try ``count`` inputs, or as many as ``seconds`` allow."""
    findings = Findings()
    seeds = seeds_of(corpus)
    end = time.monotonic() + seconds
    size = max(1, min(_SHIFT, -(-count // processes)))
    waiting = [(start, min(start + size, count)) for start in range(0, count, size)]
    running: dict[int, _Shift] = {}
    while waiting or running:
        is_late = time.monotonic() > end
        while waiting and len(running) < processes and not is_late:
            shift = _Shift(*waiting.pop(0), seed, seeds)
            running[shift.output] = shift
        if is_late:
            waiting.clear()
            for shift in running.values():
                os.kill(shift.pid, signal.SIGKILL)
        for output in select.select(list(running), [], [], 0.5)[0]:
            shift = running[output]
            part = os.read(output, 65536)
            shift.received += part
            if not part:
                del running[output]
                os.close(output)
                rest = _take(shift, findings, is_late=is_late)
                waiting[:0] = [rest] if rest else []
    return findings


def _take(shift: _Shift, findings: Findings, *, is_late: bool) -> tuple[int, int] | None:
    """Count what a shift did; what is left of it where it died of an input."""
    _, status = os.waitpid(shift.pid, 0)
    number, stage, tried = shift.state()
    findings.tried += tried
    for line in shift.received.splitlines():
        findings.add(*json.loads(line))
    if number >= shift.end or is_late:
        return None
    kind, text = input_of(number, shift._seed, shift._seeds)
    end = -status if os.WIFEXITED(status) else os.WTERMSIG(status)
    name = signal.Signals(end).name if end > 0 else f"exit {-end >> 8}"
    what = f"{kind} {STAGES[stage]}: {'took too long' if name == 'SIGPROF' else name}"
    if stage in {ENGINE, PARSER}:
        findings.ended[what] += 1
    else:
        findings.add(what, text)
    return (number + 1, shift.end) if number + 1 < shift.end else None


def main(arguments: Sequence[str] = ()) -> None:
    """Print how many inputs of each kind were tried and what was found."""
    options = dict(a.lstrip("-").split("=", 1) for a in arguments if "=" in a)
    started = time.monotonic()
    findings = run(
        int(options.get("inputs", "20000")),
        int(options.get("seed", "1")),
        seconds=float(options.get("seconds", "1e9")),
        corpus=options.get("corpus", ""),
        processes=int(options.get("processes", str(os.cpu_count() or 1))),
    )
    print("| kind | inputs |\n|---|---|")
    for kind, tried in sorted(findings.tried.items()):
        print(f"| {kind} | {tried} |")
    all_tried = findings.tried.total()
    print(f"| all | {all_tried} |\n")
    print(
        f"{all_tried / (time.monotonic() - started):.0f} a second, {len(findings.faults)} findings"
    )
    for what, text in findings.faults.items():
        print(f"- {what}: {text!r}")
    for what, times in findings.ended.items():
        print(f"- a worker would have ended, {times} times: {what}")
    if findings.faults:
        raise SystemExit(1)
