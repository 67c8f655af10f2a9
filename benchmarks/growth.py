"""Does anything grow with the history: the same work at 10 k, 100 k, 1 M and 10 M orders in one growing city.

    .venv/bin/python benchmarks/growth.py --data DIR [--sizes 10000,100000,1000000,10000000] [--lean-above 1000000]

DIR is made when it is not there (`jiesu simulate` for the first size, `jiesu multiply` for the others) and taken up
where it stands; what was measured before is kept in DIR/growth.json and printed beside. Times are medians over rounds;
pages are blocks of the database that the work touched, which no other load on the machine changes. Ratios are to the
first size. A million orders is one year of a large city, ten million are ten years of it. Real orders are added.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

ROUNDS = 5
EACH = 20  # times that a piece of work is done in a round
DUE = 20
RARE = "榫卯"  # in no simulated text: only in an order that this benchmark registers
COMMON = "小区"
MIDDLE = "路灯"
FLAT = 1.5
UNIT = "U0301"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--sizes", default="10000,100000,1000000,10000000")
    parser.add_argument("--lean-above", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--again", action="store_true", help="measure the present size again")
    asked = parser.parse_args()
    os.environ["JIESU_DATA"] = asked.data
    kept = Path(asked.data) / "growth.json"
    results: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    for size in map(int, asked.sizes.split(",")):
        if str(size) in results and not asked.again:
            continue
        grow(size, lean=size > asked.lean_above)
        results[str(size)] = measured(asked.rounds)
        kept.write_text(json.dumps(results))
        table(results)
    table(results)


def grow(size: int, *, lean: bool) -> None:
    """Simulate the first size, copy up to the others."""
    began = time.monotonic()
    if not (Path(os.environ["JIESU_DATA"]) / "simulated" / "labels.jsonl.gz").exists():
        command("simulate", "--orders", str(size))
    command("multiply", "--to", str(size), *(["--lean"] if lean else []))
    print(f"grown to {size:,} in {time.monotonic() - began:.0f} s", flush=True)


def command(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "jiesu.cli", *words], check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.stderr)


def measured(rounds: int) -> dict[str, Any]:
    """Every measurement of the present size, in a process of its own state: server started anew, caches warmed."""
    with database():
        bench = Bench(rounds)
        bench.everything()
        return bench.found


@contextmanager
def database() -> Any:
    from jiesu.store.datadir import DataDir
    from jiesu.store.embedded import Embedded

    with Embedded(DataDir.choose()).used():
        from jiesu.cli import frame

        frame.setup_django()
        yield
        from django.db import connections

        connections.close_all()


class Bench:
    """One size: what each piece of work costs in milliseconds and pages."""

    def __init__(self, rounds: int) -> None:
        import psycopg

        from jiesu.store import sql
        from jiesu.store.datadir import DataDir
        from jiesu.store.embedded import Embedded

        self.rounds = rounds
        self.now = datetime.now(UTC)
        self.random = Random(7)  # noqa: S311 - the same sample every time
        self.sql = sql
        self.watch = psycopg.connect(Embedded(DataDir.choose()).url("super"), autocommit=True)
        self.found: dict[str, Any] = {}

    def everything(self) -> None:
        self.found["load of the machine"] = os.getloadavg()[0]
        self.found["orders"] = self.sql.value("SELECT count(*) FROM work_order")
        self.found["open"] = self.sql.value("SELECT count(*) FROM work_order WHERE state <> 'closed'")
        size = self.watch.execute("SELECT pg_database_size(current_database())").fetchone()
        self.found["disk"] = {"kB an order": (size or (0,))[0] / self.found["orders"] / 1000}
        self.sample()
        self.create_and_move()
        self.lists()
        self.searches()
        self.ticks()
        self.verify()

    def sample(self) -> None:
        """Orders and people from all over the history."""
        share = min(100.0, 300_000 / self.found["orders"])
        found = self.sql.rows("SELECT number, person FROM work_order TABLESAMPLE SYSTEM (%s) REPEATABLE (7)", (share,))
        found = self.random.sample(found, 400)
        self.numbers = [number for number, _ in found]
        self.people = [person for _, person in found if person][:100]

    def take(self, name: str, work: Callable[[int], object], each: int = EACH, warm: int = 6) -> None:
        """Median milliseconds of one ``work`` over all rounds, and pages of one. Plans settle in ``warm`` first ones.

        Work gets the place of its turn, never the same twice.
        """
        for at in range(warm):
            work(at)
        times, pages, at = [], [], warm
        for _ in range(self.rounds):
            self.watch.execute("SELECT pg_stat_statements_reset()")
            for _ in range(each):
                began = time.perf_counter()
                work(at)
                times.append((time.perf_counter() - began) * 1000)
                at += 1
            touched = self.watch.execute(
                "SELECT sum(shared_blks_hit + shared_blks_read) FROM pg_stat_statements s"
                " JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()"
            ).fetchone()
            pages.append(float((touched or [0])[0] or 0) / each)
        self.found[name] = {"ms": statistics.median(times), "pages": statistics.median(pages)}
        print(f"  {name:28}{self.found[name]['ms']:9.2f} ms {self.found[name]['pages']:9.0f} pages", flush=True)

    def create_and_move(self) -> None:
        from jiesu.domain.order import Actor
        from jiesu.store.people import Known
        from jiesu.workflow.intake import register
        from jiesu.workflow.step import take

        zhou, chen = Actor("s1", (("agent", "CENTER"),)), Actor("s2", (("dispatcher", "CENTER"),))
        liu = Actor("s3", (("unit_clerk", UNIT),))
        facts = {"channel": "phone", "kind": "help", "matter": "03.06", "region": "R0103"}
        texts = ["楼外的热力管道没有保温", f"{RARE}亭的木柱松动"]
        phone = self.random.randrange(10**7)
        made: list[int] = []

        def create(at: int) -> None:
            told = {**facts, "text": texts[at == 0]}
            known = Known(name="郑春生", phone=f"139{phone + at:08d}")
            made.append(register(by=zhou, now=datetime.now(UTC), facts=told, demander=known).order.number)

        def move(name: str, by: Actor, **told: Any) -> Callable[[int], None]:
            return lambda at: void(take(made[at], name, by=by, now=datetime.now(UTC), facts=told))

        self.take("create", create)
        self.take("move: accept", move("accept", chen))
        self.take("move: dispatch", move("dispatch", chen, lead=UNIT))
        self.take("move: acknowledge", move("acknowledge", liu))
        self.take("move: note, any order", lambda at: void(take(self.numbers[at], "note", by=chen,
                  now=datetime.now(UTC), facts={"note": "已知悉"})))  # fmt: skip
        for number in made:  # so that the lists are the city's own
            take(number, "withdraw", by=zhou, now=datetime.now(UTC), facts={"reason": "试完撤回"})

    def lists(self) -> None:
        from jiesu.store import frame, worklists

        for role in worklists.QUEUES:
            units = [UNIT] if role == "unit_clerk" else []
            mine = worklists.queues_of([role])

            def work(_: int, mine: Any = mine, units: list[str] = units, role: str = role) -> int:
                told = [(role, units[0] if units else "CENTER")]
                frame.read(mine, staff=1, roles=told, units=units, now=self.now)
                return sum(len(worklists.page(queue, units=units, now=self.now, filters={})) for queue in mine)

            self.take(f"list: {role}", work, each=5)
            self.found[f"list: {role}"]["rows"] = work(0)

    def searches(self) -> None:
        from jiesu.store import orders, people, search

        def opened(at: int) -> None:
            number = self.numbers[at]
            orders.load(number)
            orders.events(number)
            orders.texts(number)

        phones = [known.phone for known in map(people.read, self.people) if known and known.phone]
        self.take("open by number", opened)
        self.take("search: phone", lambda at: void(search.by_phone(phones[at % len(phones)], limit=search.MOST)))
        for name, word in (("rare", RARE), ("middling", MIDDLE), ("common", COMMON), ("two common", f"{COMMON} 噪音")):
            self.take(f"search: {name}", lambda _, word=word: void(search.by_words(word, now=self.now, units=None)))
        self.take("search: common, a unit's",
                  lambda _: void(search.by_words(COMMON, now=self.now, units=[UNIT])))  # fmt: skip

    def ticks(self) -> None:
        from jiesu.workflow.tick import tick

        while tick(self.now).orders:
            pass
        self.take("tick: nothing due", lambda _: void(tick(self.now)))
        due = self.sql.rows("SELECT number FROM work_order WHERE state <> 'closed' AND tick_at IS NOT NULL"
                            " ORDER BY number DESC LIMIT %s", (DUE,))  # fmt: skip
        numbers = [number for (number,) in due]

        def some(_: int) -> None:
            self.sql.run("UPDATE work_order SET tick_at = %s WHERE number = ANY(%s)", (self.now, numbers))
            tick(self.now)

        self.take(f"tick: {len(numbers)} due", some, each=5)

    def verify(self) -> None:
        from jiesu.store.verify import verify

        numbers = [n for (n,) in self.sql.rows("SELECT number FROM work_order WHERE number %% %s < %s ORDER BY number"
                                               " LIMIT 1000", (10_000_000, 10_000))]  # fmt: skip
        times = []
        for _ in range(self.rounds):
            began = time.perf_counter()
            found = verify(numbers)
            times.append((time.perf_counter() - began) * 1e6 / found.events)
        self.found["verify, µs an event"] = {"ms": statistics.median(times), "pages": 0.0}


def void(_: object) -> None:
    """Drop what was found."""


def table(results: dict[str, Any]) -> None:
    sizes = sorted(results, key=int)
    first = results[sizes[0]]
    print(f"\n{'':28}" + "".join(f"{int(size):>26,}" for size in sizes))
    print(f"{'':28}" + "".join(f"{'ms':>9}{'':>6}{'pages':>7}{'':>4}" for _ in sizes))
    for name in first:
        cells = [results[size].get(name) for size in sizes]
        if not isinstance(first[name], dict):
            print(f"{name:28}" + "".join(f"{cell:>15,.1f}{'':11}" for cell in cells))
        elif "ms" not in first[name]:
            print(f"{'disk, kB an order':28}" + "".join(f"{cell['kB an order']:>15.2f}{'':11}" for cell in cells))
        else:
            print(f"{name:28}" + "".join(line(cell, first[name]) for cell in cells))
    print(
        f"beside ms and pages: times the first size, for each row shown where lists are not full there; ! above {FLAT}"
    )


def line(cell: dict[str, float] | None, first: dict[str, float]) -> str:
    if cell is None:
        return f"{'':26}"
    parts = []
    for what, width in (("ms", 9), ("pages", 8)):
        more = max(1.0, cell.get("rows", 1) / max(1, first.get("rows", 1)))
        ratio = cell[what] / first[what] / more if first[what] else 1.0
        mark = "!" if ratio > FLAT else " "
        parts.append(f"{cell[what]:{width}.{2 if what == 'ms' else 0}f}{ratio:4.1f}{mark}")
    return "".join(parts)[:26].ljust(26)


if __name__ == "__main__":
    main()
