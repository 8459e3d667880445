"""One-time links by which a person chooses a password: Django's, for password resets.

A link stops working when it was used, when its person signs in otherwise, and after
``PASSWORD_RESET_TIMEOUT``; nothing about it is stored.
"""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from praktikum.site.people.models import User

__all__ = ["invitation_path"]


def invitation_path(user: User) -> str:
    """Return the path of a new one-time link for ``user``."""
    name = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("people:invitation", kwargs={"uidb64": name, "token": token})
