"""Where the tests find things: the project, and material beside it that is no part of it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Material that is not part of the product; tests that use it skip without it.
SHARED = ROOT.parent / "shared"
