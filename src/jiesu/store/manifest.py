"""Day manifests: what every order had come to, day by day, each part chained to the one before (architecture.md §3).

An order's own chain cannot tell that its last event was taken away together with its row, or that the whole order was:
nothing would be left that does not fit. A manifest still names it. Events may come late into a day that is sealed (a
slow commit, an import, simulated history); they are counted, missed, and listed in a further part of that day.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain import chain
from jiesu.domain.workdays import CITY_ZONE, require_aware
from jiesu.store import sql
from jiesu.store.copies import not_copied

ENTRY: Final = struct.Struct(">qi32s")
MOST: Final = 10_000  # entries of one part
_LOCK: Final = 4711  # one sealer at a time
_LATE: Final = timedelta(days=2)  # how far behind a commit may come; what comes later is found by a full count


@dataclass(frozen=True, slots=True)
class Moved:
    """An order that moved on a day: the versions that its first and its last event of the day made, and the head."""

    number: int
    first: int
    version: int
    head: bytes


def seal(now: datetime, *, recent: bool = False) -> int:
    """List every event up to this civil day that no manifest covers yet; the number of events listed, 0 when all are.

    Each civil day with such events gets a further part, or several of up to 10,000 orders; each day is a transaction
    of its own, so a broken run goes on where it stopped. ``recent`` looks only at the last days, which an index
    finds at once: right during the day; without it every event is counted.
    """
    require_aware(now)
    return sum(_seal_day(day, now) for day, _, _ in uncovered(now, recent=recent))


def uncovered(now: datetime, *, recent: bool = False) -> list[tuple[date, int, int]]:
    """The days up to that of ``now`` with more events than their manifests count: (day, events there are, counted)."""
    since = _recently() if recent else None
    return [(day, held, counted) for day, held, counted in counts(now, since) if held > counted]


def counts(now: datetime, since: datetime | None = None) -> list[tuple[date, int, int]]:
    """For each civil day up to that of ``now``: events there are, and events that the day's manifests count."""
    ends = _begins(now.astimezone(CITY_ZONE).date() + timedelta(days=1))
    return [(day, held, counted) for day, held, counted in sql.rows(COUNTS, counted_until(ends, since))]


def counted_until(ends: datetime | str, since: datetime | None = None) -> dict[str, object]:
    """What ``COUNTS`` asks for: events before a moment, or before the end of all days."""
    return {"zone": CITY_ZONE.key, "ends": ends, "since": since}


COUNTS: Final = (
    "SELECT day, coalesce(e.held, 0), coalesce(m.counted, 0)::bigint FROM"
    " (SELECT (at AT TIME ZONE %(zone)s)::date AS day, count(*) AS held FROM event"
    " WHERE at < %(ends)s AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)"
    f" AND {not_copied('number')} GROUP BY 1) e"
    " FULL JOIN (SELECT day, sum(count) AS counted FROM manifest"
    " WHERE %(since)s::timestamptz IS NULL OR day >= (%(since)s AT TIME ZONE %(zone)s)::date GROUP BY day) m"
    " USING (day) ORDER BY day"
)


def signed_head() -> tuple[int, bytes] | None:
    """The last manifest's number and hash, which a third party may keep as proof of everything up to it."""
    found = sql.one("SELECT id, hash FROM manifest ORDER BY id DESC LIMIT 1")
    return (found[0], bytes(found[1])) if found else None


def pack(entries: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Entries (number, version, head), already in order of number, as a manifest keeps them: 44 bytes each."""
    return b"".join(ENTRY.pack(*entry) for entry in entries)


def unpack(packed: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The entries of a manifest. Raises ValueError when they were cut."""
    try:
        return ENTRY.iter_unpack(packed)
    except struct.error as error:
        raise ValueError("entries of a manifest are 44 bytes each") from error


def _recently() -> datetime | None:
    """The beginning of the days in which new events may be expected; None before anything is sealed."""
    last: date | None = sql.value("SELECT max(day) FROM manifest")
    return _begins(last - _LATE) if last else None


def _seal_day(day: date, now: datetime) -> int:
    with transaction.atomic():
        sql.rows("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        listed = _listed(day)
        new = [one for one in _moved(day) if one.version > listed.get(one.number, 0)]
        for start in range(0, len(new), MOST):
            _add_part(day, now, new[start : start + MOST], listed)
    return sum(_newly(one, listed) for one in new)


def _newly(one: Moved, listed: dict[int, int]) -> int:
    return one.version - max(listed.get(one.number, 0), one.first - 1)


def _listed(day: date) -> dict[int, int]:
    """The version up to which each order is listed on this day."""
    listed: dict[int, int] = {}
    for (packed,) in sql.rows("SELECT entries FROM manifest WHERE day = %s ORDER BY id", (day,)):
        listed.update((number, version) for number, version, _ in unpack(packed))
    return listed


_MOVED: Final = (
    "SELECT d.number, d.first, d.version, e.hash FROM (SELECT number, min(seq) AS first, max(seq) AS version FROM event"
    f" WHERE at >= %(begins)s AND at < %(ends)s AND {not_copied('number')} GROUP BY number) d"
    " JOIN event e ON e.number = d.number AND e.seq = d.version ORDER BY d.number"
)


def _moved(day: date) -> list[Moved]:
    found = sql.rows(_MOVED, {"begins": _begins(day), "ends": _begins(day + timedelta(days=1))})
    return [Moved(number, first, version, bytes(head)) for number, first, version, head in found]


def _add_part(day: date, now: datetime, part: list[Moved], listed: dict[int, int]) -> None:
    """Numbers have no gaps, so that a manifest that was taken away is missed."""
    last, before = signed_head() or (0, chain.START)
    entries = pack((one.number, one.version, one.head) for one in part)
    digest = chain.manifest_hash(before, day.isoformat(), entries)
    sql.run(
        "INSERT INTO manifest (id, day, made_at, count, entries, hash) VALUES (%s, %s, %s, %s, %s, %s)",
        (last + 1, day, now, sum(_newly(one, listed) for one in part), entries, digest),
    )


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
