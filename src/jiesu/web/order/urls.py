"""Addresses: the order page, its files, recordings and papers."""

from __future__ import annotations

from django.urls import path

from jiesu.web.order import attachments, page, papers, recordings

urlpatterns = [
    path("order/<int:number>", page.show, name="order"),
    path("order/<int:number>/paper", papers.take, name="paper"),
    path("order/<int:number>/<slug:name>", page.move, name="move"),
    path("order/<int:number>/file/<slug:digest>", attachments.show, name="file"),
    path("order/<int:number>/file/<slug:digest>/small", attachments.small, name="small"),
    path("order/<int:number>/call/<int:call>", recordings.play, name="listen"),
]
