"""Handing in from a terminal: the page of one's token, and what `praktikum submit` asks."""

from __future__ import annotations

from django.urls import path

from praktikum.site.terminal import token, views

app_name = "terminal"

urlpatterns = [
    path("", token.token, name="token"),
    path("tasks/<slug:named>/", views.submit, name="submit"),
    path("attempts/<uuid:public>/", views.attempt, name="attempt"),
]
