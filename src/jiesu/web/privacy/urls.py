"""Addresses: the data-protection officer's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.privacy import people, reading, requests, retention

urlpatterns = [
    path("privacy", reading.show, name="privacy"),
    path("privacy/requests", requests.show, name="privacy-requests"),
    path("privacy/requests/<int:request_id>/<slug:what>", requests.act, name="privacy-act"),
    path("privacy/people", people.find, name="privacy-people"),
    path("privacy/people/copy", people.copy, name="privacy-copy"),
    path("privacy/people/ask", people.ask, name="privacy-ask"),
    path("privacy/retention", retention.show, name="privacy-retention"),
]
