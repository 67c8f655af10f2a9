"""Addresses: the intake desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.intake import pages

urlpatterns = [
    path("register", pages.register, name="register"),
    path("register/caller", pages.caller, name="caller"),
    path("register/chase", pages.chase, name="chase"),
    path("register/told", pages.told, name="told"),
    path("register/places", pages.find_place, name="find-place"),
    path("register/matters", pages.find_matter, name="find-matter"),
    path("register/tree", pages.tree, name="matter-tree"),
    path("register/article/<str:code>", pages.article, name="article"),
]
