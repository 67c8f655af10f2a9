"""Addresses: the dispatcher's desk."""

from __future__ import annotations

from django.urls import path

from jiesu.web.dispatch import pages

urlpatterns = [
    path("dispatch", pages.show, name="dispatch"),
    path("dispatch/many", pages.many, name="dispatch-many"),
    path("dispatch/<int:number>", pages.order, name="dispatch-order"),
    path("dispatch/<int:number>/send", pages.send, name="dispatch-send"),
    path("dispatch/<int:number>/suggestion", pages.suggestion, name="dispatch-suggestion"),
    path("dispatch/<int:number>/do/<str:name>", pages.move, name="dispatch-move"),
]
