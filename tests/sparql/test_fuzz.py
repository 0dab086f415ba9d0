"""Mutated queries, updates and data neither end nor hold up what reads them in the service."""

from __future__ import annotations

import mmap

from benchmarks import fuzz
from benchmarks._fuzz_inputs import SEEDS, input_of


def test_nothing_dies_of_mutated_input() -> None:
    """The long run is ``python -m benchmarks fuzz --inputs=1000000``.

    The process that starts it may map more than the inputs are allowed, as one that ran other
    tests does.
    """
    with mmap.mmap(-1, 4 * 1024**3, flags=mmap.MAP_PRIVATE, prot=0):
        findings = fuzz.run(1500, seed=11)
    assert findings.faults == {}
    assert findings.tried.total() == 1500
    assert set(findings.tried) == {kind for kind, _ in SEEDS}


def test_an_input_is_known_by_its_number() -> None:
    assert input_of(12, 3, SEEDS) == input_of(12, 3, SEEDS)
    assert len({input_of(n, 3, SEEDS) for n in range(100)}) > 90
