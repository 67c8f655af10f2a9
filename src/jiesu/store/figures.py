"""Reading figures: what a board shows in a few statements, and the orders behind any one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from jiesu.domain.profiles import Metric
from jiesu.domain.windows import Window
from jiesu.store import metric_sql, sql

PAGE: Final = 100
# In a window that still runs nothing counts from the day of the last fill on: its limit may still be met.
CUT: Final = "(SELECT (upto AT TIME ZONE 'Asia/Shanghai')::date FROM fact_state)"


class Cell(NamedTuple):
    """A figure: of ``n`` cases ``good`` are good and ``part`` good in part."""

    n: int
    good: int
    part: int


NOTHING: Final = Cell(0, 0, 0)
# (metric digest, window, code) -> figure
Board = Mapping[tuple[str, Window, str], Cell]


def board(metrics: Sequence[str], windows: Sequence[Window], dimension: str) -> Board:
    """The live figures of metrics (by digest) in windows, for every code of one dimension. One statement."""
    rows = sql.rows(
        "SELECT m.digest, f.span, f.first, f.code, f.n, f.good, f.part"
        " FROM unnest(%(spans)s::text[], %(firsts)s::date[]) AS w(span, first)"
        " CROSS JOIN (SELECT id, digest FROM metric WHERE digest = ANY(%(metrics)s)) m"
        " JOIN figure f ON f.metric = m.id AND f.span = w.span AND f.first = w.first AND f.dim = %(dim)s",
        {
            "metrics": list(metrics),
            "spans": [one.span for one in windows],
            "firsts": [one.first for one in windows],
            "dim": dimension,
        },
    )
    of = {(one.span, one.first): one for one in windows}
    return {(digest, of[span, first], code): Cell(*cell) for digest, span, first, code, *cell in rows}


def filled_at() -> datetime | None:
    """Up to which moment the record has been read into figures; None before the first fill."""
    found: datetime | None = sql.value("SELECT upto FROM fact_state")
    return found


def orders_beyond(few: int) -> bool:
    """Whether there are facts of more orders than ``few``."""
    return len(sql.rows("SELECT 1 FROM fact_order LIMIT %s", (few + 1,))) > few


@dataclass(frozen=True, slots=True)
class Behind:
    """One case behind a figure: the order, and what made it good or not. ``due`` and ``done`` of a limit's case."""

    number: int
    part: int
    unit: str
    good: bool
    in_part: bool
    day: date
    due: datetime | None
    done: datetime | None
    answer: str


def behind(
    metric: Metric,
    window: Window,
    dimension: str,
    code: str,
    *,
    fill: int | None = None,
    good: bool | None = None,
    limit: int = PAGE,
    after: tuple[int, int] = (0, -(2**15)),
) -> list[Behind]:
    """The cases behind a figure by order number, from ``after`` on: all, or the good ones, or those that are not.

    ``fill``: as a publication counted them; None: as they stand now. One statement, bounded by the window.
    """
    return [Behind(*row) for row in sql.rows(*_behind(metric, window, dimension, code, fill, good, limit, after))]


def count_behind(metric: Metric, window: Window, dimension: str, code: str, *, fill: int | None = None) -> Cell:
    """The figure counted anew from the facts themselves, whatever rollups say. One statement."""
    statement, params = _behind(metric, window, dimension, code, fill, None, None, (0, -(2**15)))
    row = sql.rows(
        f"SELECT count(*), coalesce(sum(good::int), 0), coalesce(sum(in_part::int), 0) FROM ({statement}) x", params
    )[0]
    return Cell(*row)


def until(fill: int | None) -> str:
    """The first day after a window as far as its cases count; a published one is over."""
    return "%(after)s::date" if fill is not None else f"least(%(after)s::date, {CUT})"


def _behind(
    metric: Metric,
    window: Window,
    dimension: str,
    code: str,
    fill: int | None,
    good: bool | None,
    limit: int | None,
    after: tuple[int, int],
) -> tuple[str, dict[str, Any]]:
    held = metric_sql.compiled(metric)
    column = metric_sql.dimensions(metric)[dimension]
    by_end = " AND done_day < %(after)s::date" if held.ends else ""
    is_good, is_part = f"({held.good}{by_end})", f"({held.part}{by_end})"
    where = [held.case, f"{held.by} >= %(first)s::date", f"{held.by} < {until(fill)}", f"{column} = %(code)s"]
    if held.limited:
        where.append(metric_sql.in_effect("%(after)s::date"))
    # Calls are read as they are: what was told of one never changes.
    frozen = fill is not None and metric.table != "call"
    where.append("made <= %(fill)s AND (gone IS NULL OR gone > %(fill)s)" if frozen else "gone IS NULL")
    if good is not None:
        where.append(is_good if good else f"NOT {is_good}")
    part = "part" if held.limited else "0::smallint"
    where.append(f"(number, {part}) > (%(number)s::bigint, %(part)s::integer)")
    due, done = ("due", "done") if held.limited else ("NULL::timestamptz", "NULL::timestamptz")
    answer = "concat_ws('/', resolved, rating)" if metric.table == "rating" else "''"
    unit = "''" if metric.table == "call" else "unit"
    statement = (
        f"SELECT number, {part}, {unit}, {is_good} AS good, {is_part} AS in_part, {held.by}, {due}, {done}, {answer}"
        f" FROM {held.table} WHERE {' AND '.join(where)} ORDER BY 1, 2"
        + (f" LIMIT {int(limit)}" if limit is not None else "")
    )
    return statement, {
        "first": window.first,
        "after": window.after,
        "code": code,
        "fill": fill,
        "number": after[0],
        "part": after[1],
    }


def of_window(metric: Metric, window: Window, dimension: str) -> dict[str, Cell]:
    """A metric that no rollup holds, counted from the facts of one window, by code: another profile tried on a past
    month. One statement; nothing is kept."""
    held = metric_sql.compiled(metric)
    column = metric_sql.dimensions(metric)[dimension]
    by_end = " AND done_day < %(after)s::date" if held.ends else ""
    effect = f" AND {metric_sql.in_effect('%(after)s::date')}" if held.limited else ""
    rows = sql.rows(
        f"SELECT {column}, count(*), count(*) FILTER (WHERE {held.good}{by_end}),"
        f" count(*) FILTER (WHERE {held.part}{by_end}) FROM {held.table} WHERE {held.case} AND gone IS NULL"
        f" AND {held.by} >= %(first)s::date AND {held.by} < {until(None)}{effect} GROUP BY 1",
        {"first": window.first, "after": window.after},
    )
    return {code: Cell(n, good, part) for code, n, good, part in rows}
