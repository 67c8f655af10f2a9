"""A running `jiesu serve` and what it uses: CPU by kind of process, memory as PSS, both from /proc."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

TICKS = os.sysconf("SC_CLK_TCK")
START_WAIT = 180.0
STOP_WAIT = 120.0
KINDS = ("web", "database", "live", "worker", "parent")


@dataclass
class Served:
    """A system that answers. ``said``: (seconds since its start, line) of what it printed while it started."""

    process: subprocess.Popen[str]
    port: int
    said: list[tuple[float, str]]

    def processes(self) -> list[tuple[str, psutil.Process]]:
        """Every process of the tree with its kind, the parent first."""
        root = psutil.Process(self.process.pid)
        found = [("parent", root)]
        for child in root.children():
            kind = _kind(child)
            found += [(kind, one) for one in (child, *child.children(recursive=True))]
        return found

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU by kind, those of ended processes included (their parents keep them)."""
        used = dict.fromkeys(KINDS, 0.0)
        for kind, process in self.processes():
            used[kind] += _seconds(process.pid, ended=kind != "parent")
        return used

    def memory(self) -> list[tuple[str, int, float]]:
        """(kind, process id, MB of PSS) of each process: shared pages are counted once over all of them."""
        return [(kind, process.pid, pss(process.pid)) for kind, process in self.processes()]


@contextmanager
def served(data: Path, *, workers: int = 2) -> Iterator[Served]:
    """Start the system on a free port over a data directory; it has stopped at the end of the block."""
    port = _free_ports()
    command = [sys.executable, "-m", "jiesu.cli", "--data", str(data), "serve", "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--workers", str(workers)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        said = _wait(process, port, began)
        yield Served(process, port, said)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=STOP_WAIT)


def pss(pid: int) -> float:
    """MB of a process by its proportional share of the pages that it shares; 0 when it has gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _wait(process: subprocess.Popen[str], port: int, began: float) -> list[tuple[float, str]]:
    said = []
    for line in _lines(process.stdout):
        said.append((time.perf_counter() - began, line.strip()))
        if f":{port}/" in line:
            break
    limit = time.perf_counter() + START_WAIT
    while process.poll() is None and time.perf_counter() < limit:
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/healthz")
            if asked.getresponse().status == 200:
                return said
        time.sleep(0.1)
    raise SystemExit("the system did not start; what it printed:\n" + "\n".join(line for _, line in said))


def _lines(printed: IO[str] | None) -> Iterator[str]:
    return iter(printed.readline, "") if printed else iter(())


def _free_ports() -> int:
    """A port that is free now, as is the one after it."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                next_one.bind(("127.0.0.1", one.getsockname()[1] + 1))
                return int(one.getsockname()[1])


def _kind(child: psutil.Process) -> str:
    """What a child of the parent is, by how it was started."""
    with contextlib.suppress(psutil.Error):
        words = " ".join([child.name(), *child.cmdline()])
        for sign, kind in (("postgres", "database"), ("gunicorn", "web"), ("jiesu-http", "web"), (" live", "live")):
            if sign in words:
                return kind
    return "worker"


def _seconds(pid: int, *, ended: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(field) for field in fields[11 : 15 if ended else 13]) / TICKS
