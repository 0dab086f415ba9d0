"""Headers every response carries: security, and reading from any origin."""

from __future__ import annotations

from flask import Flask, Response, request

# No page needs a script, an inline style or anything from another host.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

_FIXED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, ETag, Location, Content-Language, Retry-After, "
    "Preference-Applied, Kuvend-Release, Kuvend-Added, Kuvend-Rows",
}


def fixed_headers() -> dict[str, str]:
    """The headers of every response, for a server that answers without the application."""
    return dict(_FIXED)


def install(app: Flask) -> None:
    """Add the headers to every response of ``app`` that does not set its own."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    # A body that is still coming is not gone through for its length.
    is_empty = response.is_sequence and request.method != "HEAD" and not response.get_data()
    if is_empty and (request.method != "GET" or response.status_code != 200):
        # There is nothing it could be the type of; a graph may well be empty.
        response.headers.remove("Content-Type")
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        allowed = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers.setdefault("Access-Control-Allow-Methods", allowed)
        response.headers.setdefault(
            "Access-Control-Allow-Headers",
            "Accept, Accept-Language, Content-Type, If-None-Match, Prefer",
        )
        response.headers.setdefault("Access-Control-Max-Age", "86400")
    return response
