"""Settings: what is read from where, and what a value that cannot be gets told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuvend.config import read_settings
from kuvend.errors import BadRequest


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kuvend.toml"
    file.write_text("port = 1\nquery_workers = 2\nkeep_releases = 9\n")
    environment = {"KUVEND_PORT": "3", "KUVEND_QUERY_WORKERS": "4"}
    settings = read_settings(environment, file=file, flags={"port": 5, "host": None})
    assert (settings.port, settings.query_workers, settings.keep_releases) == (5, 4, 9)
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KUVEND_PORT", "http", "a value of type int"),
        ("KUVEND_KEEP_RELEASES", "-1", "from 0 up"),
        ("KUVEND_QUERY_TIMEOUT_S", "nan", "from 0 up"),
        ("KUVEND_QUERY_TIMEOUT_S", "inf", "from 0 up"),
        ("KUVEND_BASE_IRI", "nonsense", "ends in a slash"),
        ("KUVEND_BASE_IRI", "https://example.org", "ends in a slash"),
        ("KUVEND_BASE_IRI", "https://example.org/a b/", "ends in a slash"),
        ("KUVEND_ACCESS_LOG", "perhaps", "true or false"),
        ("KUVEND_VALIDATE_WRITES", "Refuse", "one of off, warn, refuse"),
        ("KUVEND_REASONING_ENGINE", "", "one of kuvend"),
        ("KUVEND_QUERY_WORKERS", "0", "from 1 up"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_name(name: str, value: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words) as refused:
        read_settings({name: value})
    assert refused.value.source == name


@pytest.mark.parametrize("content", [b"colour = 1", b"port = ", b"host = '\xff'"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kuvend.toml"
    file.write_bytes(content)
    with pytest.raises(BadRequest) as refused:
        read_settings({}, file=file)
    assert refused.value.source == str(file)


def test_the_base_may_be_on_any_host() -> None:
    base = "http://localhost:8000/громада/"
    assert read_settings({"KUVEND_BASE_IRI": base}).base_iri == base
