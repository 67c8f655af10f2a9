"""Addresses: boards, figures opened, units, publication, profiles, the wall, what everybody may read."""

from __future__ import annotations

from django.urls import path

from jiesu.web.figures import board, opened, unit

urlpatterns = [
    path("figures", board.show, name="figures"),
    path("figures/board.<str:form>", board.file_of, name="figures-file"),
    path("figures/of/<str:window>/<str:rate>/<str:by>", opened.show, name="figure"),
    path("figures/of/<str:window>/<str:rate>/<str:by>/<str:code>", opened.show, name="figure"),
    path("figures/order/<int:number>", opened.order, name="figure-order"),
    path("figures/order", opened.find, name="figure-find"),
    path("figures/unit/<str:unit>", unit.show, name="figures-unit"),
]
