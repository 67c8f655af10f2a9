"""Facts copied over weeks, in SQL: a large history for figures alone, without its events, orders and calls."""

# ruff: noqa: S608 - tables of its own
from __future__ import annotations

from typing import Final

from jiesu.store import sql

STEP: Final = 10**13  # between the numbers of two copies
TABLES: Final = ("fact_limit", "fact_order", "fact_rating")
# What the shipped profiles count: the limits of intake, interim replies, last calls and instructions are in no rate.
CLOCKS: Final = (
    "'handle', 'acknowledge', 'first_contact', 'dispatch', 'rework', 'review', 'callback_first', 'ruling',"
    " 'return_decision'"
)
_COLUMNS: Final = (
    "SELECT attname::text, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
    " ORDER BY attnum"
)
# Each unit is made four; the centre stays one.
_UNIT: Final = (
    "CASE WHEN k > 0 AND unit <> '' AND grp NOT LIKE 'centre%%'"
    " THEN unit || (ARRAY['', '甲', '乙', '丙'])[(number + k) %% 4 + 1] ELSE unit END"
)


def keep_aside() -> None:
    """Keep the facts as they stand, to be copied."""
    for name in TABLES:
        where = f" AND clock IN ({CLOCKS})" if name == "fact_limit" else ""
        sql.run(f"CREATE TABLE base_{name} AS SELECT * FROM {name} WHERE gone IS NULL{where}")


def copied(orders: int, weeks: int, *, seed: int = 7, without_a_day: bool = False) -> None:
    """In place of all facts: so many orders in all, a share of the base by chance over so many weeks, going back from
    it. ``without_a_day``: the busiest day of the base itself is left out; its orders are in the table ``left_out``."""
    whole = weeks * int(sql.value("SELECT count(*) FROM base_fact_order"))
    chosen = f"hashtextextended(number::text, {seed:d}) % {whole} BETWEEN {-orders} AND {orders}"  # a hash has a sign
    sql.run("TRUNCATE fact_limit, fact_order, fact_rating, rollup, figure")
    sql.run("UPDATE metric SET whole = false")
    sql.run("DROP TABLE IF EXISTS left_out")
    sql.run(
        f"CREATE TABLE left_out AS SELECT number FROM base_fact_order WHERE {without_a_day} AND {chosen}"
        " AND day = (SELECT day FROM base_fact_order GROUP BY day ORDER BY count(*) DESC LIMIT 1)"
    )
    for name in TABLES:
        held = dict(sql.rows(_COLUMNS, (name,)))
        sql.run(
            f"INSERT INTO {name} ({', '.join(held)}) SELECT {', '.join(_copy(*one) for one in held.items())}"
            f" FROM generate_series(0, {weeks - 1}) AS k, LATERAL (SELECT * FROM base_{name} WHERE {chosen}"
            " AND (k > 0 OR number NOT IN (SELECT number FROM left_out))) f"
        )
        sql.run(f"ANALYZE {name}")


def _copy(column: str, kind: str) -> str:
    """A column of the k-th copy: so many weeks earlier, under numbers of its own."""
    if column in ("number", "parent"):
        return f"{column} + k * {STEP}"
    if column == "unit":
        return _UNIT
    if kind == "date":
        return f"CASE WHEN {column} IN ('0001-01-01', '9999-12-31') THEN {column} ELSE {column} - k * 7 END"
    if kind.startswith("timestamp"):
        return f"{column} - k * interval '7 days'"
    return column
