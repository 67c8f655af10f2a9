"""Facts as Parquet, a file a month, for engines that read many cities and years; the same text of SQL asks them all.

    DIR/fact_limit/city=C/month=202610/facts.parquet    likewise fact_order, fact_rating, fact_call

A month is that of the case's ``day``. Who asked is not in them: no person, no words, no telephone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jiesu.store import fact_rows, metric_sql, sql

HIDDEN: Final = frozenset({"person", "made"})
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    table: tuple(one for one in columns if one not in HIDDEN)
    for table, columns in (
        ("fact_limit", fact_rows.LIMIT),
        ("fact_order", fact_rows.ORDER),
        ("fact_rating", fact_rows.RATING),
        ("fact_call", ("number", "day", "inbound", "answered", "waited", "channel")),
    )
}
_TYPES: Final = {
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "smallint": "SMALLINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp with time zone": "TIMESTAMPTZ",
    "character varying": "VARCHAR",
    "text": "VARCHAR",
}
# As PostgreSQL writes it: what is nothing stands bare, an empty word in quotes.
_CSV: Final = (
    "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
    " allow_quoted_nulls = false"
)
Show = Callable[[str, date, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One file: the facts of a month."""

    table: str
    month: date
    rows: int
    path: Path


def months(first: date | None = None, after: date | None = None) -> list[tuple[date, date]]:
    """Every month from the first to the last that has a fact: first day, first day after; within the bounds given."""
    spans = [sql.rows(f"SELECT min(day), max(day) FROM {table} WHERE gone IS NULL")[0] for table in COLUMNS]
    days = [day for span in spans for day in span if day is not None]
    if not days:
        return []
    begin, last = max(min(days), first or date.min), min(max(days), after or date.max)
    month, found = date(begin.year, begin.month, 1), []
    while month <= last and month != after:
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        found.append((month, following))
        month = following
    return found


def export(folder: Path, spans: list[tuple[date, date]], city: str, show: Show | None = None) -> list[Part]:
    """Write the facts of these months, as they stand, as files of a city; files of before are replaced one by one.

    One statement a table and month. Needs duckdb (extra ``analysis``). A month without facts has no file.
    """
    import duckdb  # noqa: PLC0415 - an extra that nothing else needs

    found = []
    with duckdb.connect() as writer:
        for table, columns in COLUMNS.items():
            types = _types(table, columns)
            for first, after in spans:
                part = folder / table / f"city={city}" / f"month={first:%Y%m}" / "facts.parquet"
                rows = _month(writer, part, table, types, first, after)
                if rows:
                    found.append(Part(table, first, rows, part))
                if show:
                    show(table, first, rows)
    return found


def _month(writer: Any, path: Path, table: str, types: Mapping[str, str], first: date, after: date) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    text, half = path.with_name(".facts.csv"), path.with_name(".facts.parquet")
    rows = _copy_out(text, table, types, first, after)
    if rows:
        named = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
        read = f"read_csv('{_quoted(text)}', columns = {{{named}}}, {_CSV})"
        to = f"'{_quoted(half)}' (FORMAT parquet, COMPRESSION zstd)"
        writer.execute(f"COPY (SELECT * FROM {read} ORDER BY number) TO {to}")
        half.replace(path)
    else:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    text.unlink(missing_ok=True)
    return rows


def _copy_out(text: Path, table: str, types: Mapping[str, str], first: date, after: date) -> int:
    """The rows of a month as CSV; how many. Without any there is no file left."""
    statement = (
        f"COPY (SELECT {', '.join(types)} FROM {table} WHERE gone IS NULL"
        f" AND day >= DATE '{first}' AND day < DATE '{after}') TO STDOUT (FORMAT csv)"
    )
    with text.open("wb") as file, sql.link().cursor() as cursor:
        os.fchmod(file.fileno(), 0o600)
        with cursor.copy(statement) as copied:
            for block in copied:
                file.write(block)
        rows = cursor.rowcount
    if not rows:
        text.unlink()
    return rows


def _types(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    held = dict(
        sql.rows(
            "SELECT column_name::text, data_type::text FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = %s",
            (table,),
        )
    )
    return {name: _TYPES[held[name]] for name in columns}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def here(
    metrics: Mapping[str, Any], dimension: str, spans: list[tuple[date, date]], city: str
) -> list[tuple[Any, ...]]:
    """What this database answers to the text that the files are asked with, as one of several cities."""
    held = ", ".join(
        f"{table} AS (SELECT *, '{city}' AS city, to_char(day, 'YYYYMM')::integer AS month FROM {table}"
        " WHERE gone IS NULL)"
        for table in COLUMNS
    )
    return sql.rows(f"WITH {held} {metric_sql.profile_text(metrics, dimension, spans, city=True)}")
