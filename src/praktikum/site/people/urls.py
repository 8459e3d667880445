"""Signing in and out, and choosing a password by a one-time link: Django's views."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path, reverse_lazy

app_name = "people"

_invitation = auth.PasswordResetConfirmView.as_view(
    template_name="people/invitation.html", success_url=reverse_lazy("people:sign-in")
)
_password = auth.PasswordChangeView.as_view(
    template_name="people/password.html", success_url=reverse_lazy("home")
)

urlpatterns = [
    path(
        "sign-in/",
        auth.LoginView.as_view(
            template_name="people/sign_in.html", redirect_authenticated_user=True
        ),
        name="sign-in",
    ),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("password/", _password, name="password"),
    path("invitation/<uidb64>/<token>/", login_not_required(_invitation), name="invitation"),
]
