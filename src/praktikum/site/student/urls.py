"""A student's pages."""

from __future__ import annotations

from django.urls import path

from praktikum.site.student import views

app_name = "student"

urlpatterns = [
    path("", views.course, name="course"),
    path("tasks/<slug:task>/", views.task, name="task"),
    path("tasks/<slug:task>/notebook/", views.notebook, name="notebook"),
    path("attempts/<uuid:public>/", views.attempt, name="attempt"),
    path("attempts/<uuid:public>/file/", views.file, name="file"),
]
