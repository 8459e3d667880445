"""Frames over a real socket, from a peer that keeps no rule."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praktikum.grader.sandbox import Overflow
from praktikum.grader.sandbox.framing import FrameStream, StreamEndedError
from praktikum.grader.sandbox.inside.channel import Channel

SOON = 0.05


@pytest.fixture
def ends() -> Iterator[tuple[FrameStream, socket.socket]]:
    """The host's stream and its peer's raw socket."""
    host, peer = socket.socketpair()
    with host, peer:
        yield FrameStream(host), peer


def after(seconds: float) -> float:
    return time.monotonic() + seconds


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), max_size=10))
def test_what_the_child_sends_the_host_receives(ends, payloads):
    stream, peer = ends
    channel = Channel(peer.fileno())
    for payload in payloads:
        channel.send(payload)
    assert [stream.receive(200, after(1)) for _ in payloads] == payloads


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), max_size=10))
def test_what_the_host_sends_the_child_receives(ends, payloads):
    stream, peer = ends
    channel = Channel(peer.fileno())
    for payload in payloads:
        stream.send(payload, after(1))
    assert [channel.receive() for _ in payloads] == payloads


def test_a_frame_is_a_big_endian_length_and_its_payload(ends):
    stream, peer = ends
    stream.send(b"abc", after(1))
    assert peer.recv(16) == struct.pack(">I", 3) + b"abc" == b"\0\0\0\3abc"


@pytest.mark.parametrize("length", [11, 2**31, 2**32 - 1])
def test_a_length_beyond_the_bound_is_refused_before_its_payload(ends, length):
    stream, peer = ends
    peer.send(struct.pack(">I", length))
    with pytest.raises(Overflow, match=f"{length:,} bytes, where at most 10"):
        stream.receive(10, after(1))


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\4", b"\0\0\0\4abc"])
def test_a_peer_that_falls_silent_is_not_waited_for(ends, sent):
    stream, peer = ends
    peer.send(sent)
    with pytest.raises(TimeoutError):
        stream.receive(10, after(SOON))


@pytest.mark.parametrize(
    ("sent", "within"), [(b"", False), (b"\0\0", True), (b"\0\0\0\4", True), (b"\0\0\0\4abc", True)]
)
def test_an_end_of_stream_tells_whether_it_cut_a_frame(ends, sent, within):
    stream, peer = ends
    peer.send(sent)
    peer.close()
    with pytest.raises(StreamEndedError) as end:
        stream.receive(10, after(1))
    assert end.value.within_frame is within


def test_a_drip_of_bytes_does_not_put_the_deadline_off(ends):
    stream, peer = ends
    peer.send(struct.pack(">I", 10) + b"12345")
    with pytest.raises(TimeoutError):
        stream.receive(10, after(SOON))


def test_a_peer_that_does_not_read_is_not_waited_for(ends):
    stream, _ = ends
    with pytest.raises(TimeoutError):
        stream.send(bytes(2**24), after(SOON))
