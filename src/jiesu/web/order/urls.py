"""Addresses: the order page."""

from __future__ import annotations

from django.urls import path

from jiesu.web.order import attachments, page

urlpatterns = [
    path("order/<int:number>", page.show, name="order"),
    path("order/<int:number>/<slug:name>", page.move, name="move"),
    path("order/<int:number>/file/<slug:digest>", attachments.show, name="file"),
]
