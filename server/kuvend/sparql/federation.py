"""Which addresses an allowed ``SERVICE`` may really lead to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from kuvend.errors import BadRequest, Forbidden


def check_addresses(hosts: Iterable[str], allowed: frozenset[str]) -> None:
    """Nothing where each host leads to public addresses only, or to addresses that are allowed.

    A name may be made to point at the machine itself or its neighbours; such an address has to be
    named in the setting like a host.

    :raises Forbidden: for a host that leads elsewhere.
    :raises BadRequest: for a host nobody knows.

    >>> check_addresses(["127.0.0.1:8000"], frozenset({"127.0.0.1:8000", "127.0.0.1"}))
    """
    for host in hosts:
        for address in _addresses(host):
            if not address.is_global and str(address) not in allowed:
                raise Forbidden(
                    f"SERVICE is refused for {host}: it leads to {address}.",
                    suggestion="The operator can name that address in service_hosts.",
                )


def _addresses(host: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    parts = urlsplit(f"//{host}")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise BadRequest(f"the host {host} of SERVICE is not known.") from error
    # An IPv6 address may carry a zone after a percent sign.
    return {ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found}
