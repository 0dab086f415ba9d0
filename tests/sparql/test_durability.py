"""What was acknowledged is there after a crash, and what was not is there wholly or not at all."""

from __future__ import annotations

from pathlib import Path

from benchmarks import kills


def test_acknowledged_writes_survive_kill(tmp_path: Path) -> None:
    """The long run is ``python -m benchmarks kills --times=200``."""
    tally = kills.run(3, seed=7, folder=tmp_path, longest_s=0.3)
    assert tally.faults == []
    assert tally.kills == 3
    assert tally.acknowledged > 0
    assert tally.reads > 0
