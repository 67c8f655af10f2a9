"""How fast orders travel, beside the least that the same database could do in the same minutes.

    .venv/bin/python benchmarks/road.py --data DIR [--connections 32 --workers 2 --seconds 10 --rounds 5]

DIR holds a demo city with its history (`jiesu migrate`, `jiesu simulate`, copies). Orders are added to it, so give it
one that may be spoilt. In every round, one after the other: pgbench with benchmarks/minimal.sql (order, event and job
in one transaction, prepared, synchronous commit on), orders registered, orders moved, pgbench again, lists, details.
A speed is printed with its ratio to the pgbench of its own round: the disk's speed changes from minute to minute.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from load.city import WINDOW, Desk, Line, Load, holders, turning
from load.client import Ask, Caller, Heard, run
from load.peer import Database
from load.served import Served, served

LIMITS = {"create": 1 / 7, "move": 1 / 8, "list of 20": 1 / 12}
STATEMENTS = {"create": 6, "create at the desk": 6, "move": 6, "list of 20": 5, "worklist page": 5}
LINES = 6  # lines of the catalog that demands fall under, each with another lead unit
SHORT = 0.5  # of the time of a phase, for those that have no limit
NUMBERS = 400  # orders whose details are read

DISPATCHER, CLERK, LEADER = "laochen", "gongre_clerk", "gongre_leader"
PAGES = (
    (DISPATCHER, "work/received"), (DISPATCHER, "work/accepted"), (DISPATCHER, "work/all"),
    (CLERK, "work/sign"), (CLERK, "work/work"), (CLERK, "work/mine"), ("shenhe1", "work/review"),
    ("huifang1", "work/callback"), ("duban1", "work/red"), ("duban1", "work/amber"), ("xiaozhou", "work/received"),
)  # fmt: skip


@dataclass
class Phase:
    """One kind of request: its callers, and what each round gave."""

    name: str
    callers: Callable[[], Sequence[Caller]]
    share: float = 1.0
    heard: list[Heard] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    web: float = 0.0
    database: float = 0.0
    client: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.heard)

    @property
    def wrong(self) -> list[str]:
        return [said for one in self.heard for said in one.wrong]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=(), help="phases by name; all when none is named")
    parser.add_argument("--statements", action="store_true", help="print the statements of each phase")
    asked = parser.parse_args()
    os.environ["JIESU_DATA"] = str(asked.data)
    with served(asked.data, workers=asked.workers) as system:
        return measure(asked, system)


def measure(asked: argparse.Namespace, system: Served) -> int:
    from jiesu.store.datadir import DataDir
    from jiesu.store.embedded import Embedded

    embedded = Embedded(DataDir.choose())
    database = Database(embedded.url("owner"), embedded.url("super"))
    run_name = f"benchmark-{secrets.token_hex(4)}"
    load = prepare(run_name, system.port)
    phases = [
        phase for phase in _phases(asked.connections, load, database) if not asked.only or phase.name in asked.only
    ]
    held = database.value("SELECT count(*) FROM work_order")
    print(f"{held:,} orders, {asked.connections} connections, {asked.workers} workers,"
          f" {asked.rounds} rounds of {asked.seconds:g} s a phase")  # fmt: skip
    warm_up(asked, system, phases, load)
    paces = []
    for number in range(asked.rounds):
        paces.append(one_round(asked, system, database, phases, load))
        print(f"round {number + 1}: pgbench {paces[-1]:,.0f}/s, " + ", ".join(
            f"{phase.name} {phase.heard[-1].per_second:,.0f}" for phase in phases), flush=True)  # fmt: skip
    memory = system.memory()
    report(phases, paces, asked.statements)
    print(f"\nmemory of the whole system after the load: {sum(mb for _, _, mb in memory):.0f} MB of PSS")
    whole = check(load, database, phases)
    revoke(run_name, load)
    database.close()
    return 0 if whole else 1


def prepare(run_name: str, port: int) -> Load:
    """Tokens, sessions, and the lines of the catalog that demands will fall under."""
    from jiesu.cli import frame

    frame.setup_django()
    from django.db import connections

    from jiesu.demo.load import PASSWORD
    from jiesu.store import rules, staff

    now = datetime.now(UTC)
    lines = _lines(rules.current(), now)
    made = {f"{role} {unit}": staff.make_token(f"{run_name} {role} {unit}", role=role, unit=unit, now=now)
            for role, unit in holders(lines)}  # fmt: skip
    connections.close_all()
    desk = Desk(port, made)
    for login in sorted({login for login, _ in PAGES}):
        desk.sign_in(login, PASSWORD)
    return Load(desk, lines)


def revoke(run_name: str, load: Load) -> None:
    from jiesu.store import staff

    for who in load.desk.secrets:
        staff.revoke_token(f"{run_name} {who}", datetime.now(UTC))


def _lines(rules: object, now: datetime) -> list[Line]:
    """Lines whose reply asks for nothing but words, each with another unit; the heat supplier's first."""
    from jiesu.demo.city import read
    from jiesu.domain.order import Order

    found: dict[str, Line] = {}
    region = "R0103"
    for one in sorted(read("catalog"), key=lambda one: not one["matter"].startswith("03")):
        order = Order(1, matter=one["matter"], region=region, kind="help")
        duty = rules.duty(order, now)  # type: ignore[attr-defined]
        if duty is None or duty.statutory or set(duty.fields) - {"first_contact", "measures"}:
            continue
        lead = rules.catalog.lead(duty, region)  # type: ignore[attr-defined]
        if lead:
            found.setdefault(lead, Line(one["matter"], region, lead))
    return list(found.values())[:LINES]


def _phases(connections: int, load: Load, database: Database) -> list[Phase]:
    sampled = "SELECT number FROM work_order ORDER BY random() LIMIT %s"
    numbers = database.column(sampled, (NUMBERS,))
    units = sorted({line.lead for line in load.lines})
    api = [load.desk.get(who, f"/api/v1/orders?{query}") for who, query in _api_lists(units)]
    pages = [load.desk.get(login, f"/{path}") for login, path in PAGES]
    read = [load.desk.get("dispatcher CENTER", f"/api/v1/orders/{number}{part}")
            for number in numbers for part in ("", "/events")]  # fmt: skip
    shown = [load.desk.get(DISPATCHER, f"/order/{number}") for number in numbers]

    def all_turn(asks: list[Ask]) -> Callable[[], Sequence[Caller]]:
        return lambda: [turning(asks, at * 7) for at in range(connections)]

    return [
        Phase("create", lambda: [load.create() for _ in range(connections)]),
        Phase("create at the desk", lambda: [load.create_at_desk("xiaozhou") for _ in range(connections)], SHORT),
        Phase("move", lambda: [load.move(at) for at in range(connections)]),
        Phase("list of 20", all_turn(api)),
        Phase("worklist page", all_turn(pages), SHORT),
        Phase("order and events", all_turn(read), SHORT),
        Phase("order page", all_turn(shown), SHORT),
    ]


def _api_lists(units: Sequence[str]) -> list[tuple[str, str]]:
    centre = "dispatcher CENTER"
    states = ("received", "accepted", "dispatched", "handling", "closed")
    return [
        (centre, "limit=20"),
        *((centre, f"limit=20&state={state}") for state in states),
        *((f"unit_clerk {unit}", "limit=20") for unit in units),
        *((f"unit_clerk {unit}", "limit=20&state=handling") for unit in units),
        *((centre, f"limit=20&unit={unit}") for unit in units),
    ]


def warm_up(asked: argparse.Namespace, system: Served, phases: Sequence[Phase], load: Load) -> None:
    """Every kind of request for a moment, until plans, pools and caches stand; orders enough to be moved."""
    for phase in phases:
        if phase.name == "move":
            while len(load.waiting) < asked.connections * WINDOW:
                run(system.port, [load.create() for _ in range(8)], 0.5)
        heard = run(system.port, phase.callers(), min(2.0, asked.seconds))
        if heard.wrong:
            raise SystemExit(f"{phase.name}: {len(heard.wrong)} wrong answers, the first: {heard.wrong[0]}")


def one_round(
    asked: argparse.Namespace, system: Served, database: Database, phases: Sequence[Phase], load: Load
) -> float:
    """One round; the pace of its pgbench. Half of that runs before the writes, half after them."""
    writes = [phase for phase in phases if phase.name in ("create", "create at the desk", "move")]
    before = database.pgbench(asked.connections, asked.seconds / 2)
    for phase in writes:
        one_phase(phase, asked, system, database)
    after = database.pgbench(asked.connections, asked.seconds / 2)
    pace = (before.per_second + after.per_second) / 2
    for phase in phases:
        if phase not in writes:
            one_phase(phase, asked, system, database)
        phase.ratios.append(phase.heard[-1].per_second / pace)
    return pace


def one_phase(phase: Phase, asked: argparse.Namespace, system: Served, database: Database) -> None:
    database.forget_calls()
    used = system.cpu()
    heard = run(system.port, phase.callers(), asked.seconds * phase.share)
    now = system.cpu()
    phase.heard.append(heard)
    phase.web += now["web"] - used["web"]
    phase.database += now["database"] - used["database"]
    phase.client += heard.cpu
    for query, calls in database.calls().items():
        phase.calls[query] = phase.calls.get(query, 0) + calls


# -- what is printed


def report(phases: Sequence[Phase], paces: Sequence[float], statements: bool) -> None:
    print(f"\npgbench: {statistics.median(paces):,.0f}/s ({min(paces):,.0f} to {max(paces):,.0f})")
    print(f"\n{'':20}{'req/s':>7}{'min':>7}{'max':>7}{'of pgbench':>12}{'min':>7}{'max':>7}{'limit':>7}{'':>8}"
          f"{'p50 ms':>8}{'p99 ms':>8}")  # fmt: skip
    for phase in phases:
        _speed_line(phase)
    print(f"\n{'CPU ms a request':20}{'web':>7}{'db':>7}{'client':>8}{'statements':>12}{'limit':>7}"
          f"{'requests':>10}{'errors':>8}")  # fmt: skip
    for phase in phases:
        _cost_line(phase)
        if statements:
            for query, calls in sorted(phase.calls.items(), key=lambda one: -one[1])[:12]:
                print(f"    {calls / max(1, phase.answered):6.2f}  {' '.join(query.split())[:110]}")
    for phase in phases:
        for said in phase.wrong[:3]:
            print(f"wrong, {phase.name}: {said}")


def _speed_line(phase: Phase) -> None:
    speeds = [one.per_second for one in phase.heard]
    ratio = statistics.median(phase.ratios)
    limit = LIMITS.get(phase.name)
    said = ("met" if ratio >= limit else "missed") if limit else ""
    latencies = [statistics.median(one.percentile(share) for one in phase.heard) for share in (0.5, 0.99)]
    print(f"{phase.name:20}{statistics.median(speeds):7,.0f}{min(speeds):7,.0f}{max(speeds):7,.0f}"
          f"{_part(ratio):>12}{_part(min(phase.ratios)):>7}{_part(max(phase.ratios)):>7}"
          f"{_part(limit, 0) if limit else '':>7}{said:>8}{latencies[0]:8.1f}{latencies[1]:8.1f}")  # fmt: skip


def _part(ratio: float, digits: int = 1) -> str:
    return f"1/{1 / ratio:.{digits}f}" if ratio else "0"


def _cost_line(phase: Phase) -> None:
    each = 1000 / max(1, phase.answered)
    made = sum(phase.calls.values()) / max(1, phase.answered)
    print(f"{phase.name:20}{phase.web * each:7.2f}{phase.database * each:7.2f}{phase.client * each:8.2f}{made:12.2f}"
          f"{STATEMENTS.get(phase.name, ''):>7}{phase.answered:10,}{len(phase.wrong):8}")  # fmt: skip


def check(load: Load, database: Database, phases: Sequence[Phase]) -> bool:
    """Whether every acknowledged order and move is in the database, and none beside them."""
    own = "number = ANY(%s) AND actor <> 'system'"
    held = database.value("SELECT count(*) FROM work_order WHERE number = ANY(%s)", (load.made,))
    events = database.value(f"SELECT count(*) FROM event WHERE {own}", (load.made,))  # noqa: S608 - constants
    errors = sum(len(phase.wrong) for phase in phases)
    print(f"acknowledged: {load.registered:,} orders, {load.moved:,} moves;"
          f" in the database: {held:,} orders, {events - held:,} moves; errors: {errors}")  # fmt: skip
    return not errors and held == load.registered == len(set(load.made)) and events - held == load.moved


if __name__ == "__main__":
    sys.exit(main())
