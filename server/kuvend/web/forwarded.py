"""What proxies in front say of a request: believed for as many as there are, and no further.

Each proxy appends to the headers what it was told; what stands before that came from anyone.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuvend.web.incoming import Request


def believe(request: Request, proxies: int) -> None:
    """Take client, scheme and host from what the outermost of ``proxies`` proxies said."""
    client = _said(request, "x-forwarded-for", proxies)
    address = _address(client)
    if address:
        request.client = address
    if _said(request, "x-forwarded-proto", proxies).lower() == "https":
        request.scheme = "https"
    host = _said(request, "x-forwarded-host", proxies)
    if host:
        request.headers["host"] = host


def _said(request: Request, name: str, proxies: int) -> str:
    values = request.headers.get(name, "").split(",")
    return values[-proxies].strip() if len(values) >= proxies else ""


def _address(text: str) -> str:
    """``address:port`` of an address, whose port nobody knows; empty where it is none.

    >>> _address("192.0.2.7"), _address("2001:db8::1"), _address("unknown")
    ('192.0.2.7:0', '[2001:db8::1]:0', '')
    """
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return ""
    return f"[{found}]:0" if found.version == 6 else f"{found}:0"
