"""Seeds that nobody can foresee and an appeal can reproduce.

A check draws its inputs from a seed that is the HMAC (RFC 2104, SHA-256) of the attempt and the
check under a secret that only the grader has. Without the secret the inputs are unknown until
they are used; with it, the grading of an attempt can be repeated exactly.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

__all__ = ["attempt_seed", "open_secret"]

_BYTES = 32


def attempt_seed(secret: bytes, attempt: str, check: str) -> int:
    """Return the seed of one check of one attempt, a whole number of 128 bits."""
    digest = hmac.new(secret, f"{attempt}/{check}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:16], "big")


def open_secret(path: Path) -> bytes:
    """Return the secret in ``path``; where there is none, make one that its owner alone can read.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes()
        if len(secret) != _BYTES:
            raise ValueError(
                f"{path}: {len(secret)} bytes, a secret has {_BYTES}; move it away"
            ) from None
        return secret
    secret = secrets.token_bytes(_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    return secret
