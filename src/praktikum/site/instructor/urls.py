"""The staff's pages."""

from __future__ import annotations

from django.urls import path

from praktikum.site.instructor import views

app_name = "instructor"

urlpatterns = [
    path("", views.gradebook, name="gradebook"),
]
