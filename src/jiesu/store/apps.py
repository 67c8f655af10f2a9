"""The Django app that owns the tables, and the rights of the application's role on them."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# The application may add to the record and read it; only these may it never change or take away.
APPEND_ONLY = (
    "event",
    "manifest",
    "rules_part",
    "rules_snapshot",
    "setting_change",
    "article_version",
    "call_heard",
    "order_print",
    "metric_profile",
    "publication",
    "published_figure",
    "shift_note",
    "shift_sign",
    "daily_text",
    "offline_block",
    "offline_mark",
    "edition_text",
    "edition_issue",
    "follow_up",
    "follow_mark",
    "signal_note",
)
RIGHTS = """
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'jiesu_app') THEN
    GRANT USAGE ON SCHEMA public TO jiesu_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO jiesu_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO jiesu_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM jiesu_app;
  END IF;
END $$
"""
# Months are reached through their parent; a partition by its own name is nobody's but the owner's.
MONTH_RIGHTS = """
DO $$ DECLARE month regclass; BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'jiesu_app') THEN
    FOR month IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'event'::regclass LOOP
      EXECUTE format('REVOKE ALL ON %s FROM jiesu_app', month);
    END LOOP;
  END IF;
END $$
"""


class StoreConfig(AppConfig):
    name = "jiesu.store"
    label = "store"
    verbose_name = "存储"

    def ready(self) -> None:
        post_migrate.connect(_give_rights, sender=self)


def _give_rights(using: str, **_: Any) -> None:
    from django.db import connections  # noqa: PLC0415 - apps are not ready when this module loads

    with connections[using].cursor() as cursor:
        cursor.execute(RIGHTS.format(tables=", ".join(APPEND_ONLY)))
        cursor.execute(MONTH_RIGHTS)
