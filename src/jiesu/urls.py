"""Addresses: the health check, then the rooms that have pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from jiesu.store.health import answers


def healthz(_: HttpRequest) -> HttpResponse:
    """200 while this process can use the database, else 503; for the parent, a proxy, a person."""
    well = answers()
    return JsonResponse({"database": well}, status=200 if well else 503)


urlpatterns = [
    path("healthz", healthz),
    path("api/", include("jiesu.api.urls")),
    path("", include("jiesu.web.urls")),
]

handler400 = "jiesu.web.frame.failures.bad_request"
handler403 = "jiesu.web.frame.failures.forbidden"
handler404 = "jiesu.web.frame.failures.not_found"
handler500 = "jiesu.web.frame.failures.broken"
