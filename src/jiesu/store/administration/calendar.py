"""Days that the city sets itself, and years that are announced (``models.city.Day``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from jiesu.store import sql
from jiesu.store.models import Day, Setting

if TYPE_CHECKING:
    from jiesu.store.administration.shelves import Put, Things

CITY: Final = "city"


class Days:
    """The city's own days. What the official arrangement says of such a day is kept beside it."""

    def every(self) -> Things:
        return self._read(Day.objects.filter(source=CITY).order_by("day"))

    def some(self, keys: Collection[str]) -> Things:
        return self._read(Day.objects.filter(source=CITY, day__in=list(keys)))

    def _read(self, found: Any) -> Things:
        return {
            one.day.isoformat(): {"day": one.day.isoformat(), "working": one.working, "note": one.note} for one in found
        }

    def put(self, puts: Sequence[Put]) -> None:
        for one in puts:
            if one.after is None:
                sql.run(
                    "UPDATE calendar_day SET source = 'official', working = official, note = '', official = NULL"
                    " WHERE day = %s AND source = 'city' AND official IS NOT NULL",
                    (one.key,),
                )
                sql.run("DELETE FROM calendar_day WHERE day = %s AND source = 'city'", (one.key,))
            else:
                sql.run(
                    "INSERT INTO calendar_day AS d (day, working, source, note) VALUES (%s, %s, 'city', %s)"
                    " ON CONFLICT (day) DO UPDATE SET working = excluded.working, source = 'city',"
                    " note = excluded.note,"
                    " official = CASE d.source WHEN 'official' THEN d.working ELSE d.official END",
                    (one.key, one.after["working"], one.after["note"]),
                )


class Years:
    """Announced years with their free weekdays and worked weekends."""

    def every(self) -> Things:
        return self._read(_announced())

    def some(self, keys: Collection[str]) -> Things:
        return self._read([one for one in _announced() if str(one) in keys])

    def _read(self, years: Sequence[int]) -> Things:
        days: dict[int, Mapping[str, list[str]]] = {one: {"off": [], "on": []} for one in years}
        found = sql.rows(
            "SELECT day, CASE source WHEN 'official' THEN working ELSE official END FROM calendar_day"
            " WHERE extract(year FROM day) = ANY(%s) AND (source = 'official' OR official IS NOT NULL) ORDER BY day",
            (list(years),),
        )
        for day, works in found:
            days[day.year]["on" if works else "off"].append(day.isoformat())
        return {str(year): {"year": year, **held} for year, held in days.items()}

    def put(self, puts: Sequence[Put]) -> None:
        announced = set(_announced())
        for one in puts:
            year = int(one.key)
            _wipe(year)
            announced.discard(year)
            if one.after is not None:
                announced.add(year)
                days = dict.fromkeys(one.after["off"], False) | dict.fromkeys(one.after["on"], True)
                _announce(days)
        held = Setting.objects.filter(name="calendar").values_list("value", flat=True).first() or {}
        value = {**held, "announced": sorted(announced)}
        Setting.objects.update_or_create(name="calendar", defaults={"value": value})


def _announced() -> list[int]:
    held = Setting.objects.filter(name="calendar").values_list("value", flat=True).first() or {}
    return [int(one) for one in held.get("announced", ())]


def _wipe(year: int) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    sql.run("DELETE FROM calendar_day WHERE day BETWEEN %s AND %s AND source = 'official'", (first, last))
    sql.run("UPDATE calendar_day SET official = NULL WHERE day BETWEEN %s AND %s", (first, last))


def _announce(days: Mapping[str, bool]) -> None:
    """A day that the city has set itself stays, and remembers what is official."""
    sql.run(
        "INSERT INTO calendar_day (day, working, source, note)"
        " SELECT d::date, w, 'official', '' FROM unnest(%s::text[], %s::boolean[]) x(d, w)"
        " ON CONFLICT (day) DO UPDATE SET official = excluded.working",
        (list(days), list(days.values())),
    )


def of_year(year: int) -> dict[date, tuple[bool, str]]:
    """The city's own days of a year: whether they are worked, and why. One statement."""
    found = sql.rows(
        "SELECT day, working, note FROM calendar_day WHERE source = 'city' AND day BETWEEN %s AND %s",
        (date(year, 1, 1), date(year, 12, 31)),
    )
    return {day: (works, note) for day, works, note in found}
