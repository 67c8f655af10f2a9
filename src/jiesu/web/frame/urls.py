"""Addresses of the frame: signing in, lists, search, notices, and what a page keeps."""

from __future__ import annotations

from django.urls import path

from jiesu.web.frame import declared, design, export, keeping, notices, password, queue, renewed, search, signin

urlpatterns = [
    path("", queue.show, name="home"),
    path("login", signin.sign_in, name="login"),
    path("password", password.show, name="password"),
    path("declared", declared.show, name="declared"),
    path("logout", signin.sign_out, name="logout"),
    path("work/<slug:queue>", queue.show, name="worklist"),
    path("work/<slug:name>.csv", export.csv_of, name="export"),
    path("work/<slug:queue>/views", keeping.save_view, name="view_save"),
    path("work/<slug:queue>/views/drop", keeping.drop_view, name="view_drop"),
    path("search", search.find, name="search"),
    path("notices", notices.show, name="notices"),
    path("notices/read", notices.read, name="notices_read"),
    path("here", keeping.here, name="here"),
    path("drafts", keeping.drafts, name="drafts"),
    path("drafts/drop", keeping.drop_drafts, name="drafts_drop"),
    path("renewed", renewed.show, name="renewed"),
    path("design", design.show, name="design"),
]
