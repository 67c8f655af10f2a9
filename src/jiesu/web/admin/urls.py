"""Addresses: the administrator's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.admin import calendar, desk, files, history, lists, one, people, seasons

urlpatterns = [
    path("admin", desk.show, name="admin"),
    path("admin/planned/<int:number>/off", desk.call_off, name="admin-off"),
    path("admin/history", history.show, name="admin-history"),
    path("admin/history/<int:number>", history.one, name="admin-change"),
    path("admin/calendar", calendar.show, name="admin-calendar"),
    path("admin/calendar/recalculate", calendar.recalculate, name="admin-recalculate"),
    path("admin/season", seasons.show, name="admin-season"),
    path("admin/staff/password", people.password, name="admin-password"),
    path("admin/<slug:kind>", lists.show, name="admin-list"),
    path("admin/<slug:kind>/new", one.new, name="admin-new"),
    path("admin/<slug:kind>/one/<path:key>", one.one, name="admin-one"),
    path("admin/<slug:kind>/export.<slug:shape>", files.export, name="admin-export"),
    path("admin/<slug:kind>/import", files.take, name="admin-import"),
    path("admin/<slug:kind>/import/take", files.take_over, name="admin-take"),
]
