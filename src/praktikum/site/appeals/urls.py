"""The pages of appeals."""

from __future__ import annotations

from django.urls import path

from praktikum.site.appeals import views

app_name = "appeals"

urlpatterns = [
    path("", views.appeals, name="all"),
    path("attempts/<uuid:public>/", views.new, name="new"),
    path("<uuid:appeal>/", views.appeal, name="one"),
]
