"""A web server of its own for tests that read submissions by their URL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


@contextmanager
def file_host(content: bytes) -> Iterator[str]:
    """``host:port`` of a server that answers with ``content``, drips it, moves or has nothing."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = {"/moved": 302, "/missing": 404}.get(self.path, 200)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://169.254.169.254/")
            self.send_header("Content-Type", "text/turtle")
            self.end_headers()
            if self.path == "/slow":
                never = threading.Event()
                for letter in content * 9:
                    self.wfile.write(bytes([letter]))
                    never.wait(0.05)
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: tests are silent."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
