"""Forms about people; passwords and sign-in are Django's."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from praktikum.site.people.models import Role, User

__all__ = ["InvitationForm"]


class InvitationForm(forms.ModelForm[User]):
    """A new person, who will choose the password by a one-time link."""

    class Meta:
        model = User
        fields = ("username", "name", "email", "role")
        labels = {"username": _("Sign-in name")}  # noqa: RUF012 - Django's way

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.set_unusable_password()
        if commit:
            user.save()
        return user

    role = forms.ChoiceField(choices=Role.choices, initial=Role.STUDENT, label=_("Role"))
