"""Addresses of the pages: the frame's, the order page's, and each desk's own."""

from __future__ import annotations

from django.urls import include, path

from jiesu.web.desks import DESKS
from jiesu.web.frame import queue, search, signin

urlpatterns = [
    path("", queue.show, name="home"),
    path("login", signin.sign_in, name="login"),
    path("logout", signin.sign_out, name="logout"),
    path("work/<slug:queue>", queue.show, name="worklist"),
    path("search", search.find, name="search"),
    *(path("", include(f"jiesu.web.{desk.name}.urls")) for desk in DESKS),
    path("", include("jiesu.web.order.urls")),
]
