"""A student's pages."""

from __future__ import annotations

from django.urls import path

from praktikum.site.student import board, downloads, views

app_name = "student"

urlpatterns = [
    path("", views.course, name="course"),
    path("tasks/<slug:task>/", views.task, name="task"),
    path("tasks/<slug:task>/notebook/<slug:lang>/", downloads.notebook, name="notebook"),
    path("tasks/<slug:task>/pack/<slug:lang>/", downloads.pack, name="pack"),
    path("tasks/<slug:task>/leaderboard/", board.leaderboard, name="leaderboard"),
    path("attempts/<uuid:public>/", views.attempt, name="attempt"),
    path("attempts/<uuid:public>/file/", downloads.file, name="file"),
    path("attempts/<uuid:public>/archive/", downloads.archive, name="archive"),
]
