"""Where wrong tries at signing in are counted: files of this machine, of one database's accounts."""

from __future__ import annotations

from django.db import connection


def key(name: str, prefix: str, version: int) -> str:
    """The full key of a count. Two databases that use one data directory have accounts of their own."""
    return f"{prefix}:{version}:{connection.settings_dict['NAME']}:{name}"
