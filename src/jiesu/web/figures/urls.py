"""Addresses: boards, figures opened, units, publication, profiles, the wall, what everybody may read."""

from __future__ import annotations

from django.urls import path

from jiesu.web.figures import board, opened, profiles, public, published, trial, unit, wall

urlpatterns = [
    path("figures", board.show, name="figures"),
    path("figures/board.<str:form>", board.file_of, name="figures-file"),
    path("figures/of/<str:window>/<str:rate>/<str:by>", opened.show, name="figure"),
    path("figures/of/<str:window>/<str:rate>/<str:by>/<str:code>", opened.show, name="figure"),
    path("figures/order/<int:number>", opened.order, name="figure-order"),
    path("figures/order", opened.find, name="figure-find"),
    path("figures/unit/<str:unit>", unit.show, name="figures-unit"),
    path("figures/trial", trial.show, name="figures-trial"),
    path("figures/published", published.show, name="figures-published"),
    path("figures/publish", published.publish, name="figures-publish"),
    path("figures/profiles", profiles.show, name="figures-profiles"),
    path("figures/profiles/load", profiles.load, name="figures-load"),
    path("figures/profiles/<slug:name>/<int:version>", profiles.one, name="figures-profile"),
    path("figures/profiles/<slug:name>/<int:version>.json", profiles.file_of, name="figures-profile-file"),
    path("wall", wall.show, name="wall"),
    path("open", public.show, name="open-figures"),
    path("open/<str:window>/<str:by>.csv", public.file_of, name="open-figures-file"),
]
