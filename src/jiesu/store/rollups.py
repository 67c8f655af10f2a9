"""Rollups and figures: facts summed so that a board reads a row for a number, and every window is exact.

A rollup is keyed by the day of a case, the day until which its limit was in effect and the day on which it was done
(closure is not additive over windows: domain.md §6). Figures are the windows made of rollups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from jiesu.domain import windows
from jiesu.domain.profiles import SPANS, Metric
from jiesu.domain.tally import FOREVER
from jiesu.store import metric_sql, sql
from jiesu.store.documents import read_data, write_data

_FOREVER: Final = f"DATE '{FOREVER}'"
_FIELDS: Final = ("table", "by", "count", "good", "part", "leave_out", "owner", "clock")


def metrics(*, whole: bool | None = None) -> dict[int, Metric]:
    """The ways of counting that profiles use, by their number; ``whole``: only those whose figures are all made."""
    rows = sql.rows("SELECT id, doc::text, whole FROM metric ORDER BY id")
    return {id_: _metric(doc) for id_, doc, done in rows if whole is None or done is whole}


@lru_cache(maxsize=256)
def _metric(doc: str) -> Metric:
    held = read_data(doc)
    return Metric(**{name: tuple(held[name]) if isinstance(held[name], list) else held[name] for name in _FIELDS})


def add_metrics(held: Mapping[str, Metric]) -> None:
    """Note ways of counting that no profile used before; their figures are made by the next fill."""
    for digest, one in held.items():
        doc = {name: list(value) if isinstance(value := getattr(one, name), tuple) else value for name in _FIELDS}
        sql.run(
            "INSERT INTO metric (digest, doc, whole) VALUES (%s, %s::jsonb, false) ON CONFLICT (digest) DO NOTHING",
            (digest, write_data(doc)),
        )


def take_out(numbers: Sequence[int]) -> None:
    """Subtract what these orders' facts gave to the rollups."""
    _add(numbers, -1)


def put_in(numbers: Sequence[int]) -> None:
    """Add what these orders' facts give, and make the figures of every window that was touched anew."""
    _add(numbers, 1)
    touched = sql.rows("SELECT DISTINCT metric, day FROM touched_day")
    sql.run(
        "DELETE FROM rollup r USING touched_day t WHERE r.metric = t.metric AND r.day = t.day"
        " AND r.n = 0 AND r.good = 0 AND r.part = 0"
    )
    sql.run("DELETE FROM touched_day")
    figures_of({metric: [day for one, day in touched if one == metric] for metric, _ in touched})


def _add(numbers: Sequence[int], sign: int) -> None:
    sql.run("CREATE TEMP TABLE IF NOT EXISTS touched_day (metric smallint, day date) ON COMMIT DELETE ROWS")
    for id_, one in metrics(whole=True).items():
        if one.table == "call":
            continue
        sql.run(
            f"WITH added AS ({_cells(id_, one, 'number = ANY(%(numbers)s) AND gone IS NULL', sign)}), kept AS ("
            + _INSERT.format(cells="SELECT * FROM added")
            + ""
            " ON CONFLICT (metric, day, dim, code, until_day, done_day) DO UPDATE SET n = rollup.n + excluded.n,"
            " good = rollup.good + excluded.good, part = rollup.part + excluded.part)"
            " INSERT INTO touched_day SELECT DISTINCT metric, day FROM added",
            {"numbers": list(numbers)},
        )


def _cells(id_: int, metric: Metric, where: str, sign: int = 1) -> str:
    """The rollup cells that the facts ``where`` give."""
    held = metric_sql.compiled(metric)
    dims = metric_sql.dimensions(metric)
    # When it was done matters only to a case that counts as good, and not before its day: every window holds that.
    done = f"CASE WHEN g = 1 OR p = 1 THEN greatest(done_day, {held.by}) ELSE {_FOREVER} END" if held.ends else held.by
    inner = (
        f"SELECT *, CASE WHEN {held.good} THEN 1 ELSE 0 END AS g, CASE WHEN {held.part} THEN 1 ELSE 0 END AS p"
        f" FROM {held.table} WHERE {held.case} AND {where}"
    )
    codes = ", ".join(f"{code} AS d_{name}" for name, code in dims.items())
    outer = (
        f"SELECT {held.by} AS day, {'until_day' if held.limited else _FOREVER} AS until_day, {done} AS done_day, g, p,"
        f" {codes} FROM ({inner}) f"
    )
    sets = ", ".join(f"(day, until_day, done_day, d_{name})" for name in dims)
    name = " ".join(f"WHEN grouping(d_{one}) = 0 THEN '{one}'" for one in dims)
    code = f"coalesce({', '.join(f'd_{one}' for one in dims)})"
    return (
        f"SELECT {id_}::smallint AS metric, CASE {name} END AS dim, {code} AS code, day, until_day, done_day,"
        f" {sign} * count(*)::integer AS n, {sign} * sum(g)::integer AS good, {sign} * sum(p)::integer AS part"
        f" FROM ({outer}) c GROUP BY GROUPING SETS ({sets})"
    )


def refill(id_: int, metric: Metric) -> None:
    """Make the rollup and every figure of one metric from all facts."""
    sql.run("DELETE FROM rollup WHERE metric = %s", (id_,))
    sql.run(_INSERT.format(cells=_cells(id_, metric, "gone IS NULL")))
    sql.run("DELETE FROM figure WHERE metric = %s", (id_,))
    for span in SPANS:
        sql.run(_FIGURES.format(windows=_ALL_WINDOWS[span]), {"metric": id_, "span": span, "ends": _ends(metric)})
    sql.run("UPDATE metric SET whole = true WHERE id = %s", (id_,))


def refill_days(id_: int, metric: Metric, days: Sequence[date]) -> None:
    """Make the rollup of some days anew from their facts, and the figures of every window that holds one of them."""
    if not days:
        return
    sql.run("DELETE FROM rollup WHERE metric = %s AND day = ANY(%s::date[])", (id_, list(days)))
    where = f"gone IS NULL AND {metric.by} = ANY(%(days)s::date[])"
    sql.run(_INSERT.format(cells=_cells(id_, metric, where)), {"days": list(days)})
    figures_of({id_: days})


def figures_of(touched: Mapping[int, Iterable[date]]) -> None:
    """Make the figures of all windows that hold one of these days anew."""
    held = metrics()
    for id_, days in touched.items():
        wanted = {window for day in days for window in windows.holding(day)}
        for span in SPANS:
            mine = sorted(one for one in wanted if one.span == span)
            if not mine:
                continue
            firsts, afters = [one.first for one in mine], [one.after for one in mine]
            params = {"metric": id_, "span": span, "firsts": firsts, "afters": afters, "ends": _ends(held[id_])}
            sql.run(
                "DELETE FROM figure WHERE metric = %(metric)s AND span = %(span)s AND first = ANY(%(firsts)s::date[])",
                params,
            )
            sql.run(_FIGURES.format(windows=_THESE), params)


def _ends(metric: Metric) -> bool:
    return metric_sql.compiled(metric).ends


_INSERT: Final = (
    "INSERT INTO rollup (metric, dim, code, day, until_day, done_day, n, good, part)"
    " SELECT metric, dim, code, day, until_day, done_day, n, good, part FROM ({cells}) x"
)
_THESE: Final = "SELECT * FROM unnest(%(firsts)s::date[], %(afters)s::date[]) AS w(first, after)"
_TRUNC: Final[Mapping[str, tuple[str, str]]] = {
    "day": ("day", "1 day"),
    "week": ("week", "7 days"),
    "month": ("month", "1 month"),
    "quarter": ("quarter", "3 months"),
    "year": ("year", "1 year"),
}
_ALL_WINDOWS: Final = {
    span: (
        f"SELECT DISTINCT date_trunc('{unit}', day)::date AS first,"
        f" (date_trunc('{unit}', day) + interval '{length}')::date AS after FROM rollup"
        " WHERE metric = %(metric)s AND dim = 'all'"
    )
    for span, (unit, length) in _TRUNC.items()
}
_FIGURES: Final = (
    "INSERT INTO figure (metric, span, first, dim, code, n, good, part)"
    " SELECT r.metric, %(span)s, w.first, r.dim, r.code, sum(r.n),"
    " sum(CASE WHEN NOT %(ends)s OR r.done_day < w.after THEN r.good ELSE 0 END),"
    " sum(CASE WHEN NOT %(ends)s OR r.done_day < w.after THEN r.part ELSE 0 END)"
    " FROM ({windows}) w JOIN rollup r ON r.metric = %(metric)s AND r.day >= w.first AND r.day < w.after"
    " AND r.until_day >= w.after GROUP BY r.metric, w.first, r.dim, r.code HAVING sum(r.n) > 0"
)


def call_days(now_day: date) -> list[date]:
    """Days whose calls may have changed since they were counted; all days the first time."""
    upto = sql.value("SELECT calls_upto FROM fact_state")
    since = upto - timedelta(days=1) if upto else None
    found = sql.rows(
        "SELECT DISTINCT day FROM fact_call WHERE (%(since)s::date IS NULL OR day >= %(since)s) ORDER BY day",
        {"since": since},
    )
    return [day for (day,) in found]


def calls_counted(day: date) -> None:
    sql.run("UPDATE fact_state SET calls_upto = %s", (day,))
