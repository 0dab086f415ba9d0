"""Requests as bytes, and what comes back for them."""

from __future__ import annotations

HOST = b"Host: a\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST


def answers(received: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Status, headers and body of each answer in a row of them."""
    found = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        size = int(headers.get("content-length", len(received)))
        found.append((int(lines[0].split()[1]), headers, received[:size]))
        received = received[size:]
    return found
