"""Simulate a history and write it: demands drawn once, lives lived in two processes, each batch written whole.

The same seed, size and city give the same demands, events and manifest heads, whatever the number of processes.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from django.db import connections, transaction

from jiesu.demo import pictures
from jiesu.demo.city import read
from jiesu.demo.simulate import calls
from jiesu.demo.simulate.crew import Crew
from jiesu.demo.simulate.demands import Demand, Demands, put_into_words
from jiesu.demo.simulate.lives import Lives
from jiesu.demo.simulate.scenario import Scenario
from jiesu.demo.simulate.walk import Scene
from jiesu.demo.simulate.world import World
from jiesu.demo.words import Speaker
from jiesu.domain.errors import Refused
from jiesu.store import manifest, people, record, sql
from jiesu.store import rules as rules_store
from jiesu.store.datadir import DataDir
from jiesu.store.deathsig import dies_with_parent
from jiesu.store.garbage import uncollected
from jiesu.store.people import Known

BATCH: Final = 400  # groups of demands written in one transaction
PROCESSES: Final = 2
PICTURES: Final = 24


class Progress(Protocol):
    """Who is shown how far it is: a stage in words, then steps done of steps in all."""

    def __call__(self, stage: str, done: int, whole: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What a simulation wrote."""

    orders: int
    events: int
    people: int
    calls: int
    sealed: int


@uncollected()
def simulate(
    *,
    orders: int,
    days: int,
    seed: int,
    until: datetime,
    scenario: Scenario,
    show: Progress,
    now: datetime,
    processes: int = PROCESSES,
    analyze: bool = True,
) -> Done:
    """Write ``orders`` demands of ``days`` days that end at ``until`` into a city that has no order yet.

    Raises Refused when there are orders already, or more than seven digits can number. Labels (what each demand truly
    was) go to the data directory, not to the database. ``analyze`` needs the owner's rights.
    """
    if sql.value("SELECT count(*) FROM (SELECT 1 FROM work_order LIMIT 1) x"):
        raise Refused("库里已有工单，演示历史只能装入还没有工单的城市；请用 --data 另选目录")
    if not 0 < orders < 10_000_000 or days < 1:
        raise Refused("数量须在 1 到 9,999,999 之间，天数至少 1 天")
    rules = rules_store.current()
    first = rules.day(until) - timedelta(days=days)
    show("推演诉求", 0, orders)
    world = World(scenario, first, days, seed, rules.calendar)
    speaker = Speaker(read("matters"), read("places"))
    demands = Demands(world, orders, seed).draw()
    put_into_words(demands, world, speaker, seed)
    show("推演诉求", orders, orders)
    ids = _people(world, demands, now)
    crew = Crew(sql.rows("SELECT staff_id, role, unit_id FROM staff_role ORDER BY id"))
    lives = Lives(Scene(world, rules, crew, speaker, pictures.keep(now, PICTURES), until, seed))
    batches = _batches(demands)
    record.ensure_months({int(f"{first + timedelta(days=n):%y%m}") for n in range(days + 1)})
    connections.close_all()
    events = _live(lives, batches, processes, orders, show)
    sql.value("SELECT max(nextval('work_order_serial')) FROM generate_series(1, %s)", (orders,))
    phones = {held: world.phone(index) for index, held in ids.items()}
    made = calls.write(demands, world, crew, seed, phones)
    _labels(demands, world, ids)
    show("封存清单", 0, 1)
    sealed = manifest.seal(now)
    show("封存清单", 1, 1)
    for table in _GREW if analyze else ():
        sql.run(f'ANALYZE "{table}"')
    return Done(orders, events, len(ids), made, sealed)


_GREW: Final = (
    "work_order",
    "event",
    "leg",
    "request",
    "callback",
    "order_text",
    "search_text",
    "contact",
    "person",
    "call",
)


def _people(world: World, demands: Sequence[Demand], now: datetime) -> dict[int, int]:
    """Write everybody who calls in this history; their ids by their index in the world. Demands then name the ids."""
    indexes = sorted({demand.person for demand in demands if demand.person})
    companies = {demand.person: demand.company for demand in demands if demand.company and demand.person}
    ids = dict(zip(indexes, range(1, len(indexes) + 1), strict=True))
    known = []
    for index in indexes:
        person = world.person(index)
        known.append((ids[index], Known(name=person.name, phone=person.phone, company=companies.get(index, ""))))
    with transaction.atomic():
        sql.copy_in("person", people.PERSON, people.person_rows(known, now))
        sql.rows("SELECT max(nextval(pg_get_serial_sequence('person', 'id'))) FROM generate_series(1, %s)", (len(ids),))
    for demand in demands:
        demand.person = ids.get(demand.person, 0)
    return ids


def _batches(demands: Sequence[Demand]) -> list[list[list[Demand]]]:
    """Demands in groups (alone, or all reports of one happening), groups in batches of about one size."""
    groups: list[list[Demand]] = []
    happenings: dict[int, list[Demand]] = {}
    for demand in demands:
        if demand.event and demand.event in happenings:
            happenings[demand.event].append(demand)
            continue
        groups.append([demand])
        if demand.event:
            happenings[demand.event] = groups[-1]
    return [groups[at : at + BATCH] for at in range(0, len(groups), BATCH)]


# -- processes


def _live(lives: Lives, batches: Sequence[list[list[Demand]]], processes: int, orders: int, show: Progress) -> int:
    """Live the batches through in forked processes; how many events were written. Raises when one of them failed."""
    context = multiprocessing.get_context("fork")
    told: Any = context.SimpleQueue()
    tied = dies_with_parent()  # made here: it knows its parent by the process that made it
    workers = [
        context.Process(target=_work, args=(lives, batches[nth::processes], told, tied)) for nth in range(processes)
    ]
    for worker in workers:
        worker.start()
    done = events = ended = 0
    while ended < processes:
        made = told.get()
        if made is None:
            ended += 1
            continue
        if isinstance(made, str):
            for worker in workers:
                worker.terminate()
            raise RuntimeError(made)
        done, events = done + made[0], events + made[1]
        show("推演办理过程", done, orders)
    for worker in workers:
        worker.join()
    return events


def _work(lives: Lives, batches: Sequence[list[list[Demand]]], told: Any, tied: Callable[[], None]) -> None:
    tied()
    try:
        for batch in batches:
            written = [life for group in batch for life in lives.group(group)]
            with transaction.atomic():
                sql.run("SET LOCAL synchronous_commit = off")
                record.record_many(written)
            told.put((len(written), sum(len(life.events) for life in written)))
        told.put(None)
    except BaseException:
        told.put(traceback.format_exc())
        raise
    finally:
        connections.close_all()


# -- what each demand truly was


def _labels(demands: Sequence[Demand], world: World, ids: dict[int, int]) -> None:
    """Write the truth beside the data: for tests and benchmarks, never for the system."""
    path = labels_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as out:
        for one in demands:
            truth = {
                "index": one.index,
                "at": one.at.isoformat(),
                "matter": one.matter,
                "kind": one.kind,
                "urgency": one.urgency,
                "place": world.places[one.place].name,
                "region": world.places[one.place].region,
                "event": one.event,
                "person": one.person,
                "repeat": one.repeat,
            }
            out.write(json.dumps(truth, ensure_ascii=False) + "\n")


def labels_path() -> Path:
    """Where the labels of the simulated demands lie."""
    return DataDir.choose().root / "simulated" / "labels.jsonl.gz"
