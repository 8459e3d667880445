"""The staff's pages."""

from __future__ import annotations

from django.urls import path

from praktikum.site.instructor.views.copies import pair, similar
from praktikum.site.instructor.views.deadlines import extensions, publication
from praktikum.site.instructor.views.gradebook import export, gradebook
from praktikum.site.instructor.views.journal import journal
from praktikum.site.instructor.views.outside import outside
from praktikum.site.instructor.views.regrades import regrade, regrades
from praktikum.site.instructor.views.roster import invite, invite_all, roster
from praktikum.site.instructor.views.statistics import statistics

app_name = "instructor"

urlpatterns = [
    path("", gradebook, name="gradebook"),
    path("gradebook.<slug:kind>", export, name="export"),
    path("statistics/", statistics, name="statistics"),
    path("statistics/<slug:task>/", statistics, name="task-statistics"),
    path("similar/", similar, name="similar"),
    path("similar/<slug:task>/", similar, name="task-similar"),
    path("similar/<uuid:one>/<uuid:other>/", pair, name="pair"),
    path("extensions/", extensions, name="extensions"),
    path("publication/", publication, name="publication"),
    path("regrades/", regrades, name="regrades"),
    path("regrades/<int:round>/", regrade, name="regrade"),
    path("people/", roster, name="roster"),
    path("people/links/", invite_all, name="invite-all"),
    path("people/<str:username>/link/", invite, name="invite"),
    path("scores/", outside, name="outside"),
    path("journal/", journal, name="journal"),
]
