"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path

from jiesu.web import attachments, find, order, register, signin, worklist

urlpatterns = [
    path("", worklist.show, name="home"),
    path("login", signin.sign_in, name="login"),
    path("logout", signin.sign_out, name="logout"),
    path("work/<slug:queue>", worklist.show, name="worklist"),
    path("register", register.register, name="register"),
    path("register/history", register.history, name="history"),
    path("search", find.find, name="search"),
    path("order/<int:number>", order.show, name="order"),
    path("order/<int:number>/<slug:name>", order.move, name="move"),
    path("order/<int:number>/file/<slug:digest>", attachments.show, name="file"),
]
