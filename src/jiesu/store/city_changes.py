"""Changing the city's own tables: a catalog line from a date on, a year of the calendar. Each change is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from jiesu.domain.order import Order
from jiesu.store import rules, sql
from jiesu.store.documents import read_order
from jiesu.store.models import CatalogLine, Day, Setting, SettingChange


def line_on(matter: str, region: str, day: date) -> CatalogLine | None:
    """The catalog's own line for this matter and region on a day (not one that it would inherit)."""
    held = CatalogLine.objects.filter(matter=matter, region=region, effective_from__lte=day)
    return held.exclude(effective_to__lt=day).order_by("-effective_from", "-id").first()


def lines_from(matter: str, region: str, day: date) -> list[CatalogLine]:
    """Lines that take effect on a day or after it."""
    held = CatalogLine.objects.filter(matter=matter, region=region, effective_from__gte=day)
    return list(held.order_by("effective_from", "id"))


def replace_line(
    old: CatalogLine | None, matter: str, region: str, since: date, values: Mapping[str, Any], *, by: str, now: datetime
) -> None:
    """End ``old`` on the day before ``since`` and let a new line take effect; what ``values`` leave out stays."""
    new = CatalogLine(matter=matter, region=region, effective_from=since)
    before = None
    if old is not None:
        before = rules.line_doc(old)
        for name in ("lead", "assist", "legal_basis", "handle", "fields", "statutory", "season", "must_lead_by_law"):
            setattr(new, name, getattr(old, name))
        CatalogLine.objects.filter(pk=old.pk).update(effective_to=since - timedelta(days=1))
    for name, value in values.items():
        setattr(new, name, value)
    new.save()
    SettingChange(name="catalog", before=before, after=rules.line_doc(new), by=by, at=now).save()


def announce(year: int, days: Mapping[date, bool]) -> dict[str, Any]:
    """Put a year's official days into the calendar; a day that the city set itself stays. The setting that follows."""
    Day.objects.filter(day__year=year, source="official").delete()
    own = set(Day.objects.filter(day__year=year).values_list("day", flat=True))
    Day.objects.bulk_create(Day(day=day, working=works) for day, works in sorted(days.items()) if day not in own)
    for day in own:
        Day.objects.filter(day=day).update(official=days.get(day))
    held = Setting.objects.filter(name="calendar").values_list("value", flat=True).first() or {}
    return {**held, "announced": sorted({*held.get("announced", ()), year})}


def open_orders(after: int, most: int) -> list[Order]:
    """Orders that are not closed, with numbers behind ``after``, by number; at most so many."""
    found = sql.rows(
        "SELECT doc::text FROM work_order WHERE state <> 'closed' AND number > %s ORDER BY number LIMIT %s",
        (after, most),
    )
    return [read_order(doc) for (doc,) in found]
