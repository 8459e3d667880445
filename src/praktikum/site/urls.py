"""All addresses of the site. Whatever is not named ``login_not_required`` asks to sign in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from praktikum.site import home

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", login_not_required(set_language), name="language"),
    path("people/", include("praktikum.site.people.urls")),
    path("course/", include("praktikum.site.student.urls")),
    path("appeals/", include("praktikum.site.appeals.urls")),
    path("terminal/", include("praktikum.site.terminal.urls")),
    path("class/marking/", include("praktikum.site.marking.urls")),
    path("class/", include("praktikum.site.instructor.urls")),
    *([path("oidc/", include("praktikum.site.people.oidc_urls"))] if settings.PLACE.oidc else []),
]
