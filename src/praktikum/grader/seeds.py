"""Seeds that nobody can foresee and an appeal can reproduce.

A check draws its inputs from a seed that is the HMAC (RFC 2104, SHA-256) of the attempt and the
check under a secret that only the grader has. Without the secret the inputs are unknown until
they are used; with it, the grading of an attempt can be repeated exactly.

Images that students are given to predict masks for are drawn before anyone hands in, so their
seed follows from the task, under the course's own secret: whoever builds and whoever grades must
have the same one.

Errors::

    SecretError(ValueError)    a file that should hold a secret is not there or holds something else
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

__all__ = ["SecretError", "attempt_seed", "given_seed", "open_secret", "read_secret"]

_BYTES = 32


class SecretError(ValueError):
    """A file does not hold the secret that is wanted of it."""


def attempt_seed(secret: bytes, attempt: str, check: str) -> int:
    """Return the seed of one check of one attempt, a whole number of 128 bits."""
    return _seed(secret, f"{attempt}/{check}")


def given_seed(secret: bytes, task: str) -> int:
    """Return the seed of the images that a task gives out, a whole number of 128 bits."""
    return _seed(secret, f"given/{task}")


def open_secret(path: Path) -> bytes:
    """Return the secret in ``path``; where there is none, make one that its owner alone can read.

    Raises:
        SecretError: the file holds something else.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_secret(path)
    secret = secrets.token_bytes(_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    return secret


def read_secret(path: Path) -> bytes:
    """Return the secret in ``path``.

    Raises:
        SecretError: there is none, or the file holds something else.
    """
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        wanted = "`praktikum build` makes it; bring the one that drew the images given to students"
        raise SecretError(f"{path}: there is no secret here; {wanted}") from None
    if len(secret) != _BYTES:
        raise SecretError(f"{path}: {len(secret)} bytes, a secret has {_BYTES}; move it away")
    return secret


def _seed(secret: bytes, message: str) -> int:
    digest = hmac.new(secret, message.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:16], "big")
