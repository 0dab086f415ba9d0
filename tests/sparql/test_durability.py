"""What was acknowledged is there after a crash."""

from __future__ import annotations

import json
from pathlib import Path

from service_process import BEARER, scratch_server


def test_acknowledged_writes_survive_kill(tmp_path: Path) -> None:
    for cycle in range(3):
        with scratch_server(tmp_path) as server:
            for number in range(3):
                subject = f"<urn:c{cycle}>"
                text = f"INSERT DATA {{ {subject} <urn:n> {number} ; <urn:m> {number} }}"
                status, _, _ = server.request(
                    "POST", "/update", text, Content_Type="application/sparql-update", **BEARER
                )
                assert status == 204
            # The context manager kills the server, and with it its writer, without a word.
    with scratch_server(tmp_path) as server:
        asked = "/sparql?query=SELECT(COUNT(*)AS%20%3Fn)%7B%3Fs%20%3Fp%20%3Fo%7D"
        body = json.loads(server.request("GET", asked)[1])
    assert body["results"]["bindings"][0]["n"]["value"] == "18"
