"""A `kuvend serve` process for tests that need the whole server."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "open-sesame"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Server:
    """A server process and where it answers."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path

    def request(
        self, method: str, path: str, body: str | bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            # A body that is too long is refused before it was sent whole.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.read(), dict(response.getheaders())
        finally:
            connection.close()

    def raw(self, *parts: bytes) -> bytes:
        """What the server sends for these bytes until it closes or says nothing more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as sock:
            for part in parts:
                sock.sendall(part)
            # On a busy machine the first word may take a while.
            sock.settimeout(5)
            received = b""
            try:
                while piece := sock.recv(65536):
                    received += piece
                    sock.settimeout(0.3)
            except (TimeoutError, ConnectionResetError):
                pass
            return received


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def scratch_server(
    data_dir: Path, *, stderr: int = subprocess.DEVNULL, **settings: object
) -> Iterator[Server]:
    """`kuvend serve --empty` with the token ``TOKEN``, ready."""
    port = free_port()
    environment = {**os.environ, "KUVEND_TOKEN": TOKEN}
    environment |= {f"KUVEND_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-c", "from kuvend.cli import main; main()"]
    arguments = ["--data-dir", str(data_dir), "serve", "--empty", "--port", str(port)]
    process = subprocess.Popen([*command, *arguments], env=environment, stderr=stderr, cwd=data_dir)
    running = Server(process, port, data_dir)
    try:
        _wait_until_ready(running)
        yield running
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(server: Server) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        try:
            if server.request("GET", "/readyz")[0] == 200:
                return
        except OSError:
            assert server.process.poll() is None, "the server ended at once"
            time.sleep(0.05)
    raise AssertionError("the server did not become ready")
