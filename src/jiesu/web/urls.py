"""Addresses of the pages: the frame's, each desk's own, and the order page's."""

from __future__ import annotations

from django.urls import include, path

from jiesu.web.desks import DESKS

urlpatterns = [
    path("", include("jiesu.web.frame.urls")),
    *(path("", include(f"jiesu.web.{desk.name}.urls")) for desk in DESKS),
    path("", include("jiesu.web.order.urls")),
]
