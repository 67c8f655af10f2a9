"""Addresses of the unit's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.unit import approve, desk, month, order, roster

urlpatterns = [
    path("unit", desk.show, name="unit"),
    path("unit/acknowledge", desk.acknowledge, name="unit_acknowledge"),
    path("unit/approve", approve.show, name="unit_approve"),
    path("unit/approve/send", approve.send, name="unit_approve_send"),
    path("unit/month", month.show, name="unit_month"),
    path("unit/roster", roster.show, name="unit_roster"),
    path("unit/roster/put", roster.put, name="unit_roster_put"),
    path("unit/roster/drop", roster.drop, name="unit_roster_drop"),
    path("unit/<int:number>", order.show, name="unit_order"),
    path("unit/<int:number>/file", order.upload, name="unit_upload"),
    path("unit/<int:number>/<slug:name>", order.move, name="unit_move"),
]
