"""Addresses: the analyst's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.analyst import pages

urlpatterns = [
    path("analyst", pages.show, name="analyst"),
    path("analyst/table.csv", pages.csv_of, name="analyst-csv"),
    path("analyst/days", pages.days, name="analyst-days"),
    path("analyst/orders", pages.orders, name="analyst-orders"),
    path("analyst/views/save", pages.save_view, name="analyst-save"),
    path("analyst/views/drop", pages.drop_view, name="analyst-drop"),
]
