"""Addresses: working on paper while the system is away, and what is entered afterwards."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
