"""Sign-in elsewhere (OpenID Connect) for people who are already on the roster."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from praktikum.site.people.models import User

__all__ = ["Backend"]


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]  # has no types
    """Knows a person by a verified e-mail address, and never makes a new one."""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        email = claims.get("email")
        if not email or not claims.get("email_verified"):
            return User.objects.none()
        return User.objects.filter(email__iexact=email, is_active=True)

    def create_user(self, claims: dict[str, Any]) -> None:
        """Make nobody: who is not on the roster is not let in."""
