"""The pages on which points are given by hand."""

from __future__ import annotations

from django.urls import path

from praktikum.site.marking import views

app_name = "marking"

urlpatterns = [
    path("", views.queue, name="queue"),
    path("names/", views.names, name="names"),
    path("parts/<slug:task>/<slug:part>/", views.part, name="part"),
    path("parts/<slug:task>/<slug:part>/next/", views.following, name="next"),
    path("answers/<uuid:public>/<slug:part>/", views.answer, name="answer"),
    path("answers/<uuid:public>/<slug:part>/release/", views.let_go, name="release"),
    path("pictures/<uuid:public>/<int:place>/", views.picture, name="picture"),
    path("snippets/<int:number>/forget/", views.forget, name="forget"),
]
