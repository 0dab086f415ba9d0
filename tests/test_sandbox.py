"""What processes of ours are told of their environment."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kuvend.sandbox import bare_environment


def test_a_process_of_ours_is_told_no_token_and_asks_nobody_for_a_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUVEND_TOKEN", "open-sesame")
    environment = bare_environment()
    assert "open-sesame" not in "".join(environment.values())
    asked = "import sys, kuvend, sysconfig; print('pwd' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, check=True, text=True
    )
    assert found.stdout.strip() == "False"
