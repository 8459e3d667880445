"""The host's end of a session: frames with a deadline and a bound, from a peer not trusted.

A frame is a 4-byte big-endian length and a payload, as in `inside.channel`. No byte of a payload
is read, and no memory taken for it, before its length was found small enough.
"""

from __future__ import annotations

import select
import socket
import time

from praktikum.grader.sandbox.errors import Overflow
from praktikum.grader.sandbox.inside.channel import HEADER


class StreamEndedError(Exception):
    """The peer closed the stream; `within_frame` tells whether it was in the middle of one."""

    def __init__(self, *, within_frame: bool) -> None:
        super().__init__("the stream ended")
        self.within_frame = within_frame


class FrameStream:
    """Frames over a non-blocking stream socket; deadlines are in `time.monotonic` seconds."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection

    def send(self, payload: bytes, deadline: float) -> None:
        """Send one frame. Raises TimeoutError, or StreamEndedError when the peer is gone."""
        self._send_all(HEADER.pack(len(payload)), deadline)
        self._send_all(payload, deadline)

    def receive(self, max_bytes: int, deadline: float) -> bytes:
        """One frame's payload. Raises TimeoutError, StreamEndedError, Overflow."""
        header = self._receive_exactly(HEADER.size, deadline, within_frame=False)
        (length,) = HEADER.unpack(header)
        if length > max_bytes:
            raise Overflow(length, max_bytes)
        return bytes(self._receive_exactly(length, deadline, within_frame=True))

    def has_input(self) -> bool:
        """Whether bytes wait to be read. Raises StreamEndedError when the peer is gone."""
        try:
            waiting = self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            waiting = b""
        if not waiting:
            raise StreamEndedError(within_frame=False)
        return True

    def close(self) -> None:
        self._connection.close()

    def _send_all(self, payload: bytes, deadline: float) -> None:
        remaining = memoryview(payload)
        while remaining:
            self._wait(select.POLLOUT, deadline)
            try:
                remaining = remaining[self._connection.send(remaining) :]
            except (BrokenPipeError, ConnectionResetError):
                raise StreamEndedError(within_frame=False) from None
            except BlockingIOError:
                continue

    def _receive_exactly(self, size: int, deadline: float, *, within_frame: bool) -> bytearray:
        received = bytearray(size)
        remaining = memoryview(received)
        while remaining:
            self._wait(select.POLLIN, deadline)
            try:
                count = self._connection.recv_into(remaining)
            except ConnectionResetError:
                count = 0
            except BlockingIOError:
                continue
            if count == 0:
                raise StreamEndedError(within_frame=within_frame or len(remaining) < size)
            remaining = remaining[count:]
        return received

    def _wait(self, event: int, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not self._poll(event, remaining):
            raise TimeoutError

    def _poll(self, event: int, seconds: float) -> list[tuple[int, int]]:
        poller = select.poll()
        poller.register(self._connection, event)
        return poller.poll(seconds * 1000)
