"""A real `jiesu serve` on a data directory, started as an init system would, and the processes that can be killed."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

READY = "接诉已启动"
PARTS = {"postgres": "数据库", "pages": "网页", "live": "实时更新", "worker": "后台任务"}
_WORDS = {"gunicorn": "pages", "live": "live", "worker": "worker", "-D": "postgres"}
PARENTLESS = ("parent", "parent twice", "everything")  # after these an init system starts the parent again
TARGETS = ("postmaster", "backend", "web worker", "web master", "job worker", "live", *PARENTLESS)
START_WAIT = 120.0


class Served:
    """One installation under load. `output` collects what its parents say, one after the other."""

    def __init__(self, data: Path, port: int, output: Path, *, workers: int = 2) -> None:
        self.data, self.port, self.output, self.workers = data, port, output, workers
        self._parent: subprocess.Popen[bytes] | None = None
        self._since = 0

    def start(self) -> None:
        """Start the parent; does not wait."""
        self._since = self.output.stat().st_size if self.output.exists() else 0
        with self.output.open("ab") as out:
            self._parent = subprocess.Popen(
                [*JIESU, "serve", "--data", str(self.data), "--port", str(self.port), "--workers", str(self.workers)],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environ(), start_new_session=True,
            )  # fmt: skip

    def wait_started(self) -> None:
        """Until the parent says that all is up. Raises RuntimeError with its words when it gives up."""
        limit = time.monotonic() + START_WAIT
        while READY not in self.said():
            if time.monotonic() > limit or self._parent is None or self._parent.poll() is not None:
                raise RuntimeError(f"jiesu serve did not start:\n{self.said()}")
            time.sleep(0.05)

    def stop(self) -> int:
        """SIGTERM and wait; the parent's exit code."""
        if self._parent is None:
            return 0
        self._parent.terminate()
        try:
            return self._parent.wait(90)
        except subprocess.TimeoutExpired:
            self._parent.kill()
            return self._parent.wait()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `jiesu ...` on the same directory."""
        return subprocess.run(
            [*JIESU, *arguments, "--data", str(self.data)],
            capture_output=True, text=True, check=False, env=environ(), timeout=600,
        )  # fmt: skip

    def said(self) -> str:
        """What the present parent and its children have printed."""
        with self.output.open("rb") as printed:
            printed.seek(self._since)
            return printed.read().decode(errors="replace")

    def parts(self) -> dict[str, int]:
        """Process ids of the parent's direct children, by name."""
        found: dict[str, int] = {}
        for child in _children(self._parent.pid) if self._parent else ():
            for word in _command_line(child):
                name = _WORDS.get(Path(word).name)
                if name:
                    found.setdefault(name, child.pid)
        return found

    def kill(self, target: str, rng: random.Random) -> int:
        """kill -9 one process of this kind; its id, or 0 when there is none just now. The parent is waited for."""
        pids = self._of(target)
        if not pids:
            return 0
        doomed = pids if target == "everything" else [rng.choice(pids)]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if target in PARENTLESS and self._parent:
            self._parent.wait()
        return doomed[0]

    def whole(self, killed: int = 0) -> bool:
        """Every part runs and has said it is ready as often as it was started, and the page processes are complete."""
        parts = self.parts()
        if sorted(parts) != sorted(PARTS) or psutil.pid_exists(killed):
            return False
        said = Counter(_event(line) for line in self.said().splitlines())
        if any(said[(name, "ready")] != said[(name, "fell")] + 1 for name in PARTS.values()):
            return False
        return len(_children(parts["pages"])) == self.workers and self.health() == 200

    def health(self) -> int:
        """The status of /healthz, 0 when there is no answer within two seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _of(self, target: str) -> list[int]:
        if target in PARENTLESS:
            return self._family(everybody=target == "everything")
        parts = self.parts()
        direct = {"postmaster": "postgres", "web master": "pages", "job worker": "worker", "live": "live"}
        if target in direct:
            return [parts[direct[target]]] if direct[target] in parts else []
        if target == "web worker":
            return [child.pid for child in _children(parts.get("pages", 0))]
        sessions = _children(parts.get("postgres", 0))
        return [child.pid for child in sessions if "[local]" in " ".join(_command_line(child))]

    def _family(self, *, everybody: bool) -> list[int]:
        """The parent, if it lives, and all that stand under it when everybody is meant."""
        if self._parent is None or self._parent.poll() is not None:
            return []
        below = psutil.Process(self._parent.pid).children(recursive=True) if everybody else []
        return [self._parent.pid, *(one.pid for one in below)]


JIESU = (sys.executable, "-m", "jiesu.cli")


def environ() -> dict[str, str]:
    """The environment of an ordinary start: nothing of this process's own choice of database."""
    ours = ("DATABASE_URL", "JIESU_APP_URL", "JIESU_KEYS", "JIESU_DATA", "JIESU_ROLE", "JIESU_THREADS")
    return {key: value for key, value in os.environ.items() if key not in ours}


def free_port() -> int:
    """A port that is free now, as is the one after it (for the live pages)."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError):
                two.bind(("127.0.0.1", port + 1))
                return port


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask every 50 ms; whether it came true in time."""
    limit = time.monotonic() + seconds
    while not done():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


def _event(line: str) -> tuple[str, str]:
    for name in PARTS.values():
        if line.startswith(f"{name}已就绪"):
            return name, "ready"
        if line.startswith(f"{name}意外退出"):
            return name, "fell"
    return "", ""


def _children(pid: int) -> list[psutil.Process]:
    try:
        found = psutil.Process(pid).children() if pid else []
        return [one for one in found if one.status() != psutil.STATUS_ZOMBIE]
    except psutil.Error:
        return []


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
