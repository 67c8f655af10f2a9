"""Addresses of this desk; whole, beginning with its name."""

from __future__ import annotations

from django.urls import path

from jiesu.web.review import pages

urlpatterns = [
    path("review", pages.show, name="review"),
    path("review/<int:number>/pass", pages.let_pass, name="review-pass"),
    path("review/<int:number>/back", pages.send_back, name="review-back"),
]
