"""Sign-in elsewhere (OpenID Connect) for people who are already on the roster.

mozilla-django-oidc does the code flow with state, nonce and PKCE, and verifies the signature of
the ID token. What it leaves to its user is verified here: for whom the token was made, whether it
is still good, and that the claims are about the same person (OpenID Connect Core, 3.1.3.7, 5.3.2).
"""

from __future__ import annotations

from typing import Any

import jwt
import requests
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest
from mozilla_django_oidc.auth import (
    OIDCAuthenticationBackend,
)

from praktikum.site.people.models import User

__all__ = ["Backend"]


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]  # has no types
    """Knows a person by a verified e-mail address, and never makes a new one."""

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> User | None:
        """Return who came back from the provider; None also where it cannot be asked."""
        try:
            user: User | None = super().authenticate(request, **kwargs)
        except (requests.RequestException, jwt.InvalidTokenError):
            return None
        return user

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """Return the ID token's claims.

        Raises:
            SuspiciousOperation: it is not signed by the provider, or was made for another client.
            jwt.InvalidTokenError: it is no longer good.
        """
        claims: dict[str, Any] = super().verify_token(token, **kwargs)
        audience = claims.get("aud")
        clients = audience if isinstance(audience, list) else [audience]
        if self.OIDC_RP_CLIENT_ID not in clients:
            raise SuspiciousOperation("the ID token was made for another client")
        if claims.get("azp", self.OIDC_RP_CLIENT_ID) != self.OIDC_RP_CLIENT_ID:
            raise SuspiciousOperation("the ID token was given to another client")
        return claims

    def get_userinfo(
        self, access_token: str, id_token: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the provider's claims about the person whom the ID token names.

        Raises:
            SuspiciousOperation: they are about somebody else.
        """
        claims: dict[str, Any] = super().get_userinfo(access_token, id_token, payload)
        if not claims.get("sub") or claims["sub"] != payload.get("sub"):
            raise SuspiciousOperation("the claims are about another person than the ID token")
        return claims

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        email = claims.get("email")
        if not email or claims.get("email_verified") is not True:
            return User.objects.none()
        return User.objects.filter(email__iexact=email, is_active=True)

    def create_user(self, claims: dict[str, Any]) -> None:
        """Make nobody: who is not on the roster is not let in."""
