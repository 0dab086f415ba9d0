"""What came and is no request, in words for who sent it."""

from __future__ import annotations

import httptools

from kuvend.errors import BadRequest, KuvendError, MethodNotAllowed

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
# What to do about what the parser says.
_ADVICE = {
    "url": "Percent-encode spaces and control characters in the address.",
    "Transfer-Encoding": "Send the body in chunks or with its length, not both.",
    "HTTP version": "Speak HTTP/1.1; for another version or TLS put a proxy in front.",
}


class Refused(Exception):
    """Ends the parser from one of its calls."""

    def __init__(self, error: KuvendError) -> None:
        super().__init__(error)
        self.error = error


def told(error: httptools.HttpParserError) -> KuvendError:
    """What is wrong with the head or the body of a request."""
    if isinstance(error.__context__, Refused):
        return error.__context__.error
    if isinstance(error, httptools.HttpParserInvalidMethodError):
        return MethodNotAllowed("this is no method known here.", allow=_METHODS)
    said = str(error)
    advice = next((todo for about, todo in _ADVICE.items() if about in said), None)
    return BadRequest(f"the request is not HTTP/1.1: {said}.", suggestion=advice)
