"""Addresses: handing over a shift, reading and signing, who is on duty."""

from __future__ import annotations

from django.urls import path

from jiesu.web.shift import pages

urlpatterns = [
    path("shift", pages.show, name="shift"),
    path("shift/write", pages.write, name="shift-write"),
    path("shift/notes", pages.notes, name="shift-notes"),
    path("shift/note/<int:number>", pages.note, name="shift-note"),
    path("shift/note/<int:number>/sign", pages.sign, name="shift-sign"),
    path("shift/duty", pages.duty, name="shift-duty"),
]
