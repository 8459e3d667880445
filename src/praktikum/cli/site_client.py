"""A site as `praktikum submit` talks to it: HTTP with a token, by the standard library alone.

Errors::

    SiteError(RuntimeError)    the site refused, or cannot be reached; the message says which
"""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

__all__ = ["SiteClient", "SiteError"]

_TIMEOUT = 60.0  # seconds
_LOCAL = ("localhost", "127.0.0.1", "::1")


class SiteError(RuntimeError):
    """The site did not do what it was asked."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to who knows where."""

    def redirect_request(
        self,
        _request: urllib.request.Request,
        _body: IO[bytes],
        _code: int,
        _message: str,
        _headers: HTTPMessage,
        _url: str,
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class SiteClient:
    """A site's address, a student's token, and the language of messages.

    Raises:
        SiteError: the address is none, or would send the token in the clear.
    """

    address: str
    token: str
    language: str = "ru"

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SiteError(f"{self.address!r} is no address: wanted one like https://host/")
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise SiteError(f"{self.address}: a token goes only over https, or to this machine")
        if not self.token.isascii() or not self.token.isprintable() or not self.token:
            raise SiteError("that is no token: it is a line of letters, digits, - and _")

    def hand_in(self, task: str, files: Mapping[str, Path]) -> dict[str, Any]:
        """Send files by the names of the form's fields; return what the site says of the attempt.

        Raises:
            SiteError: the site refused them, or cannot be reached.
            OSError: a file cannot be read.
        """
        border = f"----praktikum-{secrets.token_hex(16)}"
        parts = [_part(border, name, path) for name, path in files.items()]
        body = b"".join([*parts, f"--{border}--\r\n".encode()])
        return self._ask(
            f"tasks/{quote(task, safe='')}/", body, f"multipart/form-data; boundary={border}"
        )

    def attempt(self, public: str) -> dict[str, Any]:
        """Return what has become of an attempt.

        Raises:
            SiteError: it is not there, or the site cannot be reached.
        """
        return self._ask(f"attempts/{quote(public, safe='')}/")

    def _ask(self, path: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
        url = f"{self.address.rstrip('/')}/terminal/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} | (
            {"Content-Type": kind} if kind else {}
        )
        request = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as reply:
                return self._read(reply.read(), reply.status)
        except urllib.error.HTTPError as error:
            with error:
                said = self._read(error.read(), error.code)
            raise SiteError(said["error"][self.language]) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise SiteError(f"{self.address} cannot be reached: {reason}") from None

    def _read(self, content: bytes, status: int) -> dict[str, Any]:
        try:
            said: dict[str, Any] = json.loads(content)
            if status >= 400:
                said["error"][self.language]
        except (ValueError, KeyError, TypeError):
            raise SiteError(
                f"{self.address} answered {status}, but not as a site of the practicum does"
            ) from None
        return said


def _part(border: str, field: str, path: Path) -> bytes:
    name = path.name
    for sign, code in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):  # as browsers do
        name = name.replace(sign, code)
    head = (
        f'--{border}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + path.read_bytes() + b"\r\n"
