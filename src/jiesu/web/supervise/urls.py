"""Addresses: the supervisor's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.supervise import pages

urlpatterns = [
    path("supervise", pages.show, name="supervise"),
    path("supervise/many", pages.many, name="supervise-many"),
]
