"""Addresses of this desk; whole, beginning with its name."""

from __future__ import annotations

from django.urls import path

from jiesu.web.callback import missed, pages

urlpatterns = [
    path("callback", pages.show, name="callback"),
    path("callback/later", pages.show, {"which": "later"}, name="callback-later"),
    path("callback/after", pages.show, {"which": "after"}, name="callback-after"),
    path("callback/sample", pages.show, {"which": "sample"}, name="callback-sample"),
    path("callback/sample/draw", pages.draw, name="callback-draw"),
    path("callback/talk", pages.talk, name="callback-talk"),
    path("callback/missed", missed.show, name="missed"),
    path("callback/missed/<int:task>/<slug:what>", missed.act, name="missed-act"),
    path("callback/<int:number>/attempt", pages.attempt, name="callback-attempt"),
    path("callback/<int:number>/decide", pages.decide, name="callback-decide"),
    path("callback/<int:number>/check", pages.check, name="callback-check"),
    path("callback/<int:number>/dial", pages.dial, name="callback-dial"),
]
