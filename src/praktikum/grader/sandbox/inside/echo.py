"""The smallest handler: answers every request with itself. The trial of a sandbox uses it."""

from __future__ import annotations

from .channel import Channel


def serve(channel: Channel) -> None:
    """Echo until the host closes the session."""
    while (request := channel.receive()) is not None:
        channel.send(request)
