"""The site's addresses where people may sign in elsewhere, too; used by `test_oidc`."""

from __future__ import annotations

from django.urls import include, path

from praktikum.site.urls import urlpatterns as of_the_site

urlpatterns = [*of_the_site, path("oidc/", include("praktikum.site.people.oidc_urls"))]
