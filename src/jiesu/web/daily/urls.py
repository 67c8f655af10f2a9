"""Addresses: the days, one day's report, its papers."""

from __future__ import annotations

from django.urls import path, register_converter

from jiesu.web.daily import pages

register_converter(pages.Day, "day")

urlpatterns = [
    path("daily", pages.show, name="daily"),
    path("daily/make", pages.make, name="daily-make"),
    path("daily/<day:day>", pages.report, name="daily-day"),
    path("daily/<day:day>/text", pages.text, name="daily-text"),
    path("daily/<day:day>/issue", pages.issue, name="daily-issue"),
    path("daily/<day:day>/paper.<slug:form>", pages.paper, name="daily-paper"),
]
