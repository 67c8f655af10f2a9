"""Figures of a large city: a board, a day's increment, a full refill beside DuckDB, and how they grow with the history.

    .venv/bin/python -m benchmarks.figures --data DIR [--sizes 1000000,3000000,10000000]

DIR is an installation of its own. One week of 64,000 demands is simulated and read from its events into facts (that
rate is printed apart). The facts of the week, or of a share of it by chance, are then copied over 156 weeks - in SQL,
as facts only: no events, no orders, no calls - and each unit is made four, so that there are 200 units in 36 months.
Facts that no shipped profile counts (the intake clock and three others) are not copied. Needs duckdb (`analysis`).

The increment is one day of the week whose orders were left out of the copies: their events are read, and facts, rollups
and figures of the whole history brought along. The refill makes every rollup and figure of the profile from the facts;
DuckDB does the same by the same text from Parquet into tables of its own, in the same run.
"""

# ruff: noqa: S608 - tables of its own
# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WEEK = 64_000
WEEKS = 156
FACTS = ("fact_limit", "fact_order", "fact_rating")
BOARDS = 300
LIMIT_BOARD, LIMIT_DAY, LIMIT_REFILL = 100, 5, 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--sizes", default="1000000,3000000,10000000")
    asked = parser.parse_args()
    os.environ["JIESU_DATA"] = asked.data
    folder = Path(asked.data)
    if not (folder / "simulated" / "labels.jsonl.gz").exists():
        _jiesu("migrate")
        _jiesu("simulate", "--orders", str(WEEK), "--days", "7")
    from jiesu.cli import frame

    kept = folder / "figures.json"
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    with frame.ready(role="owner"):
        if "week" not in found:
            found["week"] = week()
            kept.write_text(json.dumps(found))
        for size in map(int, asked.sizes.split(",")):
            found[str(size)] = measured(size, folder / "parquet")
            kept.write_text(json.dumps(found))
    table(found)


def _jiesu(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "jiesu.cli", *words], check=True, stdout=subprocess.DEVNULL)


# -- the history


def week() -> dict[str, Any]:
    """Read the week's events into facts, before any profile asks for rollups; keep them aside to be copied."""
    from benchmarks import copies
    from jiesu.assessment import shipped
    from jiesu.store import fact_fill, sql
    from jiesu.store import rules as rules_store

    now = datetime.now(UTC)
    numbers = fact_fill.due(now)
    began = time.perf_counter()
    fact_fill.fill(numbers, upto=now)
    took = time.perf_counter() - began
    copies.keep_aside()
    sql.run(
        "INSERT INTO unit (code, name, short, kind, group_size, parent_id, phone, duties, active, pinyin, initials)"
        " SELECT code || s, name || s, short || s, kind, group_size, parent_id, phone, duties, active, pinyin, initials"
        " FROM unit, unnest(ARRAY['甲', '乙', '丙']) s WHERE kind <> 'centre'"
    )
    rules_store.publish(now)
    shipped.load_shipped(by="system", now=now)
    return {"orders": len(numbers), "events": sql.value("SELECT count(*) FROM event"), "seconds": took}


# -- what is measured


def measured(size: int, folder: Path) -> dict[str, Any]:
    """Everything at one size."""
    from benchmarks.copies import TABLES, copied
    from jiesu.store import sql

    began = time.perf_counter()
    copied(size, WEEKS, without_a_day=True)
    print(f"{size:,}: copied in {time.perf_counter() - began:.0f} s", flush=True)
    found: dict[str, Any] = {"refill": refilled()}
    print(f"  refilled in {found['refill']:.1f} s", flush=True)
    found["orders"] = sql.value("SELECT count(*) FROM fact_order")
    held = (*TABLES, "rollup", "figure")
    for name in held:
        found[name] = sql.value(f"SELECT count(*) FROM {name}")
        found[f"{name}_mb"] = float(sql.value(_WEIGHT, (name, name))) / 1e6
    print("  " + ", ".join(f"{name} {found[name]:,} ({found[f'{name}_mb']:,.0f} MB)" for name in held), flush=True)
    found["units"] = sql.value("SELECT count(DISTINCT code) FROM figure WHERE dim = 'unit' AND span = 'year'")
    found |= boards()
    times = f"p50 {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms, of these {found['board_cpu']:.0f} ms Python"
    print(f"  board {times}, {found['units']} units", flush=True)
    found |= a_day()
    print(f"  a day of {found['day_orders']:,} orders in {found['day']:.1f} s", flush=True)
    found |= in_duckdb(folder)
    wrote = f"  parquet written in {found['written']:.0f} s, {found['parquet_mb']:.0f} MB"
    print(f"{wrote}; DuckDB {found['duckdb']:.1f} s, equal: {found['equal']}", flush=True)
    return found


_WEIGHT = (
    "SELECT sum(pg_total_relation_size(inhrelid)) FROM (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass"
    " UNION SELECT %s::regclass) x"
)


def refilled() -> float:
    from jiesu.assessment import filling

    began = time.perf_counter()
    filling.refill()
    return time.perf_counter() - began


def boards() -> dict[str, Any]:
    """A month's board by unit, with ranks and both comparisons, months by turns; the first round warms."""
    from jiesu.assessment import board
    from jiesu.domain import windows
    from jiesu.store import sql

    days = [day for (day,) in sql.rows("SELECT DISTINCT first FROM figure WHERE span = 'month' ORDER BY 1")][-24:]
    took, cpu = [], []
    for n in range(BOARDS + len(days)):
        window = windows.of("month", days[n % len(days)])
        began, worked = time.perf_counter(), time.process_time()
        board.board(window, by="unit", profile="city-2023")
        if n >= len(days):
            took.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
    cuts = statistics.quantiles(took, n=100)
    return {"p50": cuts[49], "p99": cuts[98], "board_cpu": statistics.median(cpu)}


def a_day() -> dict[str, Any]:
    """The orders that were left out, from their events."""
    from jiesu.store import fact_fill, sql

    numbers = [number for (number,) in sql.rows("SELECT number FROM left_out ORDER BY number")]
    began = time.perf_counter()
    fact_fill.fill(numbers)
    return {"day": time.perf_counter() - began, "day_orders": len(numbers)}


def in_duckdb(folder: Path) -> dict[str, Any]:
    """The refill by another engine: the same text, from Parquet into tables of its own; are they the same?"""
    import duckdb

    from benchmarks.copies import TABLES
    from jiesu.store import metric_sql, parquet, rollups, sql

    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    parts = parquet.export(folder, parquet.months(), "city")
    written = time.perf_counter() - began
    weight = sum(one.path.stat().st_size for one in parts) / 1e6
    held = {id_: one for id_, one in rollups.metrics(whole=True).items() if one.table != "call"}
    made = []
    with duckdb.connect(str(folder / "rollups.duckdb"), config={"threads": 2, "memory_limit": "6GB"}) as other:
        began = time.perf_counter()
        for name in TABLES:
            other.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{name}/*/*/facts.parquet')")
        for id_, metric in held.items():
            cells, windows = rollups.texts(id_, metric, "TRUE")
            ends = f"[{id_ if metric_sql.compiled(metric).ends else -1}]"
            other.execute(f"CREATE OR REPLACE TABLE rollup AS {cells}")
            other.execute(f"CREATE TABLE figure_{id_} AS {windows.replace('%(ends)s', ends)}")
        took = time.perf_counter() - began
        for id_ in held:
            made += other.execute(f"{_SUMS} FROM figure_{id_} GROUP BY metric").fetchall()
    mine = sql.rows(f"{_SUMS} FROM figure WHERE metric = ANY(%s) GROUP BY metric ORDER BY 1", (list(held),))
    same = sorted(map(tuple, made)) == [tuple(map(int, row)) for row in mine]
    shutil.rmtree(folder, ignore_errors=True)
    return {"written": written, "parquet_mb": weight, "duckdb": took, "equal": same}


_SUMS = "SELECT metric, count(*), sum(n), sum(good), sum(part)"


def table(found: dict[str, Any]) -> None:
    first = found["week"]
    orders, events, took = first["orders"], first["events"], first["seconds"]
    print(f"\nevents to facts: {orders:,} orders, {events:,} events in {took:.1f} s: {orders / took:,.0f} orders/s, "
          f"{events / took:,.0f} events/s\n")  # fmt: skip
    heads = ("orders", "facts", "figures", "units", "board p50", "p99 ms", "a day s", "of", "refill s", "µs/order")
    print(" ".join(f"{head:>11}" for head in (*heads, "DuckDB s", "ratio", "equal")))
    for size in sorted(int(size) for size in found if size.isdigit()):
        one = found[str(size)]
        cells = (
            f"{one['orders']:,}",
            f"{sum(one[name] for name in FACTS):,}",
            f"{one['figure']:,}",
            one["units"],
            f"{one['p50']:.0f}",
            f"{one['p99']:.0f}",
            f"{one['day']:.1f}",
            f"{one['day_orders']:,}",
            f"{one['refill']:.1f}",
            f"{one['refill'] / one['orders'] * 1e6:.1f}",
            f"{one['duckdb']:.1f}",
            f"{one['refill'] / one['duckdb']:.1f}",
            one["equal"],
        )
        print(" ".join(f"{cell!s:>11}" for cell in cells))
    print(f"limits: board {LIMIT_BOARD} ms, a day {LIMIT_DAY} s, refill {LIMIT_REFILL}x DuckDB")


if __name__ == "__main__":
    main()
