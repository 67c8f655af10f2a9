"""Rollups and figures: facts summed so that a board reads a row for a number, and every window is exact.

A rollup is keyed by the day of a case, the days between which its limit was in effect and the day on which it was done
(closure is not additive over windows: domain.md §6). Figures are the windows made of rollups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from jiesu.domain.profiles import Metric
from jiesu.domain.tally import EVER, FOREVER
from jiesu.store import metric_sql, sql
from jiesu.store.documents import read_data, write_data

_EVER, _FOREVER = (f"DATE '{day}'" for day in (EVER, FOREVER))
_ALWAYS: Final = f"{_EVER}, {_FOREVER}"
_LOCK: Final = 4712
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


def hold(*, together: bool = False) -> None:
    """Until this transaction ends nobody else fills facts, rollups and figures or publishes them; ``together``: others
    may who say so too, each for rollups of his own."""
    sql.rows(f"SELECT pg_advisory_xact_lock{'_shared' if together else ''}({_LOCK})")


def take_out(numbers: Sequence[int]) -> None:
    """Note what these orders' facts gave to the rollups, before they make room."""
    _note(numbers, -1)


def put_in(numbers: Sequence[int]) -> None:
    """Note what these orders' facts give now, and bring rollups and figures along by the difference."""
    if _note(numbers, 1):
        _bring_along()


def _note(numbers: Sequence[int], sign: int) -> bool:
    """Whether there is any metric to be brought along."""
    held = {id_: one for id_, one in metrics(whole=True).items() if one.table != "call"}
    listed = f"{{{','.join(map(str, numbers))}}}"  # written once: thousands of numbers, and thirty metrics
    if held:
        _blank()
    for id_, one in held.items():
        cells = _cells(id_, one, "number = ANY(%(numbers)s::bigint[]) AND gone IS NULL", sign)
        sql.run(f"INSERT INTO rollup_change ({_CELL}) SELECT {_CELL} FROM ({cells}) c", {"numbers": listed})
    return bool(held)


def _blank() -> None:
    """Room for what is noted in this transaction: cells that go and come, and what they come to."""
    for name in ("rollup_change", "rollup_net"):
        sql.run(f"CREATE TEMP TABLE IF NOT EXISTS {name} (LIKE rollup) ON COMMIT DELETE ROWS")


def _bring_along() -> None:
    """Add what was noted: most orders that are read anew change little, so only what comes to a change is written."""
    ends = [id_ for id_, one in metrics(whole=True).items() if _ends(one)]
    sql.run(_NET)
    sql.run(
        f"INSERT INTO rollup ({_CELL}) SELECT {_CELL} FROM rollup_net ON CONFLICT (metric, day, dim, code, since_day,"
        " until_day, done_day) DO UPDATE SET n = rollup.n + excluded.n, good = rollup.good + excluded.good,"
        " part = rollup.part + excluded.part"
    )
    sql.run(
        f"INSERT INTO figure ({_FIGURE}) {_FIGURES.format(cells='rollup_net', having=_CHANGED)}"
        " ON CONFLICT (metric, span, first, dim, code) DO UPDATE SET n = figure.n + excluded.n,"
        " good = figure.good + excluded.good, part = figure.part + excluded.part",
        {"ends": ends},
    )
    sql.run(
        "DELETE FROM rollup r USING rollup_net c WHERE c.n < 0 AND r.n = 0"
        " AND (r.metric, r.day, r.dim, r.code, r.since_day, r.until_day, r.done_day)"
        " = (c.metric, c.day, c.dim, c.code, c.since_day, c.until_day, c.done_day)"
    )
    sql.run(
        "DELETE FROM figure f USING (SELECT DISTINCT r.metric, w.span, w.first, r.dim, r.code FROM rollup_net r"
        f" JOIN {_WINDOWS.format(cells='rollup_net')} ON w.day = r.day WHERE r.n < 0) c WHERE f.n = 0"
        " AND (f.metric, f.span, f.first, f.dim, f.code) = (c.metric, c.span, c.first, c.dim, c.code)"
    )
    for name in ("rollup_change", "rollup_net"):
        sql.run(f"DELETE FROM {name}")


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
    codes = ", ".join(dims.values())
    # Since when matters only where it is later than the day: whoever holds the day ends after it.
    since = f"CASE WHEN since_day > day THEN since_day ELSE {_EVER} END, until_day" if held.limited else _ALWAYS
    outer = (
        f"SELECT * FROM (SELECT {held.by}, {since}, {done}, g, p, {codes} FROM ({inner}) f)"
        f" o(day, since_day, until_day, done_day, g, p, {', '.join(f'd_{name}' for name in dims)})"
    )
    sets = ", ".join(f"(day, since_day, until_day, done_day, d_{name})" for name in dims)
    name = " ".join(f"WHEN grouping(d_{one}) = 0 THEN '{one}'" for one in dims)
    code = f"coalesce({', '.join(f'd_{one}' for one in dims)})"
    return (
        f"SELECT {id_}::smallint AS metric, CASE {name} END AS dim, {code} AS code, day, since_day, until_day,"
        f" done_day, {sign} * count(*)::integer AS n, {sign} * sum(g)::integer AS good,"
        f" {sign} * sum(p)::integer AS part"
        f" FROM ({outer}) c GROUP BY GROUPING SETS ({sets})"
    )


def refill(id_: int, metric: Metric) -> None:
    """Make the rollup and every figure of one metric from all facts."""
    cells, windows = texts(id_, metric, "gone IS NULL")
    sql.run("DELETE FROM rollup WHERE metric = %s", (id_,))
    sql.run(f"INSERT INTO rollup ({_CELL}) {cells}")
    sql.run("DELETE FROM figure WHERE metric = %s", (id_,))
    sql.run(f"INSERT INTO figure ({_FIGURE}) {windows}", {"ends": [id_] if _ends(metric) else []})
    sql.run("UPDATE metric SET whole = true WHERE id = %s", (id_,))


def texts(id_: int, metric: Metric, where: str) -> tuple[str, str]:
    """What a refill selects, in the order of the keys, which is how an index is quickest written: the cells of a rollup
    from the facts ``where``; the figures from such a rollup, with one parameter ``ends``, the list of those metrics
    whose cases must be done by the window's end."""
    cells = f"SELECT {_CELL} FROM ({_cells(id_, metric, where)}) c ORDER BY day, dim, code"
    return cells, _FIGURES.format(cells=f"(SELECT * FROM rollup WHERE metric = {id_:d})", having="")


def refill_days(id_: int, metric: Metric, days: Sequence[date]) -> None:
    """Make the rollup of some days anew from their facts, and the figures of every window that holds one of them."""
    _blank()
    told = {"metric": id_, "days": list(days)}
    sql.run(
        f"INSERT INTO rollup_change ({_CELL}) SELECT {_KEY}, -n, -good, -part"
        " FROM rollup WHERE metric = %(metric)s AND day = ANY(%(days)s::date[])",
        told,
    )
    cells = _cells(id_, metric, f"gone IS NULL AND {metric.by} = ANY(%(days)s::date[])")
    sql.run(f"INSERT INTO rollup_change ({_CELL}) SELECT {_CELL} FROM ({cells}) c", told)
    _bring_along()


def _ends(metric: Metric) -> bool:
    return metric_sql.compiled(metric).ends


_KEY: Final = "metric, dim, code, day, since_day, until_day, done_day"
_CELL: Final = f"{_KEY}, n, good, part"
_FIGURE: Final = "metric, span, first, dim, code, n, good, part"
_NET: Final = (
    f"INSERT INTO rollup_net ({_CELL}) SELECT {_KEY}, sum(n), sum(good), sum(part) FROM rollup_change GROUP BY {_KEY}"
    " HAVING sum(n) <> 0 OR sum(good) <> 0 OR sum(part) <> 0"
)
_LENGTHS: Final[Mapping[str, tuple[str, str]]] = {
    "day": ("day", "1 day"),
    "week": ("week", "7 days"),
    "month": ("month", "1 month"),
    "quarter": ("quarter", "3 months"),
    "year": ("year", "1 year"),
}
# The five windows that hold each day of some cells.
_WINDOWS: Final = (
    "(SELECT d.day, w.span, w.first, w.after FROM (SELECT DISTINCT day FROM {cells} c) d, LATERAL (VALUES "
    + ", ".join(
        f"('{span}', date_trunc('{unit}', d.day::timestamp)::date,"
        f" (date_trunc('{unit}', d.day::timestamp) + interval '{length}')::date)"
        for span, (unit, length) in _LENGTHS.items()
    )
    + ") AS w(span, first, after)) w"
)
_BY_END: Final = "sum(CASE WHEN r.metric <> ALL(%(ends)s) OR r.done_day < w.after THEN r.{} ELSE 0 END)"
_CHANGED: Final = f" HAVING sum(r.n) <> 0 OR {_BY_END.format('good')} <> 0 OR {_BY_END.format('part')} <> 0"
_FIGURES: Final = (
    "SELECT r.metric, w.span, w.first, r.dim,"
    f" r.code, sum(r.n) AS n, {_BY_END.format('good')} AS good, {_BY_END.format('part')} AS part"
    f" FROM {{cells}} r JOIN {_WINDOWS} ON w.day = r.day AND {metric_sql.in_effect('w.after', 'r.')}"
    " GROUP BY r.metric, w.span, w.first, r.dim, r.code{having} ORDER BY 1, 2, 3, 4, 5"
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
