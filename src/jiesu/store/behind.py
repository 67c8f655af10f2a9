"""What lies behind a figure, for a page: its cases with their orders as the reader may list them, each bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.profiles import BY_END, Metric
from jiesu.domain.windows import Window
from jiesu.store import metric_sql, sql, worklists
from jiesu.store.figures import CUT, PAGE, Cell, until
from jiesu.store.worklists import Row

RECOUNTED: Final = 200_000
"""A figure of more cases is not counted anew each time that it is opened."""
START: Final = (0, -(2**15), 0)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a figure; ``number``, ``part`` and ``turn`` name it. ``due``, ``done``, ``given`` (accepted) of a
    limit's; the four answers of a rating's. ``row``: its order as lists show it, None for a call, which has none."""

    number: int
    part: int
    turn: int
    unit: str
    good: bool
    in_part: bool
    day: date
    due: datetime | None
    done: datetime | None
    given: datetime | None
    resolved: str
    rating: str
    first_resolved: str
    first_rating: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class Opened:
    """``shown``: the figure as its board has it; ``counted``: the same from the facts one by one, None for a very large
    one; ``mine``: as many of its cases as the reader may list; ``cases``: a page of them, one more if others follow."""

    shown: Cell
    counted: Cell | None
    mine: Cell
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose list it is. ``units``: None for those who may know of every order; else only orders in which one of these
    units has a part are listed, of cases that are theirs or (of a section) their unit's, ``own``."""

    units: Sequence[str] | None = None
    own: Sequence[str] = ()


EVERYBODY: Final = Reader()
_ROW: Final = ", ".join(
    f"{column} AS r{at}"
    for at, column in enumerate(
        [f"w.{one.name}" for one in fields(Row)[:-3]]
        + ["coalesce(w.dispatched_at, w.accepted_at, w.received_at)", "w.amber_at", "w.due_at"]
    )
)
_OF_CASE: Final = len(fields(Case)) - 1


def cases_of(metric: Metric, dimension: str, *, fill: bool) -> str:
    """Every case of a figure with its verdict, of the window %(first)s to %(after)s and the code %(code)s; ``fill``: as
    the fill %(fill)s left the facts, else as they stand."""
    held = metric_sql.compiled(metric)
    by_end = " AND done_day < %(after)s::date" if held.ends else ""
    where = [
        held.case,
        f"{held.by} >= %(first)s::date",
        f"{held.by} < {until(0 if fill else None)}",
        f"{metric_sql.dimensions(metric)[dimension]} = %(code)s",
    ]
    if held.limited:
        where.append(metric_sql.in_effect("%(after)s::date"))
    # Calls are read as they are: what was told of one never changes.
    frozen = fill and metric.table != "call"
    where.append("made <= %(fill)s AND (gone IS NULL OR gone > %(fill)s)" if frozen else "gone IS NULL")
    limits = "due, done, given" if held.limited else ", ".join(["NULL::timestamptz"] * 3)
    answers = ("resolved", "rating", "first_resolved", "first_rating")
    told = ", ".join(answers if metric.table == "rating" else ("''::varchar",) * 4)
    # A clock that began twice in a window gives two cases of one part.
    part = "part, turn::integer * 1000 + span AS turn" if held.limited else "0::smallint AS part, 0 AS turn"
    unit = "''::varchar" if metric.table == "call" else "unit"
    return (
        f"SELECT number, {part}, {unit} AS unit, ({held.good}{by_end}) AS good, ({held.part}{by_end}) AS in_part,"
        f" {held.by} AS day, {limits}, {told} FROM {held.table} WHERE {' AND '.join(where)}"
    )


_NAMES: Final = (
    "number, part, turn, unit, good, in_part, day, due, done, given, resolved, rating, first_resolved, first_rating"
)
# Merged children were called back while their parent may not be done yet: their unit learns of it as a number alone.
_CONCERNS: Final = (
    "c.unit = ANY(%(own)s) AND w.outcome IS DISTINCT FROM 'merged'"
    f" AND EXISTS (SELECT 1 FROM leg l WHERE {worklists.OF_UNIT})"
)


def opened(
    metric: Metric,
    window: Window,
    dimension: str,
    code: str,
    *,
    rate: str,
    publication: int = 0,
    fill: int | None = None,
    good: bool | None = None,
    reader: Reader = EVERYBODY,
    after: tuple[int, int, int] = START,
    limit: int = PAGE,
) -> Opened:
    """A figure with a page of its cases by order number. ``publication`` and ``fill``: as that one counted them. One
    statement, bounded by the window."""
    calls = metric.table == "call"
    scoped = reader.units is not None
    verdict = "" if good is None else " AND c.good" if good else " AND NOT c.good"
    where = f"(c.number, c.part, c.turn) > (%(number)s::bigint, %(part)s::integer, %(turn)s::integer){verdict}"
    row = "NULL" if calls else _ROW
    joined = "" if calls else " JOIN work_order w ON w.number = c.number"
    counts = "count(*), coalesce(sum(good::int), 0), coalesce(sum(in_part::int), 0)"
    mine = f"SELECT {counts} FROM c{joined} WHERE {_CONCERNS}" if scoped else "SELECT * FROM counted"
    large = f"(SELECT max(n) FROM shown) > {RECOUNTED}"
    statement = (
        f"WITH shown AS ({_SHOWN_THEN if publication else _SHOWN_NOW}),"
        f" c ({_NAMES}) AS NOT MATERIALIZED ({cases_of(metric, dimension, fill=fill is not None)}),"
        f" counted AS (SELECT {counts} FROM c WHERE NOT coalesce({large}, false)), mine AS ({mine}),"
        f" page AS (SELECT c.*, {row} FROM c{joined} WHERE {where}{f' AND {_CONCERNS}' if scoped else ''}"
        f" ORDER BY c.number, c.part, c.turn LIMIT {int(limit) + 1})"
        " SELECT coalesce(s.n, 0), coalesce(s.good, 0), coalesce(s.part, 0), counted.*, mine.*,"
        f" coalesce({large}, false), page.* FROM counted CROSS JOIN mine LEFT JOIN shown s ON true"
        " LEFT JOIN page ON true ORDER BY page.number, page.part, page.turn"
    )
    params: dict[str, Any] = {
        **(worklists.scope(reader.units) if reader.units is not None else {}),
        "own": list(reader.own),
        "digest": metric.digest,
        "ends": BY_END in metric.good,
        "span": window.span,
        "first": window.first,
        "after": window.after,
        "dim": dimension,
        "code": code,
        "rate": rate,
        "publication": publication,
        "fill": fill,
        "number": after[0],
        "part": after[1],
        "turn": after[2],
    }
    rows = sql.rows(statement, params)
    shown, counted, mine_, very_large = Cell(*rows[0][:3]), Cell(*rows[0][3:6]), Cell(*rows[0][6:9]), rows[0][9]
    cases = [_case(found[10:], calls=calls) for found in rows if found[10] is not None]
    return Opened(shown, None if very_large else counted, mine_ if scoped or not very_large else shown, cases)


_DONE_BY_END: Final = "(NOT %(ends)s OR done_day < %(after)s::date)"
_SHOWN_NOW: Final = (
    "SELECT f.n - r.n AS n, f.good - r.good AS good, f.part - r.part AS part FROM figure f, LATERAL ("
    f"SELECT coalesce(sum(n), 0) AS n, coalesce(sum(CASE WHEN {_DONE_BY_END} THEN good END), 0) AS good,"
    f" coalesce(sum(CASE WHEN {_DONE_BY_END} THEN part END), 0) AS part FROM rollup r"
    " WHERE r.metric = f.metric AND r.dim = f.dim AND r.code = f.code"
    f" AND {metric_sql.in_effect('%(after)s::date', 'r.')}"
    f" AND r.day >= greatest({CUT}, f.first) AND r.day < %(after)s::date) r"
    " WHERE f.metric = (SELECT id FROM metric WHERE digest = %(digest)s)"
    " AND f.span = %(span)s AND f.first = %(first)s::date AND f.dim = %(dim)s AND f.code = %(code)s"
)
_SHOWN_THEN: Final = (
    "SELECT n, good, part FROM published_figure WHERE publication = %(publication)s AND rate = %(rate)s"
    " AND dim = %(dim)s AND code = %(code)s"
)


def _case(found: Sequence[Any], *, calls: bool) -> Case:
    return Case(*found[:_OF_CASE], row=None if calls else Row(*found[_OF_CASE:]))


@dataclass(frozen=True, slots=True)
class Cost:
    """An order that is not good in a rate: what of it tells why, and how it may be called."""

    rate: str
    case: Case
    title: str
    kind: str
    secret: bool


def costs(
    asked: Mapping[str, Metric], window: Window, unit: str, *, reader: Reader, fill: int | None, limit: int
) -> list[Cost]:
    """The newest cases of one unit that are not good, of each of these metrics (by rate), in orders that the reader may
    list. One statement, bounded by the window and the unit."""
    parts = []
    scope = f" AND {_CONCERNS}" if reader.units is not None else ""
    for rate, metric in asked.items():
        parts.append(
            f"(SELECT '{rate}', c.*, w.title, w.kind, w.secret FROM ({cases_of(metric, 'unit', fill=fill is not None)})"
            f" c ({_NAMES}) JOIN work_order w ON w.number = c.number WHERE NOT c.good AND NOT c.in_part{scope}"
            f" ORDER BY c.day DESC, c.number DESC LIMIT {int(limit)})"
        )
    if not parts:
        return []
    params: dict[str, Any] = {
        **(worklists.scope(reader.units) if reader.units is not None else {}),
        "own": list(reader.own),
        "first": window.first,
        "after": window.after,
        "code": unit,
        "fill": fill,
    }
    return [
        Cost(rate, Case(*case, row=None), *titled)
        for rate, *case, titled in (
            (row[0], *row[1 : _OF_CASE + 1], row[_OF_CASE + 1 :]) for row in sql.rows(" UNION ALL ".join(parts), params)
        )
    ]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One fact of an order held against a figure: each condition by its word, and whether it holds."""

    part: int
    unit: str
    day: date | None
    due: datetime | None
    done: datetime | None
    holds: Mapping[tuple[str, str], bool]

    @property
    def counted(self) -> bool:
        return all(held for (kind, _), held in self.holds.items() if kind not in ("good", "part"))

    @property
    def good(self) -> bool:
        return self.counted and all(held for (kind, _), held in self.holds.items() if kind == "good")


def weighed(
    metric: Metric, window: Window, dimension: str, code: str, number: int, *, fill: int | None = None
) -> list[Weighed]:
    """Every fact of one order in the table of a metric, held against each condition of a figure. One statement."""
    held = metric_sql.compiled(metric)
    words = metric_sql.WORDS[metric.table]
    tests: list[tuple[str, str, str]] = [
        ("window", "day", f"{held.by} IS NOT NULL AND {held.by} >= %(first)s::date AND {held.by} < {until(fill)}"),
        ("window", "code", f"{metric_sql.dimensions(metric)[dimension]} = %(code)s"),
    ]
    if held.limited:
        tests.append(("window", "effect", metric_sql.in_effect("%(after)s::date")))
        tests.append(("window", "freed", "NOT freed"))
    tests += [("count", one, metric_sql.said(words, one)) for one in metric.count]
    tests += [("leave_out", one, f"({metric_sql.EXCLUSIONS[one]})") for one in metric.leave_out]
    tests += [("good", one, metric_sql.said(words, one)) for one in metric.good if one != BY_END]
    if BY_END in metric.good:
        tests.append(("good", BY_END, "done_day < %(after)s::date"))
    tests += [("part", one, metric_sql.said(words, one)) for one in metric.part]
    clock = f" AND clock = '{metric.clock}'" if held.limited else ""
    gone = "made <= %(fill)s AND (gone IS NULL OR gone > %(fill)s)" if fill is not None else "gone IS NULL"
    named = "part, unit, day, due, done" if held.limited else f"0, unit, {held.by}, NULL, NULL"
    order = "part, turn, span" if held.limited else "number"
    found = sql.rows(
        f"SELECT {named}, {', '.join(f'coalesce({test}, false)' for _, _, test in tests)} FROM {held.table}"
        f" WHERE number = %(asked)s{clock} AND {gone} ORDER BY {order}",
        {"first": window.first, "after": window.after, "code": code, "asked": number, "fill": fill},
    )
    names = [(kind, word) for kind, word, _ in tests]
    return [Weighed(*row[:5], holds=dict(zip(names, row[5:], strict=True))) for row in found]
