"""What data are checked against: named shape sets and profiles, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

SHAPES = Path(__file__).parent.parent / "shapes" / "examples"
WARNED = b"<https://w3id.org/kuvend/id/org/akk> <http://example.org/p> 1 ."


def checked(client: FlaskClient, data: bytes, query: str) -> dict[str, Any]:
    sent = {"Content-Type": "text/turtle", "Accept": "application/json"}
    answer = client.post(f"/validate?alone=true&{query}", data=data, headers=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def rules(report: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in report["findings"]}


def test_programs_are_told_the_sets_and_profiles(client: FlaskClient) -> None:
    answer = client.get(
        "/validate", headers={"Accept": "application/json", "Accept-Language": "sq"}
    )
    found = answer.get_json()
    names = {one["name"] for one in found["shapes"]}
    assert {"all", "must", "recommended", "evidence", "organs", "recommended/organs"} <= names
    profiles = {one["name"]: one for one in found["profiles"]}
    assert profiles["strict"]["failsOn"] == ["violation", "warning"]
    assert profiles["first-look"]["inContext"] is False
    assert profiles["contributor"]["title"] == "Për ata që dorëzojnë të dhëna"
    whole = {one["name"]: one["count"] for one in found["shapes"]}
    assert whole["all"] > whole["must"] > whole["organs"] > 0


def test_a_set_checks_its_shapes_and_no_others(client: FlaskClient) -> None:
    data = (SHAPES / "Organ-no-event.fail.ttl").read_bytes()
    assert "shape/Organ-no-event" in rules(checked(client, data, "shapes=organs"))
    others = rules(checked(client, data, "shapes=counts,recommended/time"))
    assert not [rule for rule in others if rule.startswith("shape/Organ")]


def test_a_profile_decides_from_which_severity_on_data_fail(client: FlaskClient) -> None:
    assert checked(client, WARNED, "profile=contributor")["conforms"] is True
    strict = checked(client, WARNED, "profile=strict")
    assert strict["conforms"] is False
    assert strict["counts"]["warning"] > 0


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("profile=contribtor", "contributor"),
        ("shapes=organ", "organs"),
        ("shapes=must,evidnce", "evidence"),
    ],
)
def test_an_unknown_name_is_refused_with_the_one_that_was_meant(
    client: FlaskClient, query: str, meant: str
) -> None:
    answer = client.post(f"/validate?{query}", data=WARNED, headers={"Content-Type": "text/turtle"})
    assert answer.status_code == 400
    suggestion = answer.get_json()["suggestion"]
    assert f"Did you mean {meant}?" in suggestion
    assert "There are: " in suggestion


def test_a_text_longer_than_a_form_usually_takes_is_read(client: FlaskClient) -> None:
    text = "# " + "x" * 600_000 + "\n" + WARNED.decode()
    answer = client.post(
        "/validate?shapes=counts&alone=true", data={"text": text, "format": "json"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["triples"] == 1
