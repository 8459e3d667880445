"""The child's end of a session: frames of a 4-byte big-endian length and a payload."""

from __future__ import annotations

import os
import struct

HEADER = struct.Struct(">I")


class Channel:
    """Frames over a file descriptor.

    It reads and writes the descriptor as a file: the child may make no socket calls.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self) -> bytes | None:
        """The next request, or None when the host has closed the session."""
        header = self._read(HEADER.size)
        if header is None:
            return None
        (length,) = HEADER.unpack(header)
        return self._read(length)

    def send(self, payload: bytes) -> None:
        """Send one answer. Raises OSError when the host is gone."""
        for part in (HEADER.pack(len(payload)), payload):
            remaining = memoryview(part)
            while remaining:
                remaining = remaining[os.write(self._descriptor, remaining) :]

    def _read(self, size: int) -> bytes | None:
        received = bytearray()
        while len(received) < size:
            piece = os.read(self._descriptor, size - len(received))
            if not piece:
                return None
            received += piece
        return bytes(received)
