"""Put a city's files into the database and let its rules decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from jiesu.assessment import shipped
from jiesu.demo.city import read
from jiesu.domain import words
from jiesu.domain.order import SYSTEM
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import models, rules, spelling
from jiesu.store.calendar_source import official_calendar
from jiesu.workflow import knowledge, quality_rules

PASSWORD = "jiesu-demo-2026"  # noqa: S105 - a made-up city's accounts, shown on screen
FIRST_YEAR, YEARS_AHEAD = 2015, 2


def load_city(now: datetime) -> None:
    """The whole of 雄关市 in one transaction: units, staff, matters, catalog, regions, limits, articles, inspection."""
    with transaction.atomic():
        _units()
        _regions()
        _matters()
        _staff()
        load_calendar(range(FIRST_YEAR, now.year + YEARS_AHEAD))
        _settings(now)
        rules.publish(now)
        spelling.fill()
        _articles(now)
        shipped.load_shipped(by="system", now=now)
        _quality(now)


def accounts() -> list[tuple[str, str, str, str]]:
    """Login, password, role and unit of one account for each role, and of a few units, to try the city with."""
    shown: dict[str, tuple[str, str, str, str]] = {}
    units = {one["code"]: one.get("short") or one["name"] for one in read("units")}
    wanted = {"U0301", "U0101", "U0401"}
    for one in read("staff"):
        for role, unit in one["roles"]:
            key = f"{role}/{unit}" if unit in wanted else role
            if role in words.UNIT_ROLES and unit not in wanted:
                continue
            shown.setdefault(key, (one["login"], PASSWORD, words.ROLES[role], units[unit]))
    return sorted(shown.values(), key=lambda row: list(words.ROLES.values()).index(row[2]))


def load_calendar(years: Sequence[int]) -> None:
    """The official days of these years, as far as they are announced; a day that the city set itself stays."""
    official = official_calendar(years)
    held = set(models.Day.objects.values_list("day", flat=True))
    days = [
        models.Day(day=date.fromisoformat(day), working=working)
        for day, working in official["days"].items()
        if date.fromisoformat(day) not in held
    ]
    models.Day.objects.bulk_create(days)
    models.Setting.objects.update_or_create(name="calendar", defaults={"value": {"announced": official["announced"]}})


def _units() -> None:
    fields = ("code", "name", "short", "kind", "group_size", "phone", "duties")
    models.Unit.objects.bulk_create(
        models.Unit(**{name: one.get(name) or "" for name in fields}, parent_id=one["parent"]) for one in read("units")
    )
    models.RosterEntry.objects.bulk_create(
        models.RosterEntry(
            unit_id=one["unit"],
            weekday=one["weekday"],
            begins=one["from"],
            ends=one["to"],
            name=one["name"],
            phone=one["phone"],
        )
        for one in read("roster")
    )


def _regions() -> None:
    models.Region.objects.bulk_create(
        models.Region(
            code=one["code"],
            name=one["name"],
            kind=one["kind"],
            parent_id=one["parent"],
            unit_id=one["subdistrict_unit"],
            polygon=one["polygon"],
            centre=one["centre"],
        )
        for one in read("regions")
    )
    named = ("name", "kind", "region", "x", "y", "pinyin", "initials")
    models.Place.objects.bulk_create(
        models.Place(
            name=one["name"],
            kind=one["kind"],
            region_id=one["region"],
            x=one["x"],
            y=one["y"],
            pinyin=one["pinyin"],
            initials=one["initials"],
            detail={key: value for key, value in one.items() if key not in named},
        )
        for one in read("places")
    )


def _matters() -> None:
    models.Matter.objects.bulk_create(
        models.Matter(
            code=one["code"],
            name=one["name"],
            parent_id=one["parent"],
            keywords=one["keywords"],
            urgency=one["urgency"],
            kinds=one["kinds"],
        )
        for one in read("matters")
    )
    models.CatalogLine.objects.bulk_create(models.CatalogLine(**_line(one)) for one in read("catalog"))


def _articles(now: datetime) -> None:
    """The articles, published by the house's own verb: the history of each begins here."""
    for one in read("articles"):
        dates = {name: date.fromisoformat(one[name]) if one[name] else None for name in ("valid_from", "valid_until")}
        words = {name: one[name] for name in ("title", "matter", "body", "source")}
        knowledge.publish(one["code"], by=SYSTEM, now=now, keywords=tuple(one["keywords"]), **words, **dates)


def _quality(now: datetime) -> None:
    """What is drawn for inspection, and the score sheets, in force from the day of loading."""
    for name, doc in read("quality").items():
        quality_rules.publish(
            name, doc, since=now.astimezone(CITY_ZONE).date(), by=SYSTEM, now=now, note="装入演示城市"
        )


def _line(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "effective_from": date.fromisoformat(one["effective_from"])}


def _staff() -> None:
    password = make_password(PASSWORD)
    for one in read("staff"):
        staff = models.Staff.objects.create(
            login=one["login"], name=one["name"], title=one["title"], phone=one["phone"], password=password
        )
        models.StaffRole.objects.bulk_create(
            models.StaffRole(staff=staff, role=role, unit_id=unit) for role, unit in one["roles"]
        )


def _settings(now: datetime) -> None:
    limits = read("limits")
    documents = {
        "limits": limits["limits"],
        "params": limits["params"],
        "reasons": read("reasons"),
        "declared": [],
        "city": {"name": "雄关市", "zone": str(CITY_ZONE)},
    }
    for name, value in documents.items():
        models.Setting.objects.create(name=name, value=value)
        models.SettingChange(name=name, before=None, after=value, by="system", at=now, note="装入演示城市").save()
