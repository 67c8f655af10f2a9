"""Addresses: the intake desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.intake import pages

urlpatterns = [
    path("register", pages.register, name="register"),
    path("register/history", pages.history, name="history"),
]
