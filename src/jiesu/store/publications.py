"""What was published: preliminary figures, frozen ones, corrections. Written once, and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from jiesu.domain.profiles import Profile
from jiesu.domain.windows import Window
from jiesu.store import metric_sql, names, sql
from jiesu.store.figures import Cell

STAGES: Final = {"preliminary": "预公布", "final": "定稿", "correction": "更正"}
COLUMNS: Final = ("id", "span", "first", "stage", "profile", "rules", "at", "by", "fill", "inputs", "orders", "reason")
_COLUMNS: Final = ", ".join(COLUMNS)


@dataclass(frozen=True, slots=True)
class Published:
    """One publication. ``inputs``: the hash over every order behind it and its profile; ``fill``: its facts."""

    id: int
    window: Window
    stage: str
    profile: int
    rules: str
    at: datetime
    by: str
    fill: int
    inputs: str
    orders: int
    reason: str

    @property
    def zh(self) -> str:
        return STAGES[self.stage]


def final(window: Window) -> Published | None:
    """The frozen publication of a window."""
    return _one("span = %s AND first = %s AND stage = 'final'", window.span, window.first)


def finals(windows: Sequence[Window]) -> dict[Window, Published]:
    """The frozen publications of those of these windows that are frozen. One statement."""
    rows = sql.rows(
        f"SELECT {_COLUMNS} FROM publication p JOIN unnest(%s::text[], %s::date[]) AS w(span, first)"
        " USING (span, first) WHERE stage = 'final'",
        ([one.span for one in windows], [one.first for one in windows]),
    )
    return {held.window: held for held in map(read, rows)}


def last(window: Window, stage: str) -> Published | None:
    """The newest publication of a window at a stage."""
    return _one("span = %s AND first = %s AND stage = %s", window.span, window.first, stage)


def of_window(window: Window) -> list[Published]:
    """Everything that was published of a window, in order."""
    return _all("span = %s AND first = %s", window.span, window.first)


def recent(limit: int = 60) -> list[Published]:
    """The newest publications of all windows."""
    rows = sql.rows(f"SELECT {_COLUMNS} FROM publication ORDER BY id DESC LIMIT %s", (limit,))
    return [read(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Listed:
    """A publication with what a list says beside it: who published it, and by which profile."""

    one: Published
    by_name: str
    profile: str


def listed(limit: int = 60) -> list[Listed]:
    """The newest publications of all windows, with names for their codes. One statement."""
    rows = sql.rows(
        f"SELECT {', '.join(f'p.{one}' for one in COLUMNS)},"
        " CASE WHEN p.by ~ '^s[0-9]+$' THEN (SELECT name FROM staff WHERE id = substr(p.by, 2)::bigint) END,"
        " coalesce(m.doc->>'zh', '') || '第 ' || coalesce(m.version, 0) || ' 版'"
        f" FROM (SELECT {_COLUMNS} FROM publication ORDER BY id DESC LIMIT %s) p"
        " LEFT JOIN metric_profile m ON m.id = p.profile ORDER BY p.id DESC",
        (limit,),
    )
    return [
        Listed(read(row[:-2]), names.of_whom(row[7], row[-2] or "", names.of_actor(row[7], {})), row[-1])
        for row in rows
    ]


def figures_of(held: Sequence[Published], dimension: str) -> Iterator[tuple[int, str, str, Cell]]:
    """The published figures of one dimension: publication, rate, code, figure. One statement."""
    for id_, rate, code, n, good, part in sql.rows(
        "SELECT publication, rate, code, n, good, part FROM published_figure WHERE publication = ANY(%s) AND dim = %s",
        ([one.id for one in held], dimension),
    ):
        yield id_, rate, code, Cell(n, good, part)


def add(
    window: Window, stage: str, number: int, profile: Profile, *, rules: str, by: str, now: datetime, reason: str = ""
) -> Published:
    """Publish the figures of a window as they stand, in the caller's transaction, which holds them (``rollups.hold``).

    The hash names what they rest on.
    """
    fill = int(sql.value("SELECT fill FROM fact_state"))
    inputs, orders = _inputs(window, profile)
    id_ = sql.value(
        "INSERT INTO publication (span, first, stage, profile, rules, at, by, fill, inputs, orders, reason)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (window.span, window.first, stage, number, rules, now, by, fill, inputs, orders, reason),
    )
    for rule in profile.rates:
        sql.run(
            "INSERT INTO published_figure (publication, rate, dim, code, n, good, part)"
            " SELECT %s, %s, f.dim, f.code, f.n, f.good, f.part FROM figure f JOIN metric m ON m.id = f.metric"
            " WHERE m.digest = %s AND f.span = %s AND f.first = %s",
            (id_, rule.code, rule.metric.digest, window.span, window.first),
        )
    return Published(int(id_), window, stage, number, rules, now, by, fill, inputs, orders, reason)


def _inputs(window: Window, profile: Profile) -> tuple[str, int]:
    """SHA-256 over the profile and, by number, each order counted in the window: its number, the version that its facts
    were read from, and the head of its chain at that version."""
    parts = []
    for metric in profile.metrics.values():
        held = metric_sql.compiled(metric)
        if metric.table != "call":
            effect = f" AND {metric_sql.in_effect('%(after)s::date')}" if held.limited else ""
            parts.append(
                f"SELECT number FROM {held.table} WHERE {held.case} AND gone IS NULL"
                f" AND {held.by} >= %(first)s::date AND {held.by} < %(after)s::date{effect}"
            )
    statement = (
        "SELECT f.number, f.version, e.hash FROM fact_order f JOIN event e ON e.number = f.number AND e.seq = f.version"
        f" WHERE f.gone IS NULL AND f.number IN ({' UNION '.join(parts)}) ORDER BY f.number"
    )
    digest, count = hashlib.sha256(profile.digest.encode()), 0
    for number, version, head in sql.rows(statement, {"first": window.first, "after": window.after}):
        digest.update(f"{number}/{version}/".encode() + bytes(head))
        count += 1
    return digest.hexdigest(), count


def frozen_days(days: list[date]) -> list[bool]:
    """Of each day, whether a frozen month holds it."""
    rows = sql.rows(
        "SELECT d, EXISTS (SELECT 1 FROM publication p WHERE p.span = 'month' AND p.stage = 'final'"
        " AND p.first = date_trunc('month', d)::date) FROM unnest(%s::date[]) WITH ORDINALITY AS x(d, n) ORDER BY n",
        (days,),
    )
    return [frozen for _, frozen in rows]


def _one(where: str, *values: object) -> Published | None:
    row = sql.one(f"SELECT {_COLUMNS} FROM publication WHERE {where} ORDER BY id DESC LIMIT 1", values)
    return read(row) if row else None


def _all(where: str, *values: object) -> list[Published]:
    return [read(row) for row in sql.rows(f"SELECT {_COLUMNS} FROM publication WHERE {where} ORDER BY id", values)]


def read(row: tuple[object, ...]) -> Published:
    """A publication of its columns, ``COLUMNS``."""
    id_, span, first, *rest = row
    return Published(id_, Window(str(span), first), *rest)  # type: ignore[arg-type]
