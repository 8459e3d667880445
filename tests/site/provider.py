"""A small OpenID provider on loopback: it says of its one person what a test wants it to say."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

__all__ = ["CLIENT", "Provider"]

CLIENT = "praktikum"
_KEYS = [rsa.generate_private_key(65537, 2048) for _ in range(2)]


@dataclass
class Provider:
    """Answers at ``token``, ``jwks`` and ``userinfo``; the rest is what it should do wrong.

    Attributes:
        claims: of the ID token, added to the right ones.
        person: what it says of the person.
        key: the place of the key by which it signs; only the first is published.
        nonce, challenge: of the request for sign-in.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    key: int = 0
    algorithm: str = "RS256"
    broken: bool = False
    nonce: str = ""
    challenge: str = ""

    def __post_init__(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(provider.answer(self.path, {}))

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(provider.answer(self.path, parse_qs(form)))

            def _say(self, said: dict[str, Any]) -> None:
                self.send_response(500 if provider.broken else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, form: dict[str, list[str]]) -> dict[str, Any]:
        if path == "/jwks":
            key = json.loads(RSAAlgorithm.to_jwk(_KEYS[0].public_key()))
            return {"keys": [key | {"kid": "1", "alg": "RS256"}]}
        if path == "/userinfo":
            return {"sub": "7", "email_verified": True} | self.person
        verifier = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != self.challenge:
            return {"error": "invalid_grant"}
        return {"access_token": "a", "id_token": self._id_token()}

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {"sub": "7", "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": self.nonce}
        key: Any = {"RS256": _KEYS[self.key], "HS256": "x" * 32, "none": None}[self.algorithm]
        return jwt.encode(claims | self.claims, key, self.algorithm, {"kid": "1"})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
