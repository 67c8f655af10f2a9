"""The words of a metric profile as SQL on the tables of facts, in the part of the language that PostgreSQL, DuckDB and
Spark read alike: CASE, sum, GROUP BY, comparisons of dates, no FILTER, no casts of our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jiesu.domain.profiles import BY_END, Metric

TABLES: Final[Mapping[str, str]] = {
    "limit": "fact_limit",
    "order": "fact_order",
    "rating": "fact_rating",
    "call": "fact_call",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "limit": {
        "lead": "lead",
        "has_limit": "due IS NOT NULL",
        "live": "live",
        "in_time": "in_time",
        "done": "done IS NOT NULL",
        "accepted": "given IS NOT NULL",
        "first_turn": "turn = 1",
        "extended": "extended",
        "reworked": "reworked",
        "shelved": "shelved",
        "asked_return": "asked_return",
        "returned": "returned",
        "joint": "joint",
        "enterprise": "enterprise",
    },
    "order": {
        "direct": "outcome = 'direct_answer'",
        "handled": "handled",
        "dispatched": "dispatched_day IS NOT NULL",
        "closed": "closed_day IS NOT NULL",
        "called": "called",
        "reached": "reached",
        "return_asked": "returns_asked > 0",
        "return_agreed": "returns_agreed > 0",
        "extended": "extensions > 0",
        "reworked": "rounds > 1",
        "repeat": "repeated",
        "chased": "chases > 0",
        "joint": "joint",
        "enterprise": "enterprise",
        "late_entry": "late_entry",
    },
    "rating": {
        "unit_known": "unit <> ''",
        "resolved": "resolved = 'resolved'",
        "resolved_mostly": "resolved = 'mostly'",
        "satisfied": "rating = 'satisfied'",
        "satisfied_mostly": "rating = 'mostly'",
        "first_resolved": "first_resolved = 'resolved'",
        "first_resolved_mostly": "first_resolved = 'mostly'",
        "first_satisfied": "first_rating = 'satisfied'",
        "first_satisfied_mostly": "first_rating = 'mostly'",
        "rated": "rating <> ''",
        "resolution_told": "resolved <> ''",
        "joint": "joint",
        "enterprise": "enterprise",
    },
    "call": {
        "inbound": "inbound",
        "answered": "answered",
        "answered_in_15s": "answered AND waited <= 15",
    },
}
EXCLUSIONS: Final[Mapping[str, str]] = {
    "praise": "kind <> 'praise'",
    "invalid": "kind <> 'invalid' AND kind <> 'nuisance'",
    "withdrawn": "outcome <> 'withdrawn'",
    "merged": "outcome <> 'merged'",
    "exempt": "NOT exempt",
    "foreign": "NOT adopted",
    "direct": "outcome <> 'direct_answer'",
}
# A dimension of figures as a column of the facts; calls belong to the whole city.
CODES: Final[Mapping[str, str]] = {
    "all": "''",
    "unit": "unit",
    "group": "grp",
    "matter": "matter",
    "region": "region",
    "channel": "channel",
    "kind": "kind",
    "enterprise": "CASE WHEN enterprise THEN 'enterprise' ELSE 'person' END",
    "joint": "CASE WHEN joint THEN 'joint' ELSE 'single' END",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A metric as pieces of SQL on its ``table``.

    ``case``: what is counted at all; ``good`` and ``part``: which cases are good, or good in part, leaving the
    window's end aside; ``by``: the day column; ``ends``: whether a case must also be done by the window's end.
    """

    table: str
    case: str
    good: str
    part: str
    by: str
    ends: bool
    limited: bool


def compiled(metric: Metric) -> Compiled:
    """The pieces of SQL that a metric means."""
    words = WORDS[metric.table]
    limited = metric.table == "limit"
    case = [f"{metric.by} IS NOT NULL"]
    if limited:
        case = [f"clock = '{metric.clock}'", f"{metric.by} IS NOT NULL", "NOT freed"]
    case += [said(words, one) for one in metric.count]
    case += [f"({EXCLUSIONS[one]})" for one in metric.leave_out]
    ends = BY_END in metric.good
    good = [said(words, one) for one in metric.good if one != BY_END]
    return Compiled(
        table=TABLES[metric.table],
        case=" AND ".join(case),
        good=" AND ".join(good) or "1 = 1",
        part=" AND ".join(said(words, one) for one in metric.part) or "1 = 0",
        by=metric.by,
        ends=ends,
        limited=limited,
    )


def dimensions(metric: Metric) -> dict[str, str]:
    """The dimensions that a metric's table has, with the SQL of their codes; the centre's own have no unit."""
    if metric.table == "call":
        return {"all": "''"}
    if metric.owner == "centre":
        return {name: code for name, code in CODES.items() if name not in ("unit", "group")}
    return dict(CODES)


def in_effect(after: str, of: str = "") -> str:
    """That a limit was the one in effect at the end of a window: the first moment of the day ``after``."""
    return f"{of}since_day < {after} AND {of}until_day >= {after}"


def windows_text(metric: Metric, dimension: str, months: Sequence[tuple[date, date]], *, city: bool = False) -> str:
    """One statement for all engines: cases, good ones and those in part, by month and by one dimension's code.

    ``months``: first day and first day after. Facts are tables named as here, with a column ``month`` (yyyymm) of their
    ``day``, so that each month reads its own part, unless the metric goes by another day; ``city`` tells several cities
    apart.
    """
    held = compiled(metric)
    rows = " UNION ALL ".join(
        f"SELECT {first:%Y%m} AS month, DATE '{first}' AS first, DATE '{after}' AS after" for first, after in months
    )
    code = dimensions(metric)[dimension]
    by_end = " AND f.done_day < w.after" if held.ends else ""
    effect = f" AND {in_effect('w.after', 'f.')}" if held.limited else ""
    part = "f.month = w.month AND " if held.by == "day" else ""
    of, group = ("f.city, ", "f.city, ") if city else ("", "")
    inner = (
        f"SELECT *, {code} AS code, CASE WHEN {held.good} THEN 1 ELSE 0 END AS is_good,"
        f" CASE WHEN {held.part} THEN 1 ELSE 0 END AS is_part FROM {held.table} WHERE {held.case}"
    )
    return (
        f"SELECT {of}w.first, f.code, count(*) AS n,"
        f" sum(CASE WHEN f.is_good = 1{by_end} THEN 1 ELSE 0 END) AS good,"
        f" sum(CASE WHEN f.is_part = 1{by_end} THEN 1 ELSE 0 END) AS part"
        f" FROM ({inner}) f JOIN ({rows}) w ON {part}f.{held.by} >= w.first AND f.{held.by} < w.after"
        f"{effect} GROUP BY {group}w.first, f.code"
    )


def profile_text(
    metrics: Mapping[str, Metric], dimension: str, months: Sequence[tuple[date, date]], *, city: bool = False
) -> str:
    """``windows_text`` of several metrics by name as one table, the name first; not of those without the dimension."""
    return " UNION ALL ".join(
        f"SELECT '{name}' AS rate, m.* FROM ({windows_text(metric, dimension, months, city=city)}) m"
        for name, metric in metrics.items()
        if dimension in dimensions(metric)
    )


def said(words: Mapping[str, str], word: str) -> str:
    """One word of a table, or its opposite (``not lead``), as SQL."""
    if word.startswith("not "):
        return f"NOT ({words[word.removeprefix('not ')]})"
    return f"({words[word]})"
