"""Addresses: the kit and its papers, the account of sheets, their entry one by one or as a file, the second person."""

from __future__ import annotations

from django.urls import path

from jiesu.web.outage import confirm, entry, importing, kit

urlpatterns = [
    path("outage", kit.show, name="outage"),
    path("outage/blocks", kit.blocks, name="outage-blocks"),
    path("outage/reserve", kit.reserve, name="outage-reserve"),
    path("outage/block/<int:number>", kit.block, name="outage-block"),
    path("outage/block/<int:number>/mark", kit.mark, name="outage-mark"),
    path("outage/paper/<slug:part>.<slug:form>", kit.paper, name="outage-paper"),
    path("outage/entry", entry.show, name="outage-entry"),
    path("outage/blank.xlsx", importing.blank, name="outage-blank"),
    path("outage/import", importing.take, name="outage-import"),
    path("outage/confirm", confirm.show, name="outage-confirm"),
]
