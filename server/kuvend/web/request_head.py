"""What the head of a request may say: whose it is, and how its body was packed.

The HTTP parser takes any host, and any coding before the chunks; what came would be read as if
nothing had been done to it.
"""

from __future__ import annotations

import re
from typing import Any

from kuvend.errors import BadRequest, KuvendError, UnsupportedMediaType

_HOST = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]{0,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?"
)
_OLD = frozenset({"1", "1.0"})
_GZIP = frozenset({"gzip", "x-gzip"})


def wrong_head(scope: Any) -> KuvendError | None:
    """What is wrong with the head of a request, or nothing.

    Source: RFC 9112 §3.2 (host), §6.1 (transfer coding); RFC 9110 §8.4.1 (content coding).
    """
    headers = scope.headers
    hosts = headers.get_all("host")
    if len(hosts) != 1 and not (scope.http_version in _OLD and not hosts):
        return BadRequest(
            f"the request has {len(hosts)} headers Host; it takes one.", source="Host"
        )
    if hosts and _HOST.fullmatch(hosts[0]) is None:
        return BadRequest("the header Host is no host.", source="Host")
    if "transfer-encoding" in headers:
        coding = ", ".join(headers.get_all("transfer-encoding"))
        if coding.strip().lower() != "chunked":
            return BadRequest(
                f"the transfer coding {coding} is not read.",
                source="Transfer-Encoding",
                suggestion="Send the body in chunks alone, or with its length.",
            )
    if "content-encoding" in headers:
        return _wrong_coding(scope.path, headers.get_all("content-encoding"))
    return None


def read_codings(path: str) -> str:
    """The content codings in which a body is read at ``path``."""
    # What is submitted may be an archive, and is known by its first bytes.
    return "gzip" if path == "/validate" else "identity"


def _wrong_coding(path: str, codings: list[str]) -> KuvendError | None:
    named = ", ".join(codings).strip().lower()
    if named in {"", "identity"} or (read_codings(path) == "gzip" and named in _GZIP):
        return None
    return UnsupportedMediaType(
        f"a body with the content coding {named} is not read here.",
        source="Content-Encoding",
        suggestion="Send it as it is, without the header Content-Encoding.",
    )
