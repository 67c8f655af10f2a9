"""Addresses of the API, below ``/api/``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from jiesu.api import orders
from jiesu.api.errors import Trouble, response_to


def nothing_here(request: HttpRequest) -> HttpResponse:
    """404 in JSON for every other address."""
    return response_to(Trouble(404, "not_found", "没有这个接口，接口说明见 /api/v1/docs"), "")


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/orders", orders.orders_),
    path("v1/orders/<str:number>", orders.order),
    path("v1/orders/<str:number>/events", orders.events),
    path("v1/orders/<str:number>/moves/<str:name>", orders.move),
    re_path("", nothing_here),
]
