"""Addresses of this desk; whole, beginning with its name."""

from __future__ import annotations

from django.urls import path

from jiesu.web.quality import figures, mine, pages, results, rules

urlpatterns = [
    path("quality", pages.show, name="quality"),
    path("quality/draw", pages.draw, name="quality-draw"),
    path("quality/ask", pages.ask, name="quality-ask"),
    path("quality/<int:id>/submit", pages.submit, name="quality-submit"),
    path("quality/<int:id>/drop", pages.drop, name="quality-drop"),
    path("quality/<int:id>/play", pages.play, name="quality-play"),
    path("quality/<int:id>/<slug:part>/decide", pages.decide, name="quality-decide"),
    path("quality/done", results.done, name="quality-done"),
    path("quality/<int:id>", results.show, name="quality-result"),
    path("quality/<int:id>/again", results.again, name="quality-again"),
    path("quality/<int:id>/<slug:part>/coach", results.coach, name="quality-coach"),
    path("quality/figures", figures.show, name="quality-figures"),
    path("quality/rules", rules.show, name="quality-rules"),
    path("quality/rules/<slug:name>.json", rules.file, name="quality-rules-file"),
    path("quality/rules/<slug:name>", rules.publish, name="quality-rules-publish"),
    path("quality/mine", mine.show, name="quality-mine"),
    path("quality/mine/<int:id>/<slug:part>/read", mine.read, name="quality-read"),
    path("quality/mine/<int:id>/<slug:part>/appeal", mine.appeal, name="quality-appeal"),
]
