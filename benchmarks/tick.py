"""What a sweep of the clock costs, beside one index scan of the same orders.

    .venv/bin/python benchmarks/tick.py [--orders 1000000] [--due 5000]

A few orders walked by real moves are copied in SQL until there are enough; all of it in a data directory of its own
that is removed afterwards. Three sweeps: nothing due, a reminder due for --due orders, three rungs and a flag for them.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SPREAD = (
    "INSERT INTO work_order SELECT r.* FROM work_order w, generate_series(%s::bigint, %s::bigint) g(n),"
    " LATERAL (SELECT w.number + g.n * 100 AS number) c,"
    " LATERAL jsonb_populate_record(w, jsonb_build_object('number', c.number,"
    " 'doc', jsonb_set(w.doc, '{number}', to_jsonb(c.number)))) r WHERE w.number %% 10000000 <= 100"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JIESU_DATA"] = folder
        from jiesu.store import keys
        from jiesu.store.datadir import DataDir
        from jiesu.store.embedded import Embedded

        keys.load_or_make(DataDir.choose().prepare())
        with Embedded(DataDir.choose()).used():
            subprocess.run([sys.executable, "-m", "jiesu.cli", "migrate"], check=True, stdout=subprocess.DEVNULL)
            from jiesu.cli import frame

            frame.setup_django()
            measure(asked.orders, asked.due)


def measure(orders: int, due: int) -> None:
    from jiesu.store import sql
    from jiesu.workflow.tick import tick
    from tests import city
    from tests.city import MONDAY, local

    city.build()
    for minute in range(50):
        city.dispatched(MONDAY.replace(minute=minute))
        closed = city.registered(MONDAY.replace(minute=minute))
        city.take(closed, "answer_directly", city.ZHOU, MONDAY.replace(minute=minute), {"public_reply": "已答复"})
    for first in range(1, orders // 100, 500):
        sql.run(SPREAD, (first, min(first + 499, orders // 100 - 1)))
    tick(MONDAY)
    sql.run("UPDATE work_order SET tick_at = tick_at + interval '30 days' WHERE tick_at IS NOT NULL")
    sql.run("ANALYZE work_order")
    held = sql.value("SELECT count(*) FROM work_order")
    scan = timed(lambda: sql.rows("SELECT count(tick_at), max(length(doc::text)) FROM work_order WHERE tick_at < %s",
                                  (local("2027-06-01 00:00"),)))  # fmt: skip
    print(f"{held:,} orders, half of them open; {due:,} due")
    print(f"{'':34}{'seconds':>9}{'ms/order':>10}{'ratio':>8}")
    line("reading all open ones by the index", scan, held // 2, scan * due / (held // 2) or scan)
    peer = scan * due / (held // 2)
    with sql.counting() as statements:
        nothing = timed(lambda: tick(MONDAY))
    line(f"nothing due ({len(statements)} statements)", nothing, 0, peer)
    for name, at in (
        ("one reminder each", "2026-11-24 14:59"),
        ("urge, mark, supervise, escalate", "2026-11-27 17:31"),
    ):
        make_due(due, local(at))
        seconds = timed(lambda at=at: tick(local(at), limit=due))  # type: ignore[misc]
        line(name, seconds, due, peer)
    print("ratio: to reading as many orders by the index")


def make_due(count: int, at: datetime) -> None:
    """Let this many open orders be due now."""
    from jiesu.store import sql

    sql.run(
        "UPDATE work_order SET tick_at = %s WHERE number IN"
        " (SELECT number FROM work_order WHERE tick_at IS NOT NULL ORDER BY number LIMIT %s)",
        (at, count),
    )


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def line(name: str, seconds: float, orders: int, peer: float) -> None:
    each = f"{seconds / orders * 1000:.3f}" if orders else ""
    print(f"{name:34}{seconds:9.3f}{each:>10}{seconds / peer:8.1f}", flush=True)


if __name__ == "__main__":
    main()
