"""Addresses of the API, below ``/api/``. Every answer is JSON, whoever gives it; the page for people alone is HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from jiesu.api import calls, orders, pages
from jiesu.api.description import api
from jiesu.api.errors import Trouble, not_allowed, response_to
from jiesu.api.gate import endpoint


def nothing_here(request: HttpRequest) -> HttpResponse:
    """404 in JSON for every other address."""
    return response_to(Trouble(404, "not_found", "没有这个接口，接口说明见 /api/v1/docs"), request.path)


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]


def _of_ninja() -> list[URLPattern | URLResolver]:
    """django-ninja's own endpoints behind the same gate, so that their errors are answered like all others."""
    return [
        path(str(one.pattern), endpoint(*_METHODS)(_said_by(one.callback)))
        for one in api.urls[0]
        if isinstance(one, URLPattern) and one.name != "api-root"
    ]


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _said_by(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def called(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        said = view(request, *args, **named)
        if said.status_code == 405:
            raise not_allowed(tuple(sorted(said["Allow"].split(", "))))
        said["Cache-Control"] = "no-store"
        return said

    return called


_V1: list[URLPattern | URLResolver] = [
    path("orders", orders.orders_),
    path("orders/<str:number>", orders.order),
    path("orders/<str:number>/events", orders.events),
    path("orders/<str:number>/moves/<str:name>", orders.move),
    path("calls/events", calls.events),
    path("calls/records", calls.records),
    path("openapi.json", pages.openapi),
    path("docs", pages.docs),
    *_of_ninja(),
]
urlpatterns: list[URLPattern | URLResolver] = [path("v1/", include(_V1)), re_path("", nothing_here)]
