"""Orders like the one that is being told: by rare words, place and matter, of the last 90 days, with the reasons.

Plain full text: the rarest few pairs of characters of the story are looked for in the index of masked words, within a
window of time and a budget of rows; what comes back is ranked by all the words it shares, by place, matter and
nearness in time. A suggestion beside the form, never a decision.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any, Final

from jiesu.domain.privacy import mask_text
from jiesu.domain.text import bigrams
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import sql
from jiesu.store.orders import number_of

WINDOW: Final = timedelta(days=90)
EVENT_WINDOW: Final = timedelta(days=3)
EVENT_ORDERS: Final = 3
"""Three or more on one event within three days mark a high-frequency event (domain.md §3, 三天三单)."""
CANDIDATES: Final = 24
_SLOTS: Final = 10
_MOST_HITS: Final = 300
_MOST_READ: Final = 2000  # also where hundreds tell the same in an hour, and no statistics know it yet
_STORY: Final = 600
_STATISTICS_KEPT: Final = 3600.0  # seconds
_FEWEST_ROWS: Final = 500
STRETCH: Final = "(s.number / 100000000)"
"""The ten days of a month that an order's number is of (yymmdd and seven digits), as the index of words has them."""
_NAME: Final = re.compile(r"[^\d\s，,。；;（(]+")
_PLACE, _DOOR, _MATTER, _BRANCH_OF_MATTER = 0.45, 0.2, 0.35, 0.1
_NEAR, _HALF_LIFE = 0.2, timedelta(days=4)
_LEAST: Final = 0.16
_NONE: Final = "\x7f"
_ALIKE: Final = 0.13


@dataclass(frozen=True, slots=True)
class Like:
    """An order like the one told. ``reasons`` are words for the desk; ``event``: likely the same real event.

    ``title`` and ``place`` are masked words that the page shows only to whoever may read them (``secret``, ``kind``).
    """

    number: int
    title: str
    place: str
    matter: str
    region: str
    state: str
    outcome: str | None
    kind: str
    secret: bool
    lead_unit: str | None
    received_at: datetime
    score: float
    event: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What is like an order, and in words whether it looks like one event told by several people."""

    orders: tuple[Like, ...] = ()
    event: str = ""
    same_event: tuple[int, ...] = ()


def like(text: str, place: str = "", matter: str = "", *, now: datetime, limit: int = 8, but: int = 0) -> Found:
    """Orders of the last 90 days like this story at this place on this matter, the likeliest first.

    ``but``: the number of the order itself, when it is registered already. One statement; two when this process asks
    for the first time in an hour.
    """
    asked = _Asked(mask_text(text[:_STORY]), mask_text(place), matter, now)
    if not (asked.rare or asked.at):
        return Found()
    rows = sql.rows(_LIKE, {**asked.params(), "but": but})
    held = sorted((_judged(asked, row) for row in rows), key=lambda one: (-one.score, -one.number))
    same = tuple(one.number for one in held if one.event)
    said = ""
    if len(same) >= EVENT_ORDERS:
        said = f"同一地点同类 {len(same)} 件，三天内，可能是同一件事"
    return Found(tuple(one for one in held if one.score >= _LEAST)[:limit], said, same)


class _Asked:
    """The story taken apart: its lexemes with their weights, the name of its place, the query for the index."""

    def __init__(self, text: str, place: str, matter: str, now: datetime) -> None:
        seen = frequencies()
        self.now, self.matter = now, matter
        self.place = _plain(place)
        name = _NAME.match(self.place)
        self.name = name[0] if name and len(name[0]) > 1 else ""
        at = [one for one in bigrams(self.name) if _tells(one)]
        self.weights = {one: seen.worth(one) for one in bigrams(text) if _tells(one) and one not in at}
        self.total = sum(self.weights.values()) or 1.0
        self.rare = seen.rarest(list(self.weights))
        self.at = " & ".join(f"'{one}'" for one in at)
        self.here = min(at, key=lambda one: (seen.share(one), one), default="")
        self.reach = seen.reach(self.here)

    def params(self) -> dict[str, Any]:
        slots = (self.rare + [_NONE] * _SLOTS)[:_SLOTS]
        return {
            "rare": " | ".join(f"'{one}'" for one in self.rare) or f"'{_NONE}'",
            "at": self.at or f"'{_NONE}'",
            "here": f"'{self.here or _NONE}'",
            "since": self.now - WINDOW,
            "stretches": stretches(self.now - WINDOW, self.now),
            "place_since": self.now - self.reach,
            "place_stretches": stretches(self.now - self.reach, self.now),
            "now": self.now,
            "candidates": CANDIDATES,
            **{f"q{at}": f"'{one}'" for at, one in enumerate(slots)},
            **{f"w{at}": self.weights.get(one, 0.0) / self.total for at, one in enumerate(slots)},
        }


_SHARED: Final = " + ".join(
    f"CASE WHEN s.words @@ %(q{at})s::tsquery THEN %(w{at})s::float8 ELSE 0 END" for at in range(_SLOTS)
)
_WORTH: Final = (
    f"{_SHARED} + CASE WHEN s.words @@ %(at)s::tsquery THEN {_PLACE}::float8 ELSE 0 END"
    f" + {_NEAR} * exp(-extract(epoch FROM %(now)s - s.received_at)::float8 / {_HALF_LIFE.total_seconds()})"
)
# The index knows words and the ten days that a number is of, so what is older is not even looked at; the index of time
# has no part in it, which IS TRUE sees to. A place that everybody names has many rows: so many days of it are read as
# the budget allows, and the index is asked for its rarest pair alone, since the planner takes the pairs of one name for
# independent and would read them all.
_RARE: Final = (
    f"SELECT s.number, s.body, {_WORTH} AS worth FROM (SELECT * FROM search_text s WHERE s.words @@ %(rare)s::tsquery"
    f" AND {STRETCH} = ANY(%(stretches)s::bigint[])"
    f" AND (s.received_at > %(since)s AND s.received_at <= %(now)s) IS TRUE LIMIT {_MOST_READ}) s"
)
_THERE: Final = (
    f"SELECT s.number, s.body, {_WORTH} AS worth FROM (SELECT * FROM search_text s WHERE s.words @@ %(here)s::tsquery"
    f" AND {STRETCH} = ANY(%(place_stretches)s::bigint[]) AND (s.words @@ %(at)s::tsquery"
    f" AND s.received_at > %(place_since)s AND s.received_at <= %(now)s) IS TRUE LIMIT {_MOST_READ}) s"
)
_LIKE: Final = (
    "SELECT w.number, w.title, w.place, w.matter, w.region, w.state, w.outcome, w.kind, w.secret, w.lead_unit,"
    " w.received_at, b.body FROM (SELECT DISTINCT ON (c.worth, c.number) c.number, c.body FROM"
    f" ({_RARE} UNION ALL {_THERE}) c WHERE c.number <> %(but)s ORDER BY c.worth DESC, c.number DESC"
    " LIMIT %(candidates)s) b JOIN work_order w ON w.number = b.number"
)


def _judged(asked: _Asked, row: Sequence[Any]) -> Like:
    number, title, place, matter, region, state, outcome, kind, secret, lead, received, body = row
    own = set(bigrams(f"{title} {place} {body}"))
    shared = sum(weight for one, weight in asked.weights.items() if one in own) / asked.total
    here = bool(asked.name) and asked.name in f"{_plain(place)} {title}"
    door = here and asked.place != asked.name and _plain(place) == asked.place
    same = bool(asked.matter) and matter == asked.matter
    near = bool(asked.matter) and not same and matter.split(".")[0] == asked.matter.split(".")[0]
    age = max(timedelta(0), asked.now - received)
    score = shared + _PLACE * here + _DOOR * door + _MATTER * same + _BRANCH_OF_MATTER * near
    # Nearness in time says nothing of two strange orders, and much of two that share a place or their words.
    score *= 1 + _NEAR * math.exp(-age / _HALF_LIFE)
    event = here and same and age <= EVENT_WINDOW
    reasons = (
        (f"同一地点（{asked.place}）" if door else f"同在{asked.name}", here),
        ("事项相同", same),
        ("用词相近", shared >= _ALIKE),
        (_ago(age), True),
    )
    return Like(
        *(number, title, place, matter, region, state, outcome, kind, secret, lead, received, round(score, 4), event),
        tuple(words for words, holds in reasons if holds),
    )


def _ago(age: timedelta) -> str:
    if age < timedelta(hours=1):
        return "不到 1 小时前"
    return f"{age // timedelta(hours=1)} 小时前" if age < timedelta(days=1) else f"{age.days} 天前"


def _plain(place: str) -> str:
    return "".join(place.split())


def _tells(lexeme: str) -> bool:
    """Whether a lexeme says anything: not the number of a stair or a floor."""
    return not (lexeme.isdigit() and len(lexeme) < 5)


def stretches(since: datetime, now: datetime) -> list[int]:
    """The tens of days from one moment to another, as ``STRETCH`` numbers them."""
    first, last = since.astimezone(CITY_ZONE).date(), now.astimezone(CITY_ZONE).date()
    days = (first + timedelta(days=one) for one in range((last - first).days + 1))
    return sorted({number_of(day, 0) // 100_000_000 for day in days})


# -- how common a lexeme is, as the database's own statistics say


class Frequencies:
    """The share of texts that have a lexeme, and how many texts a day brings. A lexeme that no statistics name is
    rarer than all that they name."""

    def __init__(self, shares: Mapping[str, float], rows: float, a_day: float) -> None:
        self._shares = shares
        self._rows = rows
        self._a_day = a_day
        self._unnamed = min(shares.values(), default=0.01) / 6

    def share(self, lexeme: str) -> float:
        return self._shares.get(lexeme, self._unnamed)

    def worth(self, lexeme: str) -> float:
        return math.log(1 / self.share(lexeme))

    def within(self, window: timedelta) -> float:
        """How many texts of so many days there are, about; 0 while nothing is known."""
        return self._a_day * (window / timedelta(days=1))

    def rarest(self, lexemes: Sequence[str]) -> list[str]:
        """The rarest few that together are expected in no more rows of the window than may be read."""
        found: list[str] = []
        hits = 0.0
        rows = min(self._rows, self.within(WINDOW)) or self._rows
        for one in sorted(set(lexemes), key=lambda one: (self.share(one), one)):
            hits += self.share(one) * rows
            if len(found) >= _SLOTS or (found and hits > _MOST_HITS):
                break
            found.append(one)
        return found

    def reach(self, lexeme: str) -> timedelta:
        """How far back texts that have this may be read."""
        expected = self.share(lexeme) * self._a_day if lexeme else 0.0
        days = min(WINDOW.days, max(EVENT_WINDOW.days, _MOST_HITS / expected)) if expected else WINDOW.days
        return timedelta(days=days)


_lock = Lock()
_held: list[tuple[float, Frequencies]] = []


def frequencies() -> Frequencies:
    """The statistics that this process keeps for an hour; without any every lexeme counts the same."""
    with _lock:
        for read_at, kept in _held:
            if monotonic() - read_at < _STATISTICS_KEPT:
                return kept
    read_now = _read(sql.one(_STATISTICS))
    with _lock:
        _held[:] = [(monotonic(), read_now)]
    return read_now


def _read(found: tuple[Any, ...] | None) -> Frequencies:
    if found is None or not found[0] or found[2] < _FEWEST_ROWS:
        return Frequencies({}, 0.0, 0.0)
    elements, shares, rows, bounds = found
    # The last tenth of the rows tells how many a day brings now.
    at = len(bounds) * 9 // 10
    days = (bounds[-1] - bounds[at]) / timedelta(days=1)
    a_day = rows * (len(bounds) - 1 - at) / (len(bounds) - 1) / days if days > 0 else 0.0
    return Frequencies(dict(zip(elements, shares, strict=False)), float(rows), a_day)


def forget() -> None:
    """Read the statistics anew when they are asked for next."""
    with _lock:
        _held.clear()


_STATISTICS: Final = (
    "SELECT p.most_common_elems::text::text[], p.most_common_elem_freqs, c.reltuples,"
    " t.histogram_bounds::text::timestamptz[] FROM pg_stats p JOIN pg_stats t USING (schemaname, tablename)"
    " JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = 'public'::regnamespace"
    " WHERE p.schemaname = 'public' AND p.tablename = 'search_text' AND p.attname = 'words'"
    " AND t.attname = 'received_at' AND t.histogram_bounds IS NOT NULL"
)
