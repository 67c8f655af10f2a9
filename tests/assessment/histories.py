"""Random histories side by side, filled into facts and figures in every way, held against the slow reading of them.

``History`` walks some lives of ``tests.store.lives`` at once, so that orders are merged into open ones and moved after
their month was frozen. What was filled under way must be what one whole fill makes, every figure what
``tests.assessment.brute`` reads off the events, and what was frozen must not have moved (``faults``).
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from itertools import groupby
from multiprocessing import get_context
from random import Random
from typing import Any, Final

from django.db import connections

from jiesu.assessment import filling, freezing, shipped
from jiesu.domain import profiles as profile_rules
from jiesu.domain import windows
from jiesu.domain.order import Actor, Order
from jiesu.domain.profiles import DAYS, EXCLUSIONS, WORDS
from jiesu.domain.tally import CLOCKS
from jiesu.domain.windows import Window
from jiesu.store import fact_fill, figures, models, orders, profiles, publications, sql
from jiesu.store import rules as rules_store
from tests import cast
from tests.assessment import brute
from tests.domain.lives import BEGINNINGS, Life
from tests.store import lives

AT_ONCE: Final = 6
LATER: Final = datetime.fromisoformat("2030-01-01T00:00:00Z")
SHIPPED: Final = ("city-2023", "graded-2025")
TABLES: Final = ("fact_limit", "fact_order", "fact_rating", "rollup", "figure")
DU: Final = Actor("du", (("supervisor", cast.CENTER),))


def build(words: int | None = 40) -> None:
    """The small city, the shipped profiles, one that says so many words of the vocabulary (or all), some calls."""
    lives.build()
    shipped.load_shipped(by="system", now=cast.MONDAY)
    profiles.load(profile_rules.read(wordy(words)), by="system", now=cast.MONDAY)
    rng = Random(15)
    models.Call.objects.bulk_create(_call(rng, n) for n in range(120))


def _call(rng: Random, n: int) -> models.Call:
    offered = rng.choice(BEGINNINGS) + timedelta(days=rng.randint(0, 40), seconds=rng.randint(0, 86_400))
    waited, talked = rng.choice([0, 3, 15, 15.2, 16, 90]), rng.randint(1, 600)
    answered = offered + timedelta(seconds=waited) if rng.random() < 0.8 else None
    ended = offered + timedelta(seconds=waited + (talked if answered else 0)) if rng.random() < 0.95 else None
    way = "in" if rng.random() < 0.85 else "out"
    return models.Call(exchange_id=f"x{n}", direction=way, offered_at=offered, answered_at=answered, ended_at=ended)


def wordy(words: int | None) -> dict[str, Any]:
    """A profile whose rates say words of the vocabulary, and deny them; with each exclusion, day and clock."""
    rates: list[dict[str, Any]] = []
    for table, held in WORDS.items():
        for n, word in enumerate(held):
            for denied in ("", "not "):
                rates.append(_rate(table, f"{denied}{word}", len(rates) + n))
    rates += [_rate("limit", "done_by_end", n, clock=clock) for n, clock in enumerate(CLOCKS)]
    if words is not None:
        rates = Random(words).sample(rates, words)
    doc = {"name": "wordy", "version": 1, "zh": "遍历", "effective_from": "2100-01-01", "source": "试验"}
    return doc | {"main": [rates[0]["code"]], "min_sample": 10, "rank": "group", "rates": rates}


def _rate(table: str, word: str, n: int, clock: str = "") -> dict[str, Any]:
    days, exclusions, words = DAYS[table], list(EXCLUSIONS), list(WORDS[table])
    if table == "limit":
        clock = clock or ("handle" if n % 3 else CLOCKS[n % len(CLOCKS)])
    ending = word == "done_by_end"
    named = {"code": f"r{n}_{table}_{word.replace(' ', '_')}_{clock}"[:39], "zh": word, "formula": word, "clause": word}
    return named | {
        "table": table,
        "clock": clock,
        "by": days[n % len(days)],
        "owner": "centre" if n % 5 == 4 else "unit",
        "count": [] if n % 2 or ending else [word],
        "good": [word] if n % 2 or ending else [words[n % len(words)]],
        "part": [f"not {words[(n + 1) % len(words)]}"] if n % 4 == 0 else [],
        "leave_out": [] if table == "call" else [exclusions[n % len(exclusions)]],
    }


def documents() -> dict[str, Mapping[str, Any]]:
    """The documents of the profiles by name, as a person would read them."""
    folder = resources.files("jiesu.assessment") / "profiles"
    held = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in SHIPPED}
    return {**held, "wordy": profiles.named("wordy")[1].doc}


# -- walking and filling


@dataclass
class History:
    """Lives walked side by side, with fills and freezes in between."""

    seed: int
    world: lives.World = field(default_factory=lives.World)
    done: Counter[str] = field(default_factory=Counter)
    frozen: list[Frozen] = field(default_factory=list)

    def walk(self, count: int, steps: int, *, fills: float = 0.012, freezes: float = 0.003) -> None:
        """Walk ``count`` lives, some at once; ``fills``, ``freezes``: how often somebody fills, or freezes a month."""
        rng = Random(self.seed)
        seeds = iter(range(self.seed, self.seed + count))
        going: list[tuple[Life, Iterator[None]]] = []
        while True:
            while len(going) < AT_ONCE and (seed := next(seeds, None)) is not None:
                life = lives.life_of(seed)
                going.append((life, lives.walk(self.world, life, seed, steps)))
            if not going:
                return
            life, wishes = held = rng.choice(going)
            if life.order.version:
                life.order = _as_it_stands(life.order.number)  # another's wish may have moved it
            if next(wishes, held) is held:
                going.remove(held)
            elif life.order.version and life.order.number not in self.world.numbers:
                self.world.numbers.append(life.order.number)
            if rng.random() < fills:
                self.fill_something(rng)
            if rng.random() < freezes:
                self.freeze_something(rng)

    def fill_something(self, rng: Random) -> None:
        """A fill of some kind: of all that is due, of a part of it, of what nobody asked for, or a broken one."""
        numbers = fact_fill.due(LATER, every=True)
        kind = rng.choice(["due", "part", "anything", "broken", "recent"])
        if kind == "due":
            filling.fill_due(LATER, every=True)
        elif kind == "recent":
            filling.fill_due(LATER)
        elif kind == "broken":
            killed(numbers, rng.random() * 0.15)
        else:
            some = numbers if kind == "part" else self.world.numbers
            fact_fill.fill(rng.sample(some, rng.randint(0, len(some))))
        self.done[kind] += 1

    def freeze_something(self, rng: Random) -> None:
        """Freeze a month that has figures and is not frozen, if there is one."""
        months = [window for window in months_with_figures() if publications.final(window) is None]
        if months:
            self.frozen.append(freeze(rng.choice(months), rng))
            self.done["frozen"] += 1


def _as_it_stands(number: int) -> Order:
    held = orders.load(number)
    assert held is not None
    return held[0].order


def killed(numbers: list[int], after: float) -> None:
    """Begin to fill in a process of its own, and kill it."""
    connections.close_all()
    process = get_context("fork").Process(target=fact_fill.fill, args=(numbers,))
    process.start()
    time.sleep(after)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


# -- what must hold


def faults(history: History) -> list[str]:
    """What does not hold of a history that was walked. In the end all is filled anew, from nothing."""
    filling.fill_due(LATER, every=True)
    found = [said for held in history.frozen for said in moved(held)]
    orders_ = told()
    for name, doc in documents().items():
        found += differences(name, doc, orders_)
    bit_by_bit = everything()
    filling.refill()
    found += [f"rolled up anew: {said}" for said in _unlike(bit_by_bit)]
    forget()
    filling.fill_due(LATER)
    found += [f"filled anew: {said}" for said in _unlike(bit_by_bit)]
    return found


def _unlike(before: Mapping[str, list[str]]) -> list[str]:
    now = everything()
    return [f"{table} {row}" for table in TABLES for row in sorted(set(before[table]) ^ set(now[table]))] + [
        f"{table}: {len(before[table])} rows, now {len(now[table])}"
        for table in TABLES
        if len(before[table]) != len(now[table])
    ]


def rows(table: str) -> list[tuple[Any, ...]]:
    """The living rows of a table, without the number of the fill that made them."""
    hidden = ("made", "gone") if table.startswith("fact") else ()
    columns = sql.rows(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum", (table,)
    )
    names = ", ".join(f'"{name}"' for (name,) in columns if name not in hidden)
    return sql.rows(f"SELECT {names} FROM {table}" + (" WHERE gone IS NULL" if hidden else ""))  # noqa: S608


def everything() -> dict[str, list[str]]:
    return {table: sorted(map(repr, rows(table))) for table in TABLES}


def forget() -> None:
    """As before the first fill; what was published stays."""
    for table in TABLES:
        sql.run(f"DELETE FROM {table}")  # noqa: S608
    sql.run("UPDATE fact_state SET upto = NULL, calls_upto = NULL")
    sql.run("UPDATE metric SET whole = false")


def told() -> list[brute.Told]:
    found = sql.rows(
        "SELECT number, seq, move, at, actor, role, unit, rules, rules_version, happened_at, data, hash FROM event"
        " ORDER BY number, seq"
    )
    return [
        brute.Told([orders.event_of(row) for row in held], rules_store.at)
        for _, held in groupby(found, key=lambda row: row[0])
    ]


def rang() -> list[brute.Rang]:
    held = models.Call.objects.filter(ended_at__isnull=False)
    return [brute.Rang(one.offered_at, one.answered_at, one.ended_at, one.direction == "in") for one in held]


def kept(name: str) -> brute.Figures:
    """The figures as they are kept, of one profile."""
    _, profile = profiles.named(name)
    held = sql.rows(
        "SELECT m.digest, f.span, f.first, f.dim, f.code, f.n, f.good, f.part FROM figure f"
        " JOIN metric m ON m.id = f.metric"
    )
    codes: dict[str, list[str]] = {}
    for rate in profile.rates:
        codes.setdefault(rate.metric.digest, []).append(rate.code)
    return {
        (code, span, first, dim, of): (n, good, part)
        for digest, span, first, dim, of, n, good, part in held
        for code in codes.get(digest, ())
    }


def differences(name: str, doc: Mapping[str, Any], orders_: list[brute.Told]) -> list[str]:
    """Figures that are not what the slow reading says."""
    read, stored = brute.figures(doc, orders_, rang()), kept(name)
    return [
        f"{name} {'/'.join(map(str, key))}: kept {stored.get(key)}, read {read.get(key)}"
        for key in sorted(read.keys() | stored.keys(), key=str)
        if read.get(key) != stored.get(key)
    ]


# -- what was frozen


@dataclass(frozen=True)
class Frozen:
    """What was published of a window, and the orders behind some of its figures, by publication."""

    id: int
    window: Window
    figures: list[tuple[Any, ...]]
    behind: dict[tuple[str, str, str], list[figures.Behind]]


def freeze(window: Window, rng: Random, opened: int = 40) -> Frozen:
    """Freeze a window; open some of its figures."""
    held = freezing.freeze(window, by=DU, now=LATER, early="试验")
    told_ = _published(held.id)
    some = rng.sample(told_, min(opened, len(told_)))
    return Frozen(held.id, window, told_, {row[:3]: _behind(window, held.id, *row[:3]) for row in some})


def moved(held: Frozen) -> list[str]:
    """What is no more as it was frozen: figures, or the orders behind one, or their count."""
    found = [] if _published(held.id) == held.figures else [f"{held.window.code}: figures"]
    by_key = {row[:3]: row[3:] for row in held.figures}
    for key, cases in held.behind.items():
        if _behind(held.window, held.id, *key) != cases:
            found.append(f"{held.window.code}/{'/'.join(key)}: orders")
        if _counted(held.window, held.id, *key) != by_key[key]:
            found.append(f"{held.window.code}/{'/'.join(key)}: count")
    return found


def _published(id_: int) -> list[tuple[Any, ...]]:
    return sql.rows(
        "SELECT rate, dim, code, n, good, part FROM published_figure WHERE publication = %s ORDER BY 1, 2, 3", (id_,)
    )


def _behind(window: Window, id_: int, rate: str, dim: str, code: str) -> list[figures.Behind]:
    held = publications.final(window)
    assert held is not None
    assert held.id == id_
    metric = profiles.of(held.profile).rate(rate).metric
    return figures.behind(metric, window, dim, code, fill=held.fill, limit=100_000)


def _counted(window: Window, id_: int, rate: str, dim: str, code: str) -> tuple[int, int, int]:
    held = publications.final(window)
    assert held is not None
    cell = figures.count_behind(profiles.of(held.profile).rate(rate).metric, window, dim, code, fill=held.fill)
    return cell.n, cell.good, cell.part


def months_with_figures() -> list[Window]:
    found = sql.rows("SELECT DISTINCT first FROM figure WHERE span = 'month' ORDER BY 1")
    return [windows.of("month", first) for (first,) in found]
