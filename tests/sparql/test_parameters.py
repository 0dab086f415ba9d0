"""The parameters of a request, and the frames of one to a worker."""

from __future__ import annotations

import re
import socket
import threading
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuvend.errors import BadRequest
from kuvend.sparql import frames
from kuvend.sparql.protocol import read_parameters

_BITS = st.sampled_from(["a", "=", "&", "+", "%41", "%3d", "%3D", "%0D%0A", "_", "\r", "\n", " ",
                         ".", "ë", "%C3%AB", "%e2%82%ac", "%", "=3D", "%00", ";"])  # fmt: skip


@given(st.lists(_BITS, max_size=12).map("".join))
def test_parameters_are_read_as_by_the_standard_library(encoded: str) -> None:
    if re.search("%(?![0-9A-Fa-f]{2})", encoded):
        with pytest.raises(BadRequest, match="two hexadecimal digits"):
            read_parameters(encoded)
        return
    expected = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    assert read_parameters(encoded).pairs == tuple(expected)


@pytest.mark.parametrize("encoded", ["a=%FF", "%C3=1", "a=%ED%A0%80"])
def test_what_is_not_utf_8_is_refused(encoded: str) -> None:
    with pytest.raises(BadRequest, match="UTF-8"):
        read_parameters(encoded)


def test_too_many_parameters_are_refused() -> None:
    assert len(read_parameters("&".join(["a=1"] * 500)).pairs) == 500
    with pytest.raises(BadRequest, match="more than 500"):
        read_parameters("&".join(["a=1"] * 501))


@pytest.mark.parametrize("step", [1, 3, 7, 100_000])
def test_a_request_is_received_whole_however_it_comes(step: int) -> None:
    request = {"query": "ASK {}" + " " * 40_000, "rows": (0, 10), "page": None}
    ours, theirs = socket.socketpair()
    sent = frames.pack_request(request)

    def send() -> None:
        for start in range(0, len(sent), step):
            ours.sendall(sent[start : start + step])
        ours.close()

    sender = threading.Thread(target=send)
    sender.start()
    assert frames.receive_request(theirs) == request
    with pytest.raises(EOFError):
        frames.receive_request(theirs)
    sender.join()
    theirs.close()
