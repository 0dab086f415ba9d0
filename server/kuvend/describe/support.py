"""The claims that support a triple: its own, or those its shortest proof rests on."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.describe.evidence import Claim
from kuvend.describe.proof import Prover
from kuvend.store import GraphNames, Store


class Support:
    """Looks for claims, and remembers what it found."""

    def __init__(self, store: Store, graphs: GraphNames) -> None:
        self._prover = Prover(store, graphs)
        self._found: dict[ox.Triple, tuple[Claim, ...]] = {}

    def of(self, triple: ox.Triple) -> tuple[Claim, ...]:
        """The claims for ``triple``, or for the asserted triples it follows from."""
        if triple not in self._found:
            proof = self._prover.prove(triple)
            self._found[triple] = proof.all_claims() if proof else ()
        return self._found[triple]
