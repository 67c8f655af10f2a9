"""What the intake desk reads while somebody talks, in a city of any size, and how well orders of one event are found.

    .venv/bin/python benchmarks/intake.py --data DIR [--asked 200] [--labels DIR/simulated/labels.jsonl.gz]

Only reads; the city stays as it is. Times are of the whole call, database and ranking together; beside them their
ratio to one statement that reads a single row by its key, so that a busy machine can be told from a slow query. With
labels (`jiesu simulate` writes them): of the orders that told the same event before, how many stand among the first
eight.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

LIMITS = {"similar": 50.0, "places": 10.0}
SERIALS = 10_000_000
STORIES = (
    "SELECT w.number, s.body, w.place, w.matter, w.received_at FROM work_order w JOIN search_text s USING (number)"
    " WHERE w.received_at > (SELECT max(received_at) FROM search_text) - interval '60 days' AND w.place <> ''"
    " ORDER BY md5(w.number::text) LIMIT %s"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--labels", type=Path)
    asked = parser.parse_args()
    os.environ.update(JIESU_DATA=asked.data, DJANGO_SETTINGS_MODULE="jiesu.settings")
    from jiesu.store import connect
    from jiesu.store.datadir import DataDir

    with connect.database(DataDir.choose()):
        import django

        django.setup()
        times(asked.asked)
        if asked.labels:
            quality(asked.labels, asked.asked)


def times(most: int) -> None:
    from jiesu.domain.order import Actor
    from jiesu.store import articles, caller, matters, people, places, rules, similar, sql

    agent = Actor("s1", (("agent", "CENTER"),))
    stories = sql.rows(STORIES, (most,))
    now = max(row[4] for row in stories)
    day, held = now.date(), rules.current()
    names = [row[0] for row in sql.rows("SELECT name FROM place ORDER BY md5(name) LIMIT %s", (most,))]
    spelt = [row[0] for row in sql.rows("SELECT initials FROM place ORDER BY md5(name) LIMIT %s", (most,))]
    known = [row[0] for row in sql.rows("SELECT id FROM person WHERE sealed IS NOT NULL LIMIT %s", (most,))]
    phones = [who.phone for who in map(people.read, known) if who and who.phone]
    tree = matters.tree(held)
    orders, size = sql.rows("SELECT (SELECT count(*) FROM work_order), (SELECT count(*) FROM place)")[0]
    key = _time(lambda row: sql.one("SELECT number FROM search_text WHERE number = %s", (row[0],)), stories)
    print(f"{orders:,} orders, {size:,} places; one row by its key: p50 {key[0]:.2f} ms")
    print(f"{'':10} {'p50 ms':>8} {'p95 ms':>8} {'limit':>6} {'x key':>6}")
    of_day = {"day": day, "rules": held}
    for name, ask, cases in (
        ("similar", lambda row: similar.like(row[1], row[2], row[3], now=now, but=row[0]), stories),
        ("words", lambda row: similar.like(row[1], now=now, but=row[0]), stories),
        ("caller", lambda phone: caller.known(phone, by=agent, now=now), phones),
        ("places", lambda name: places.complete(name[:2]), names),
        ("spelt", lambda name: places.complete(name[:3]), spelt),
        ("story", lambda row: places.named_in(row[1]), stories),
        ("matters", lambda row: tree.told(row[1]), stories),
        ("articles", lambda row: articles.find(row[1], matter=row[3], **of_day), stories),
    ):
        p50, p95 = _time(ask, cases)
        print(f"{name:10} {p50:8.1f} {p95:8.1f} {LIMITS.get(name, ''):>6} {p50 / key[0]:6.0f}")


def _time(ask: Callable[[Any], object], cases: Sequence[Any]) -> tuple[float, float]:
    taken = []
    for case in cases:
        begun = time.perf_counter()
        ask(case)
        taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def quality(labels: Path, most: int) -> None:
    """Of the reports of one event that came before, the share among the first eight; by what the desk knows by then."""
    from jiesu.store import similar, sql

    events: dict[int, list[int]] = {}
    with gzip.open(labels, "rt") as lines:
        for line in lines:
            one = json.loads(line)
            if one["event"]:
                events.setdefault(one["event"], []).append(one["index"])
    later = [(own[at], own[:at]) for own in events.values() for at in range(1, len(own))]
    random.Random(1).shuffle(later)  # noqa: S311 - chance that can be repeated
    print(f"{len(events)} events told by several people; {min(most, len(later))} later reports looked up")
    for name, has_place, has_matter in (
        ("words, place, matter", True, True),
        ("words and place", True, False),
        ("words and matter", False, True),
        ("words alone", False, False),
    ):
        hit = of = some = 0
        for index, before in later[:most]:
            number, body, place, matter, at = sql.rows(
                "SELECT w.number, s.body, w.place, w.matter, w.received_at FROM work_order w JOIN search_text s"
                " USING (number) WHERE w.number %% %s = %s AND w.number > 0 ORDER BY w.number LIMIT 1",
                (SERIALS, index),
            )[0]
            found = similar.like(body, place * has_place, matter * has_matter, now=at, but=number)
            got = {one.number % SERIALS for one in found.orders} & set(before)
            hit, of, some = hit + len(got), of + min(8, len(before)), some + bool(got)
        print(f"{name:22} recall in the first 8: {hit / of:.3f}   at least one: {some / min(most, len(later)):.3f}")


if __name__ == "__main__":
    main()
