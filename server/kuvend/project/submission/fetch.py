"""Sources named by a URL: read only from hosts the operator has named, and only as they answer.

The name is looked up once and the connection goes to the address that was checked, so a name
cannot lead elsewhere between the two. Redirects are not followed: they lead where nobody checked.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from urllib.parse import SplitResult, urlsplit

from kuvend.errors import BadRequest, Forbidden, NotFound, Timeout, TooLarge
from kuvend.syntax import Source

FETCH_TIMEOUT_S = 20.0
_PORTS = {"http": 80, "https": 443}
_ACCEPT = "text/turtle, application/ld+json, application/n-triples, application/trig, */*;q=0.1"


def is_url(name: str) -> bool:
    """Whether a name of a source is a URL and not a file.

    >>> is_url("https://example.org/a.ttl"), is_url("data/a.ttl")
    (True, False)
    """
    return name.lower().startswith(("http://", "https://"))


def fetch(
    url: str, *, allowed: frozenset[str], max_bytes: int, timeout_s: float = FETCH_TIMEOUT_S
) -> Source:
    """What ``url`` answers, for ``read_parts``; gzip and zip files are left packed.

    ``allowed`` are hosts as ``host`` (its usual port) or ``host:port``: the setting
    ``fetch_hosts``, split at spaces, in lower case. A host that leads to an address that is not
    public is refused unless that address is named too.

    :raises Forbidden: for a host or address that is not allowed.
    :raises BadRequest: for a URL that cannot be used, a redirect.
    :raises NotFound: where nothing answers, or with an error.
    :raises TooLarge: past ``max_bytes``.
    :raises Timeout: past ``timeout_s``, in seconds, from beginning to end.
    """
    parts = _checked(url, allowed)
    connection = _Connection(parts, _address(url, parts, allowed), timeout_s)
    # A peer may send a byte at a time, so that no single wait is too long.
    timer = threading.Timer(timeout_s, connection.cut)
    timer.start()
    try:
        connection.request("GET", _target(parts), headers={"Accept": _ACCEPT})
        response = connection.getresponse()
        _check_status(url, response)
        content = _read(url, response, max_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.is_late or isinstance(error, TimeoutError):
            raise _late(url, timeout_s) from error
        raise NotFound(f"nothing could be read: {error}.", source=url) from error
    finally:
        timer.cancel()
        connection.close()
    if connection.is_late:
        raise _late(url, timeout_s)
    name = url.partition("#")[0].partition("?")[0]
    return Source(name, content, response.headers.get("Content-Type"))


def _checked(url: str, allowed: frozenset[str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadRequest(f"this is no URL: {error}.", source=url) from error
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise BadRequest("a URL here starts with http:// or https:// and a host.", source=url)
    usual = port in (None, _PORTS[parts.scheme])
    if f"{host}:{port}" not in allowed and not (usual and host in allowed):
        raise Forbidden(
            f"{parts.netloc} is not among the hosts that are read from.",
            source=url,
            suggestion="Send the file itself, or have the operator name it in fetch_hosts.",
        )
    return parts


def _address(url: str, parts: SplitResult, allowed: frozenset[str]) -> str:
    """The address to connect to; all that the host leads to have to be allowed."""
    port = parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFound(f"the host {parts.hostname} is not known.", source=url) from error
    addresses = list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found))
    for text in addresses:
        address = ipaddress.ip_address(text)
        mapped = getattr(address, "ipv4_mapped", None) or address
        if not mapped.is_global and text not in allowed and str(mapped) not in allowed:
            raise Forbidden(
                f"{parts.hostname} leads to {text}, which is no public address.",
                source=url,
                suggestion="The operator can name that address in fetch_hosts.",
            )
    return addresses[0]


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, parts: SplitResult, address: str, timeout_s: float) -> None:
        port = parts.port or _PORTS[parts.scheme]
        super().__init__(parts.hostname or "", port, timeout=timeout_s)
        self.address, self.secure = address, parts.scheme == "https"
        self.default_port = _PORTS[parts.scheme]
        self.is_late = False
        self._raw: socket.socket | None = None

    def connect(self) -> None:
        self._raw = sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.secure:
            context = ssl.create_default_context()
            sock = self._raw = context.wrap_socket(sock, server_hostname=self.host)
        self.sock = sock

    def cut(self) -> None:
        """End it now, whatever is being read."""
        self.is_late = True
        if self._raw is not None:
            with contextlib.suppress(OSError):
                self._raw.shutdown(socket.SHUT_RDWR)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _check_status(url: str, response: http.client.HTTPResponse) -> None:
    if 300 <= response.status < 400:
        raise BadRequest(
            f"it answers with a redirect to {response.headers.get('Location', 'nowhere')}.",
            source=url,
            suggestion="Give the address where the file really is.",
        )
    if response.status != 200:
        raise NotFound(f"it answers {response.status} {response.reason}.", source=url)


def _read(url: str, response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    content = response.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise TooLarge(f"the file is larger than {max_bytes} bytes.", source=url)
    return content


def _late(url: str, timeout_s: float) -> Timeout:
    return Timeout(f"reading was given up after {timeout_s:g} s.", source=url)
