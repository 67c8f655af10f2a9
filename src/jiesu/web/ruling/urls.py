"""Addresses: the arbiter's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.ruling import pages

urlpatterns = [
    path("ruling", pages.show, name="ruling"),
    path("ruling/<int:number>", pages.order, name="ruling-order"),
    path("ruling/<int:number>/do/<str:name>", pages.move, name="ruling-move"),
]
