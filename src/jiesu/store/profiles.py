"""Metric profiles as they were loaded, and the one in force on a day."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.db import transaction

from jiesu.domain import profiles
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile
from jiesu.store import rollups, sql
from jiesu.store.documents import read_data, write_data


def load(profile: Profile, *, by: str, now: datetime) -> int:
    """Keep a profile; its number. The same again is the same; another one under its name needs the next version."""
    with transaction.atomic():
        held = sql.one(
            "SELECT id, digest FROM metric_profile WHERE name = %s AND version = %s", (profile.name, profile.version)
        )
        if held and held[1] != profile.digest:
            raise Refused(f"口径“{profile.zh}”第 {profile.version} 版已载入，不能改；请写成第 {profile.version + 1} 版")
        rollups.add_metrics(profile.metrics)
        if held:
            return int(held[0])
        return int(
            sql.value(
                "INSERT INTO metric_profile (name, version, effective_from, doc, digest, loaded_at, by)"
                " VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s) RETURNING id",
                (
                    *(profile.name, profile.version, profile.effective_from, write_data(profile.doc)),
                    *(profile.digest, now, by),
                ),
            )
        )


def in_force(day: date) -> tuple[int, Profile]:
    """The profile that a window beginning on ``day`` is published by: the latest in force. Raises Refused."""
    row = sql.one(
        "SELECT id, doc::text FROM metric_profile ORDER BY effective_from <= %s DESC,"
        " CASE WHEN effective_from <= %s THEN effective_from END DESC, effective_from, version DESC, id DESC LIMIT 1",
        (day, day),
    )
    if row is None:
        raise Refused("还没有载入考核口径，请先运行 jiesu profiles load")
    return int(row[0]), read(row[1])


def named(name: str) -> tuple[int, Profile]:
    """The last version of a profile. Raises Refused with those that there are."""
    row = sql.one("SELECT id, doc::text FROM metric_profile WHERE name = %s ORDER BY version DESC LIMIT 1", (name,))
    if row is None:
        held = [name for (name,) in sql.rows("SELECT DISTINCT name FROM metric_profile ORDER BY name")]
        raise Refused(f"没有“{name}”这个口径，有：{'、'.join(held) or '无'}")
    return int(row[0]), read(row[1])


def of(id_: int) -> Profile:
    """The profile of a number."""
    return read(sql.value("SELECT doc::text FROM metric_profile WHERE id = %s", (id_,)))


def every() -> list[tuple[int, Profile]]:
    """All that were loaded, the newest of each name first."""
    rows = sql.rows("SELECT id, doc::text FROM metric_profile ORDER BY name, version DESC")
    return [(int(id_), read(doc)) for id_, doc in rows]


@lru_cache(maxsize=32)
def read(doc: str) -> Profile:
    """The profile of a document as it was kept; read once and kept."""
    return profiles.read(read_data(doc))
