"""A thousand open desks while orders move: is every move heard by every page that may know of it, and how soon.

    .venv/bin/python benchmarks/live.py --data DIR [--desks 1000 --rate 10 --seconds 30 --burst 100]

DIR holds a demo city (`jiesu migrate`, `jiesu simulate`); orders are added to it. The desks are streams of the real
live process, opened with sessions of people who signed in: two fifths of the centre, who may know of every order, the
rest of units. Orders are registered and carried forward over the API at ``--rate`` moves a second, then ``--burst``
moves as fast as they go. A delivery's time runs from the moment that the event itself bears (the move's request came
in) to its bytes at the desk, so it holds the move, its transaction and the client's own waiting. What each desk
must hear is worked out afterwards from the events: the rules of sight, asked for the order as it was after each one.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import re
import secrets
import selectors
import socket
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil
from load.city import WINDOW, Desk, Load
from load.client import Caller, run
from load.served import Served, served
from road import prepare, revoke

P99 = 300.0
CENTRE_SHARE = 0.4
ACCOUNTS = 60  # people who sign in; several desks of one person are several tabs
_MOVE = re.compile(rb'event: move\ndata: \{"number": (\d+), "seq": (\d+)')
_RESYNC = b"event: resync"
Key = tuple[int, int]


@dataclass
class Stream:
    """One open desk: whose, and when it heard which event."""

    login: str
    line: socket.socket
    rest: bytes = b""
    heard: dict[Key, float] = field(default_factory=dict)
    twice: int = 0
    resyncs: int = 0


class Listener(threading.Thread):
    """Reads every stream until it is told to stop."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        super().__init__(daemon=True)
        self.streams = streams
        self.over = False
        self.cpu = 0.0

    def run(self) -> None:
        began = time.thread_time()
        with selectors.DefaultSelector() as waiting:
            for stream in self.streams:
                waiting.register(stream.line, selectors.EVENT_READ, stream)
            while not self.over:
                for key, _ in waiting.select(0.2):
                    self._take(key.data)
        self.cpu = time.thread_time() - began

    def _take(self, stream: Stream) -> None:
        part = stream.line.recv(65_536)
        if not part:
            raise SystemExit(f"a stream of {stream.login} was cut")
        now = time.time()
        held = stream.rest + part
        end = 0
        for found in _MOVE.finditer(held):
            key = int(found[1]), int(found[2])
            stream.twice += key in stream.heard
            stream.heard.setdefault(key, now)
            end = found.end()
        stream.resyncs += held.count(_RESYNC)
        cut = max(held.rfind(b"\n\n") + 2, end)
        stream.rest = held[cut:] if cut > 1 else held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--desks", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--burst", type=int, default=100)
    asked = parser.parse_args()
    os.environ["JIESU_DATA"] = str(asked.data)
    with served(asked.data) as system:
        return measure(asked, system)


def measure(asked: argparse.Namespace, system: Served) -> int:
    run_name = f"benchmark-{secrets.token_hex(4)}"
    load = prepare(run_name, system.port)
    logins = _accounts(load)
    _sign_in(load.desk, logins)
    before = _live(system)
    streams = list(_open(load.desk, islice(_seats(logins), asked.desks)))
    print(f"{len(streams):,} desks of {len({one.login for one in streams})} people, {_roles(logins, streams)};"
          f" load of the machine before: {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    listener = Listener(streams)
    listener.start()
    whole, cpu = _busy(), system.cpu()
    for name, rate, moves in (
        (f"{asked.rate:g} moves a second", asked.rate, int(asked.rate * asked.seconds)),
        (f"a burst of {asked.burst}", 0.0, asked.burst),
    ):
        first = len(load.made)
        began = datetime.now(UTC)
        _move(load, moves, rate)
        time.sleep(3)
        _told(name, load, streams, began, first)
    listener.over = True
    listener.join()
    used = {kind: seconds - cpu[kind] for kind, seconds in system.cpu().items()}
    others = max(0.0, _busy() - whole - sum(used.values()) - listener.cpu)
    print(f"CPU seconds: live {used['live']:.1f}, web {used['web']:.1f}, database {used['database']:.1f},"
          f" the desks' client {listener.cpu:.1f}, others on the machine {others:.1f}")  # fmt: skip
    after = _live(system)
    print(f"live process: {before:.0f} MB of PSS empty, {after:.0f} MB with {len(streams):,} desks"
          f" ({1000 * (after - before) / len(streams):.0f} kB a desk)")  # fmt: skip
    for stream in streams:
        stream.line.close()
    revoke(run_name, load)
    return 1 if _FAULTS else 0


_FAULTS: list[str] = []


def _busy() -> float:
    """Seconds of CPU that the whole machine has worked."""
    used = psutil.cpu_times()
    return float(sum(used) - used.idle - getattr(used, "iowait", 0.0) - getattr(used, "guest", 0.0))


# -- who sits there


def _accounts(load: Load) -> dict[str, Any]:
    """People by login with their actor: all roles of the centre, and people of many units, those of the load first."""
    from jiesu.store import sql, staff

    units = [line.lead for line in load.lines]
    now = datetime.now(UTC)
    rows = sql.rows(
        "SELECT DISTINCT ON (s.id) s.login, s.id FROM staff s JOIN staff_role r ON r.staff_id = s.id WHERE s.is_active"
        " ORDER BY s.id, r.unit_id = ANY(%s) DESC",
        (units,),
    )
    found = {login: staff.actor(number, now) for login, number in rows}
    return {login: actor for login, actor in found.items() if actor is not None}


def _outside(actor: Any) -> bool:
    from jiesu.domain.sight import from_outside

    return from_outside(actor)


def _seats(logins: dict[str, Any]) -> Iterator[str]:
    """Logins of one desk after the other, two of five of the centre."""
    centre = [login for login, actor in logins.items() if not _outside(actor)][: ACCOUNTS // 3]
    units = [login for login, actor in logins.items() if _outside(actor)][: ACCOUNTS - ACCOUNTS // 3]
    of_centre, of_units = cycle(centre), cycle(units)
    due = 0.0
    while True:
        due += CENTRE_SHARE
        if due >= 1:
            due -= 1
            yield next(of_centre)
        else:
            yield next(of_units)


def _roles(logins: dict[str, Any], streams: Sequence[Stream]) -> str:
    from jiesu.domain import words

    held = Counter(logins[one.login].roles[0][0] for one in streams)
    return "、".join(f"{words.zh(words.ROLES, role)} {number}" for role, number in held.most_common())


def _sign_in(desk: Desk, logins: dict[str, Any]) -> None:
    from jiesu.demo.load import PASSWORD

    for login in sorted(set(islice(_seats(logins), 4 * ACCOUNTS))):
        desk.sign_in(login, PASSWORD)


def _open(desk: Desk, seats: Iterator[str]) -> Iterator[Stream]:
    """Open the streams, some at a time, each until its first bytes are there."""
    waiting: list[Stream] = []
    for login in seats:
        line = socket.create_connection(("127.0.0.1", desk.port + 1), timeout=60)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(f"GET /live/stream HTTP/1.1\r\nHost: localhost\r\nCookie: {desk.cookie(login)}\r\n\r\n".encode())
        waiting.append(Stream(login, line))
        if len(waiting) >= 50:
            yield from _opened(waiting)
            waiting = []
    yield from _opened(waiting)


def _opened(waiting: Sequence[Stream]) -> Iterator[Stream]:
    for stream in waiting:
        held = b""
        while b"retry:" not in held:
            part = stream.line.recv(4096)
            if not part or (b"HTTP/1.1" in part and b" 200 " not in part):
                raise SystemExit(f"{stream.login} was refused a stream: {part[:80]!r}")
            held += part
        yield stream


def _live(system: Served) -> float:
    return sum(mb for kind, _, mb in system.memory() if kind == "live")


# -- what moves


def _move(load: Load, moves: int, rate: float) -> None:
    """So many moves, registering counted, on four connections; ``rate`` 0: as fast as they go."""
    pause = 4 / rate if rate else 0.0

    def paced(caller: Caller, most: int) -> Caller:
        ask = next(caller, None)
        for _ in range(most if ask else 0):
            began = time.perf_counter()
            answer = yield ask  # type: ignore[misc]
            time.sleep(max(0.0, pause - (time.perf_counter() - began)))
            try:
                ask = caller.send(answer)
            except StopIteration:
                return

    def carry(at: int) -> None:
        # Some are registered first, so that there is something to carry forward on every connection.
        new = max(WINDOW, moves // 40)
        for caller, most in ((load.create(), new), (load.move(at), moves // 4 - new)):
            heard = run(load.desk.port, [paced(caller, most)], 600)
            if heard.wrong:
                raise SystemExit(f"a move was refused: {heard.wrong[0]}")

    threads = [threading.Thread(target=carry, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# -- what was heard


def _told(name: str, load: Load, streams: Sequence[Stream], began: datetime, first: int) -> None:
    from jiesu.domain.apply import apply
    from jiesu.domain.order import Order
    from jiesu.domain.permissions import sees
    from jiesu.domain.sight import hides_event
    from jiesu.store import orders, staff

    now = datetime.now(UTC)
    actors = {login: staff.actor(_number(login), now) for login in {one.login for one in streams}}
    must: dict[str, set[Key]] = defaultdict(set)
    at: dict[Key, float] = {}
    for number in load.made:
        order = Order(number)
        for event in orders.events(number):
            order = apply(order, event)
            if event.at < began:
                continue
            at[number, event.seq] = event.at.timestamp()
            for login, actor in actors.items():
                if actor and sees(actor, order) and not hides_event(actor, order, event.move, event.at):
                    must[login].add((number, event.seq))
    missing = sum(len(must[one.login] - one.heard.keys()) for one in streams if not one.resyncs)
    took = sorted(1000 * (one.heard[key] - at[key]) for one in streams for key in must[one.login] & one.heard.keys())
    wanted = sum(len(must[one.login]) for one in streams)
    more = sum(len((one.heard.keys() & at.keys()) - must[one.login]) for one in streams)
    said = [took[min(len(took) - 1, int(len(took) * share))] for share in (0.5, 0.95, 0.99, 1.0)] if took else [0.0] * 4
    print(f"{name}: {len(at):,} events, {wanted:,} deliveries due, {len(took):,} came, {missing:,} missing,"
          f" {sum(one.resyncs for one in streams)} told to reload, {sum(one.twice for one in streams)} twice,"
          f" {more:,} beyond what was due\n"
          f"    from the event's moment: p50 {said[0]:.0f} ms, p95 {said[1]:.0f}, p99 {said[2]:.0f} (limit {P99:.0f}),"
          f" longest {said[3]:.0f}", flush=True)  # fmt: skip
    if missing or said[2] > P99:
        _FAULTS.append(name)


def _number(login: str) -> int:
    from jiesu.store import sql

    found: int = sql.value("SELECT id FROM staff WHERE login = %s", (login,))
    return found


if __name__ == "__main__":
    sys.exit(main())
