"""Who may do what: bearer tokens, of which only hashes are kept.

Source: RFC 6750.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from flask import current_app, request

from kuvend.config import Settings
from kuvend.errors import Forbidden, ProjectError, Unauthorized

READ, WRITE, ADMIN = "read", "write", "admin"
SCOPES = (READ, WRITE, ADMIN)
# What the name of a token is made of: it stands in a list with spaces and colons between.
NAME = re.compile(r"[\w.@+\-]+")
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")


def hash_token(token: str) -> str:
    """The hash to put into the settings: SHA-256 as hexadecimal digits.

    >>> hash_token("secret")[:8]
    '2bb80d53'
    """
    return hashlib.sha256(token.encode()).hexdigest()


def known_tokens(settings: Settings) -> dict[str, frozenset[str]]:
    """Hash of each token and its scopes.

    :raises ProjectError: where the setting cannot be read.
    """
    found: dict[str, frozenset[str]] = {}
    for number, entry in enumerate(settings.tokens.split(), 1):
        name, _, rest = entry.partition(":")
        scopes, _, digest = rest.partition(":")
        wanted = frozenset(scopes.split("+"))
        if not name or not wanted <= set(SCOPES) or not _DIGEST.fullmatch(digest):
            # Its text may be the token itself.
            raise ProjectError(
                f"entry {number} of the setting tokens is not name:scope+scope:sha256.",
                suggestion=f"kuvend token prints one; scopes are {', '.join(SCOPES)}.",
            )
        found[digest.lower()] = frozenset(SCOPES) if ADMIN in wanted else wanted
    if settings.token:
        found[hash_token(settings.token)] = frozenset(SCOPES)
    return found


def require(scope: str) -> None:
    """Nothing where the request carries a token with ``scope``.

    :raises Unauthorized: for no token, or one that is not known.
    :raises Forbidden: for a token without the scope, and where no tokens are set up at all.
    """
    tokens = known_tokens(current_app.extensions["kuvend"].settings)
    if not tokens:
        raise Forbidden(
            "this service takes no changes: no token is set up.",
            suggestion="The operator can set KUVEND_TOKEN.",
        )
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthorized("this needs a token.", suggestion="Send Authorization: Bearer TOKEN.")
    given = hash_token(token.strip())
    scopes = [held for digest, held in tokens.items() if hmac.compare_digest(digest, given)]
    if not scopes:
        raise Unauthorized("the token is not known.")
    if scope not in scopes[0]:
        raise Forbidden(f"the token has not the scope {scope}.")
