"""Middleware that notes when a request came, before anything else is done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

__all__ = ["arrival", "arrived"]

_KEY = "praktikum.arrived"


def arrival(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.META[_KEY] = timezone.now()
        return get_response(request)

    return middleware


def arrived(request: HttpRequest) -> dt.datetime:
    """Return when the request came; aware, in UTC."""
    moment: dt.datetime = request.META[_KEY]
    return moment
