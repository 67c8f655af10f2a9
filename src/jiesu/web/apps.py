"""The Django app of the pages."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "jiesu.web"
    label = "web"
    verbose_name = "页面"
