"""Addresses: the city leader's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.leader import pages

urlpatterns = [
    path("leader", pages.show, name="leader"),
    path("leader/<str:name>", pages.thing, name="leader-thing"),
]
