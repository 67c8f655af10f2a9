"""How soon the system answers and how much memory it holds: a first start by stages, a second start, idle, in use.

    .venv/bin/python benchmarks/idle.py [--data DIR] [--minutes 2]

Without --data a first start is measured on an empty directory, the demo city is loaded there with what --simulate asks
for (orders, days), and the directory is removed at the end. Memory is the sum of PSS over every process of the system:
shared pages count once.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from load.city import Desk
from load.served import Served, served

LIMIT = 600  # MB
SETTLE = 20.0  # seconds until idle is idle
EVERY = 0.3  # seconds between two pages of light use
PEOPLE = (
    "xiaozhou", "laochen", "gongre_clerk", "gongre_leader", "zhujian_clerk", "shenhe1", "huifang1", "duban1",
    "caiding1", "shizhang", "fenxi1", "guanli", "dpo", "zhijian1",
)  # fmt: skip
_LINK = re.compile(rb'href="(/[^"#]*)"')
_ELSEWHERE = ("/static/", "/logout")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a demo city; it is read, and its people sign in")
    parser.add_argument("--simulate", nargs=2, type=int, default=(80_000, 365), metavar=("ORDERS", "DAYS"))
    parser.add_argument("--minutes", type=float, default=2)
    asked = parser.parse_args()
    with city(asked) as data, started("second start", data) as system:
        os.environ["JIESU_DATA"] = str(data)
        time.sleep(SETTLE)
        idle = show("idle", system)
        pages, wrong = use(system, asked.minutes * 60)
        busy = show(f"after {asked.minutes:g} minutes of light use ({pages:,} pages, {len(wrong)} errors)", system)
    for said in wrong[:5]:
        print(f"wrong: {said}")
    return 1 if wrong or max(idle, busy) > LIMIT else 0


@contextmanager
def city(asked: argparse.Namespace) -> Iterator[Path]:
    """The directory to measure on; made, and removed at the end, when none was given."""
    if asked.data:
        yield asked.data
        return
    data = Path(tempfile.mkdtemp(prefix="jiesu-idle-"))
    try:
        with started("first start, an empty directory", data):
            pass
        began = time.perf_counter()
        orders, days = asked.simulate
        _jiesu(data, "simulate", "--orders", str(orders), "--days", str(days))
        print(f"\n{orders:,} orders of {days} days simulated in {time.perf_counter() - began:.0f} s")
        yield data
    finally:
        _jiesu(data, "stop")
        _remove(data)


def _remove(data: Path) -> None:
    """The directory, and the cluster that root keeps elsewhere."""
    pointer = data / "cluster-at"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def _jiesu(data: Path, *words: str) -> None:
    command = [sys.executable, "-m", "jiesu.cli", "--data", str(data), *words]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=words[0] != "stop")


@contextmanager
def started(name: str, data: Path) -> Iterator[Served]:
    """The system, and what it said of its start: each line with the moment it came."""
    print(f"\n{name}", flush=True)
    with served(data) as system:
        before = 0.0
        for at, line in system.said:
            print(f"  {at:6.2f} s  (+{at - before:5.2f})  {line}")
            before = at
        yield system


def show(name: str, system: Served) -> float:
    """Print memory by kind of process; the sum in MB."""
    held = sorted(system.memory())
    total = sum(mb for _, _, mb in held)
    print(f"\n{name}: {total:.0f} MB of PSS, limit {LIMIT}: {'met' if total <= LIMIT else 'missed'}")
    for kind, rows in groupby(held, key=lambda one: one[0]):
        each = [mb for _, _, mb in rows]
        print(f"  {kind:10}{len(each):3} processes{sum(each):8.0f} MB, the largest {max(each):.0f}")
    return total


# -- light use


def use(system: Served, seconds: float) -> tuple[int, list[str]]:
    """Everybody looks at every page that he can reach by links, about three a second; (pages, errors)."""
    from jiesu.cli import frame

    frame.setup_django()
    from jiesu.demo.load import PASSWORD

    desk = Desk(system.port, {})
    for login in PEOPLE:
        desk.sign_in(login, PASSWORD)
    walks = [_walk(desk, login) for login in PEOPLE]
    pages, wrong, end = 0, [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        login, path, status = next(walks[pages % len(walks)])
        pages += 1
        if status >= 400 and status != 403:
            wrong.append(f"{login} {path} -> {status}")
        time.sleep(max(0.0, EVERY - (time.perf_counter() - began)))
    return pages, wrong


def _walk(desk: Desk, login: str) -> Iterator[tuple[str, str, int]]:
    """Page after page by their links: one of each sort before a second one of any."""
    seen: dict[str, int] = {}
    waiting = ["/"]
    while True:
        waiting.sort(key=lambda path: seen.get(_sort(path), 0))
        path = waiting.pop(0) if waiting else "/"
        seen[_sort(path)] = seen.get(_sort(path), 0) + 1
        status, body = _read(desk, login, path)
        yield login, path, status
        found = {link.decode().replace("&amp;", "&") for link in _LINK.findall(body)}
        waiting = [*waiting, *sorted(one for one in found if not one.startswith(_ELSEWHERE) and one not in waiting)][
            :500
        ]


def _sort(path: str) -> str:
    return re.sub(r"\d+", "N", path.partition("?")[0])


def _read(desk: Desk, login: str, path: str) -> tuple[int, bytes]:
    asked = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
    asked.request("GET", path, headers={"Host": "localhost", "Cookie": desk.cookie(login)})
    answer = asked.getresponse()
    body = answer.read()
    where = answer.headers.get("Location", "")
    asked.close()
    return answer.status, body + f'href="{where}"'.encode()


if __name__ == "__main__":
    sys.exit(main())
