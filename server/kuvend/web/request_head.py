"""What the head of a request may say: whose it is, and how its body was packed.

The HTTP parser takes any host, and any coding before the chunks; what came would be read as if
nothing had been done to it.
"""

from __future__ import annotations

import re

from kuvend.errors import BadRequest, KuvendError, UnsupportedMediaType
from kuvend.web.incoming import Request

_HOST = re.compile(
    r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]{0,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?"
)
_GZIP = frozenset({"gzip", "x-gzip"})


def wrong_head(request: Request) -> KuvendError | None:
    """What is wrong with the head of a request, or nothing.

    Source: RFC 9112 §3.2 (host), §6.1 (transfer coding); RFC 9110 §8.4.1 (content coding).
    """
    headers = request.headers
    host = headers.get("host")
    if host is None:
        if request.http_version == "1.1":
            return BadRequest("the request has no header Host; it takes one.", source="Host")
    elif _HOST.fullmatch(host) is None or ("," in host and len(request.values("host")) > 1):
        count = len(request.values("host"))
        what = "the header Host is no host." if count == 1 else f"there are {count} headers Host."
        return BadRequest(what, source="Host")
    if "transfer-encoding" in headers:
        coding = headers["transfer-encoding"]
        if coding.strip().lower() != "chunked":
            return BadRequest(
                f"the transfer coding {coding} is not read.",
                source="Transfer-Encoding",
                suggestion="Send the body in chunks alone, or with its length.",
            )
    if "content-encoding" in headers:
        return _wrong_coding(request.path, headers["content-encoding"])
    return None


def read_codings(path: str) -> str:
    """The content codings in which a body is read at ``path``."""
    # What is submitted may be an archive, and is known by its first bytes.
    return "gzip" if path == "/validate" else "identity"


def _wrong_coding(path: str, codings: str) -> KuvendError | None:
    named = codings.strip().lower()
    if named in {"", "identity"} or (read_codings(path) == "gzip" and named in _GZIP):
        return None
    return UnsupportedMediaType(
        f"a body with the content coding {named} is not read here.",
        source="Content-Encoding",
        suggestion="Send it as it is, without the header Content-Encoding.",
    )
