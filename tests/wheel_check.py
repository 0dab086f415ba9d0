"""Install the wheel into an empty environment, in an empty folder, and use it.

Run by ``make wheel-check``: ``pip install <wheel>``, ``kuvend build``, ``kuvend serve``, one
SPARQL query over HTTP. Exits non-zero with the output of what failed.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUERY = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/kuvend/def#Municipality> }"


def run(*command: str, cwd: Path) -> str:
    # Nothing of the checkout may leak in: neither its modules nor its settings.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("KUVEND_", "PYTHON"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, *, patience_s: float = 300) -> int:
    url = f"http://127.0.0.1:{port}/sparql?" + urllib.parse.urlencode({"query": QUERY})
    until = time.monotonic() + patience_s
    while True:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                rows = json.load(answer)["results"]["bindings"]
                return int(rows[0]["n"]["value"])
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheels, empty, environment = folder / "wheels", folder / "empty", folder / "env"
        empty.mkdir()
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir",
            str(wheels), str(ROOT), cwd=folder)  # fmt: skip
        venv.create(environment, with_pip=True)
        binaries = environment / "bin"
        wheel = next(wheels.glob("kuvend-*.whl"))
        run(str(binaries / "pip"), "install", "--quiet", "--no-compile", str(wheel), cwd=empty)
        print(run(str(binaries / "kuvend"), "build", cwd=empty).strip())
        port = free_port()
        server = subprocess.Popen(
            [str(binaries / "kuvend"), "serve", "--port", str(port)], cwd=empty
        )
        try:
            municipalities = ask(port)
        finally:
            server.terminate()
            server.wait(120)
        if municipalities < 2:
            sys.exit(f"the served graph knows {municipalities} municipalities")
        print(f"wheel: served, {municipalities} municipalities")


if __name__ == "__main__":
    main()
