"""The claims that support a triple: its own, or those its proof rests on."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kuvend.describe.evidence import Claim
from kuvend.describe.proof import Proof


class Support:
    """Asks for proofs, and remembers the claims they rest on."""

    def __init__(self, prove: Callable[[ox.Triple], Proof | None]) -> None:
        self._prove = prove
        self._found: dict[ox.Triple, tuple[Claim, ...]] = {}

    def of(self, triple: ox.Triple) -> tuple[Claim, ...]:
        """The claims for ``triple``, or for the asserted triples it follows from."""
        if triple not in self._found:
            proof = self._prove(triple)
            self._found[triple] = proof.all_claims() if proof else ()
        return self._found[triple]
