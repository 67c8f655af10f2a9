"""What a sweep of the clock costs, beside one index scan of the same orders.

    .venv/bin/python benchmarks/tick.py [--orders 1000000] [--due 5000]
    .venv/bin/python benchmarks/tick.py --data DIR

A few orders walked by real moves are copied in SQL until there are enough; all of it in a data directory of its own
that is removed afterwards. Three sweeps: nothing due, a reminder due for --due orders, three rungs and a flag for them.

With --data, the clock of a whole city (`jiesu simulate`, `jiesu multiply`) is walked through its next two working days,
the first minute by minute, the second hour by hour: what really falls due, in a city of that size. The city is spoilt:
its orders have been urged ahead of time.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SPREAD = (
    "INSERT INTO work_order SELECT r.* FROM work_order w, generate_series(%s::bigint, %s::bigint) g(n),"
    " LATERAL (SELECT w.number + g.n * 100 AS number) c,"
    " LATERAL jsonb_populate_record(w, jsonb_build_object('number', c.number,"
    " 'doc', jsonb_set(w.doc, '{number}', to_jsonb(c.number)))) r WHERE w.number %% 10000000 <= 100"
)


WIDTHS = (7, 10, 10, 10, 10, 7, 9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=5_000)
    parser.add_argument("--data", help="walk through two days of the city in this data directory, and spoil it")
    asked = parser.parse_args()
    if asked.data:
        walk(asked.data)
        return
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


def walk(folder: str) -> None:
    os.environ["JIESU_DATA"] = folder
    from jiesu.cli import frame

    with frame.ready():
        from jiesu.store import sql

        held, at_work = sql.rows("SELECT count(*), count(*) FILTER (WHERE state <> 'closed') FROM work_order")[0]
        first, second = working_days()
        print(
            f"{held:,} orders, {at_work:,} open; load {os.getloadavg()[0]:.1f}; {first:%Y-%m-%d} and {second:%Y-%m-%d}"
        )
        heads = ("sweeps", "s, median", "s, worst", "looked at", "reminders", "moves", "ms each")
        print(f"{'':26}" + "".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True)))
        sweeps("what had come before", [first])
        sweeps("nothing due", [first] * 20)
        sweeps("a minute's worth", [first + timedelta(minutes=at) for at in range(1, 11 * 60)])
        sweeps("a night's worth", [second])
        sweeps("an hour's worth", [second + timedelta(hours=at) for at in range(1, 12)])


def working_days() -> tuple[datetime, datetime]:
    """Eight in the morning of the next two days on which the city works."""
    from jiesu.domain.workdays import CITY_ZONE
    from jiesu.store import rules

    calendar, day, found = rules.current().calendar, datetime.now(CITY_ZONE).date(), []
    while len(found) < 2:
        if calendar.is_workday(day) and datetime(day.year, day.month, day.day, 8, tzinfo=CITY_ZONE) > datetime.now(UTC):
            found.append(datetime(day.year, day.month, day.day, 8, tzinfo=CITY_ZONE))
        day += timedelta(days=1)
    return found[0], found[1]


def sweeps(name: str, moments: Sequence[datetime]) -> None:
    """Sweep at each of these moments; a line about all of them, another about the longest."""
    from jiesu.workflow.tick import tick

    seen = []
    for at in moments:
        began = time.perf_counter()
        counts = tick(at)
        seen.append((time.perf_counter() - began, counts.orders, counts.reminders, sum(counts.moves.values())))
    spent, looked, reminders, moves = (sum(column) for column in zip(*seen, strict=True))
    middle = statistics.median(one[0] for one in seen)
    row(name, len(seen), middle, max(seen)[0], looked, reminders, moves, spent)
    if len(seen) > 1 and looked:
        longest = max(seen)
        row("  the longest of them", 1, longest[0], longest[0], *longest[1:], longest[0])


def row(
    name: str, count: int, middle: float, worst: float, looked: int, reminders: int, moves: int, spent: float
) -> None:
    each = f"{spent / looked * 1000:.2f}" if looked else ""
    told = (str(count), f"{middle:.4f}", f"{worst:.4f}", str(looked), str(reminders), str(moves), each)
    print(f"{name:26}" + "".join(f"{one:>{width}}" for one, width in zip(told, WIDTHS, strict=True)), flush=True)


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
