"""What every desk page costs with 32 people at it, and what it weighs; the search box by what is asked of it.

    .venv/bin/python benchmarks/desks.py --data DIR [--connections 32 --workers 2 --seconds 4] [--only supervise search]

DIR holds a demo city with its history (`jiesu simulate`, `jiesu multiply`); pages are only read, sessions are added.
One page after the other is asked by all connections at once, each asking again as soon as it is answered: nobody stops
to read, so this is the load of some hundred people. Server time is what the web server itself logs of each request
(gunicorn's access log, microseconds). Beside it: the whole time with the wait before it, the CPU that a request took,
which another load on the machine changes less, and "others", the part of the machine's work that was none of this.
Statements are counted by the database. Weights are bytes as they travel, compressed: first, with an empty cache, and
later, when what all pages share is there.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from load.city import Desk, turning
from load.client import Ask, Heard, run
from load.peer import Database
from load.served import Served, served
from load.weight import Weights

P95, SEARCH_P95 = 150.0, 200.0
STATEMENTS = 5  # of a list
BESIDE = {
    "/review": 1,
    "/callback": 1,
    "/callback/after": 1,
}  # these open the first order of the list: its own statement
FIRST, LATER = 350_000, 60_000
RARE, COMMON = "榫卯", "小区"
NUMBERS = 200

# (login or role, page, its name): beside the desk's own screen what people open all day.
MORE = {
    "intake": ("work/received", "callback/missed"),
    "dispatch": ("dispatch?queue=received", "dispatch?queue=accepted", "dispatch?queue=returns", "work/all"),
    "unit": ("unit?show=work", "unit/month", "unit/roster", "work/mine", "work/sign"),
    "review": ("work/review",),
    "callback": ("callback/later", "callback/after", "callback/sample"),
    "supervise": tuple(f"supervise?group={one}" for one in ("amber", "bouncing", "chased", "hard", "decide")),
    "ruling": ("ruling?queue=duty",),
    "leader": ("work/high", "work/instructed"),
    "analyst": ("analyst/days", "analyst/orders", "work/all?kind=complaint"),
    "privacy": ("privacy/requests", "privacy/retention", "work/closed"),
    "figures": ("figures?by=matter", "wall"),
    "bulletin": ("bulletin/followups",),
    "shift": ("shift/notes",),
    "outage": ("outage/blocks",),
}
# Somebody of each role, of the unit with the most open work.
_HOLDERS = (
    "SELECT r.role, s.login FROM staff_role r JOIN staff s ON s.id = r.staff_id LEFT JOIN (SELECT unit, count(*) AS n"
    " FROM leg WHERE open GROUP BY unit) l ON l.unit = r.unit_id WHERE s.is_active ORDER BY coalesce(l.n, 0) DESC, s.id"
)
_OPEN = "SELECT number FROM work_order WHERE state = %s ORDER BY due_at LIMIT %s"


@dataclass
class Case:
    """One page, asked by one person: what is sent, and what came of it."""

    name: str
    who: str
    asks: list[Ask]
    limit: float = P95
    statements: int = 0
    heard: Heard | None = None
    server: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    calls: float = 0.0
    web: float = 0.0
    database: float = 0.0
    others: float = 0.0
    dear: list[tuple[float, str]] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds of server time within which this share was answered."""
        held = sorted(self.server)
        return held[min(len(held) - 1, int(len(held) * share))] if held else 0.0

    @property
    def wrong(self) -> bool:
        return self.percentile(0.95) > self.limit or (0 < self.statements < self.calls - 0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", nargs="*", default=(), help="desks by name, order, search; all when none is named")
    parser.add_argument("--calls", action="store_true", help="print the statements of pages above a limit")
    asked = parser.parse_args()
    os.environ["JIESU_DATA"] = str(asked.data)
    with tempfile.NamedTemporaryFile("r", prefix="desks-", suffix=".log") as log:
        # Microseconds, status, bytes, and the case's own mark: no address is written down.
        shape = "%(D)s %(s)s %(B)s %({x-case}i)s"
        os.environ["GUNICORN_CMD_ARGS"] = f"--access-logfile {log.name} --access-logformat '{shape}'"
        with served(asked.data, workers=asked.workers) as system:
            return measure(asked, system, Path(log.name))


def measure(asked: argparse.Namespace, system: Served, log: Path) -> int:
    from jiesu.store.datadir import DataDir
    from jiesu.store.embedded import Embedded

    embedded = Embedded(DataDir.choose())
    database = Database(embedded.url("owner"), embedded.url("super"))
    desk = Desk(system.port, {})
    cases = [case for part, case in _cases(desk, database) if not asked.only or part in asked.only]
    held = database.value("SELECT count(*) FROM work_order")
    print(f"{held:,} orders, {asked.connections} connections, {asked.workers} workers, {asked.seconds:g} s a page,"
          f" load of the machine before: {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    print(f"{'':44}{'statements':>11}{'server p50':>11}{'p95':>8}{'p99':>8}{'limit':>7}{'whole p95':>10}{'req/s':>7}"
          f"{'web ms':>8}{'db ms':>7}{'others':>7}{'kB':>6}")  # fmt: skip
    for at, case in enumerate(cases):
        one(case, at, asked, system, database, log)
        print(_line(case), flush=True)
        if asked.calls and case.wrong:
            for calls, query in case.dear:
                print(f"      {calls:6.2f} a request, {query}")
    heavy = weigh(desk, cases)
    print(f"\nmemory of the whole system: {sum(mb for _, _, mb in system.memory()):.0f} MB of PSS")
    database.close()
    slow = [case.name for case in cases if case.wrong]
    print("above a limit: " + ("、".join([*slow, *heavy]) or "nothing"))
    return 1 if slow or heavy else 0


def one(case: Case, at: int, asked: argparse.Namespace, system: Served, database: Database, log: Path) -> None:
    """Ask one page by every connection; first a moment for plans and caches."""
    asks = [Ask(ask.sent.replace(b"X-Case: -", b"X-Case: c%d" % at), ask.status, ask.says) for ask in case.asks]
    warm = run(system.port, [turning(case.asks, turn) for turn in range(4)], 1.0)
    if warm.wrong:
        raise SystemExit(f"{case.name}: {warm.wrong[0]}")
    database.forget_calls()
    used, whole = system.cpu(), _busy()
    case.heard = run(system.port, [turning(asks, turn * 7) for turn in range(asked.connections)], asked.seconds)
    now, busy = system.cpu(), _busy() - whole
    calls = database.calls()
    answered = max(1, case.heard.answered)
    case.web, case.database = (1000 * (now[kind] - used[kind]) / answered for kind in ("web", "database"))
    own = sum(now[kind] - used[kind] for kind in now) + case.heard.cpu
    case.others = max(0.0, busy - own) / busy if busy else 0.0
    case.calls = sum(calls.values()) / answered
    case.dear = [(number / answered, " ".join(query.split())[:150])
                 for query, number in sorted(calls.items(), key=lambda one: -one[1])[:10]]  # fmt: skip
    for line in log.read_text().splitlines():
        took, status, size, mark = line.split()
        if mark == f"c{at}" and status == str(case.asks[0].status):
            case.server.append(int(took) / 1000)
            case.bytes.append(int(size))


def _busy() -> float:
    """Seconds of CPU that the whole machine has worked."""
    used = psutil.cpu_times()
    return float(sum(used) - used.idle - getattr(used, "iowait", 0.0) - getattr(used, "guest", 0.0))


def _line(case: Case) -> str:
    heard = case.heard or Heard(1)
    said = f" of {case.statements}" if case.statements else "     "
    size = sum(case.bytes) / max(1, len(case.bytes)) / 1000
    return (
        f"{case.name:44}{case.calls:6.1f}{said:5}{case.percentile(0.5):11.1f}{case.percentile(0.95):8.1f}"
        f"{case.percentile(0.99):8.1f}{case.limit:7.0f}{heard.percentile(0.95):10.1f}"
        f"{heard.per_second:7.0f}{case.web:8.2f}{case.database:7.2f}{case.others:7.0%}{size:6.1f}"
        f"{'  <-' if case.wrong else ''}"
        f"{f'  {len(heard.wrong)} wrong: {heard.wrong[0]}' if heard.wrong else ''}"
    )


# -- what is asked


def _cases(desk: Desk, database: Database) -> Iterator[tuple[str, Case]]:
    """Every desk of the one table with what is opened there, the order page, the search box."""
    from jiesu.cli import frame

    frame.setup_django()
    from jiesu.demo.load import PASSWORD
    from jiesu.web.desks import DESKS

    holders: dict[str, str] = dict(reversed(database.rows(_HOLDERS)))
    for login in sorted(set(holders.values())):
        desk.sign_in(login, PASSWORD)
    for seat in DESKS:
        roles = seat.roles or seat.also & {"supervisor"}  # a desk that is nobody's home is asked by one of its guests
        if not seat.address or not roles & holders.keys():
            continue
        who = holders[next(role for role in holders if role in roles)]
        for path in (seat.address, *(f"/{one}" for one in MORE.get(seat.name, ()))):
            most = STATEMENTS + BESIDE.get(path, 0)
            yield seat.name, Case(f"{seat.name} {path}", who, [desk.page(who, path)], statements=most)
    yield from _orders(desk, database, holders)
    yield from _searches(desk, database, holders)


def _orders(desk: Desk, database: Database, holders: dict[str, str]) -> Iterator[tuple[str, Case]]:
    whole = database.column(
        "SELECT number FROM work_order TABLESAMPLE SYSTEM (5) ORDER BY random() LIMIT %s", (NUMBERS,)
    )
    dispatcher, clerk = holders["dispatcher"], holders["unit_clerk"]
    yield "order", Case("order page, any order", dispatcher, [desk.page(dispatcher, f"/order/{one}") for one in whole])
    waiting = database.column(_OPEN, ("accepted", NUMBERS)) or whole[:1]
    beside = [desk.page(dispatcher, f"/dispatch/{one}", part="order") for one in waiting]
    yield "dispatch", Case("dispatch, an order beside the list", dispatcher, beside)
    mine = database.column(
        "SELECT l.number FROM leg l JOIN staff_role r ON r.unit_id = l.unit JOIN staff s ON s.id = r.staff_id"
        " WHERE s.login = %s AND l.open LIMIT %s",
        (clerk, NUMBERS),
    )
    if mine:
        opened = [desk.page(clerk, f"/unit/{one}", part="main") for one in mine]
        yield "unit", Case("unit, an order in the drawer", clerk, opened)


def _searches(desk: Desk, database: Database, holders: dict[str, str]) -> Iterator[tuple[str, Case]]:
    from jiesu.store import people

    numbers = database.column("SELECT number FROM work_order ORDER BY number DESC LIMIT 40")
    known = database.column("SELECT id FROM person WHERE sealed IS NOT NULL ORDER BY random() LIMIT 60")
    persons = [one for one in map(people.read, known) if one]
    places = database.column("SELECT name FROM place ORDER BY random() LIMIT 40")
    words = database.column(
        "SELECT substr(body, 5, 6) FROM search_text TABLESAMPLE SYSTEM (1) WHERE length(body) > 12 LIMIT 40"
    )
    agent, clerk, dispatcher = holders["agent"], holders["unit_clerk"], holders["dispatcher"]
    asked: list[tuple[str, str, Sequence[str], int]] = [
        ("a whole number", dispatcher, [str(one) for one in numbers], 302),
        ("the end of a number", dispatcher, [str(one)[-4:] for one in numbers], 200),
        ("a phone", agent, [one.phone for one in persons if one.phone], 200),
        ("a person", agent, [one.name for one in persons if one.name], 200),
        ("a rare word", dispatcher, [RARE], 200),
        ("a common word", dispatcher, [COMMON], 200),
        ("a common word, a unit's", clerk, [COMMON], 200),
        ("words of some order", dispatcher, words, 200),
        ("a place", dispatcher, places, 200),
        ("a place, while typing", dispatcher, [one[:2] for one in places], 200),
    ]
    for name, who, values, status in asked:
        part = "suggest" if "typing" in name else ""
        asks = [desk.page(who, "/search", part=part, given={"q": one}, status=status) for one in values]
        if asks:
            yield "search", Case(f"search: {name}", who, asks, SEARCH_P95, STATEMENTS)


# -- what it weighs


def weigh(desk: Desk, cases: Sequence[Case]) -> list[str]:
    """Print the heaviest pages, first and later; the names of those above a limit."""
    weights, found = Weights(desk), []
    pages: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for case in cases:
        if b"GET " in case.asks[0].sent and b"X-Part" not in case.asks[0].sent:
            path = re.match(rb"GET (\S+)", case.asks[0].sent)
            pages[case.name].append(weights.of(case.who, path[1].decode() if path else "/"))
    print(f"\n{'kB as they travel, compressed':44}{'first':>8}{'limit':>7}{'later':>8}{'limit':>7}")
    heaviest: Callable[[str], int] = lambda name: -pages[name][0][1]  # noqa: E731
    for name in sorted(pages, key=heaviest)[:12]:
        first, later = pages[name][0]
        print(f"{name:44}{first / 1000:8.1f}{FIRST / 1000:7.0f}{later / 1000:8.1f}{LATER / 1000:7.0f}")
    for name, ((first, later),) in pages.items():
        if first > FIRST or later > LATER:
            found.append(f"{name} (weight)")
    return found


if __name__ == "__main__":
    sys.exit(main())
