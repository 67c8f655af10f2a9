"""What `jiesu serve` looks after: a part can be started, asked whether it lives and answers, and ended."""

from __future__ import annotations

import contextlib
import http.client
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import psutil

from jiesu.cli.processes import READY_FD
from jiesu.store.deathsig import dies_with_parent
from jiesu.store.embedded import Embedded, is_alive


class Part(Protocol):
    """One process (with its group) under the parent."""

    name: str

    def start(self) -> None: ...

    def pid(self) -> int | None: ...

    def alive(self) -> bool: ...

    def answers(self) -> bool: ...

    def end(self, seconds: float) -> None: ...


class Command:
    """A child given by its command line, in its own process group, which dies with the parent.

    `probe` tells whether it answers; None means that the child says so itself through a pipe.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, environ: Mapping[str, str],
        fds: Sequence[int] = (), probe: Callable[[], bool] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._command = list(command)
        self._environ = dict(environ)
        self._fds = tuple(fds)
        self._probe = probe
        self._child: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def start(self) -> None:
        self._sweep_group()
        told = -1
        environ = self._environ
        if self._probe is None:
            self._pipe, told = os.pipe()
            environ = {**environ, READY_FD: str(told)}
        self._child = subprocess.Popen(
            self._command, env=environ, stdin=subprocess.DEVNULL, start_new_session=True,
            pass_fds=(*self._fds, *([told] if told >= 0 else ())), preexec_fn=dies_with_parent(),  # noqa: PLW1509 - this process has one thread
        )  # fmt: skip
        if told >= 0:
            os.close(told)

    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def answers(self) -> bool:
        if self._probe is not None:
            return self._probe()
        return bool(select.select([self._pipe], [], [], 0)[0]) and os.read(self._pipe, 1) == b"1"

    def end(self, seconds: float) -> None:
        """SIGTERM, wait, then SIGKILL to the whole group."""
        if self._child is None:
            return
        self._signal(signal.SIGTERM, only_leader=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(seconds)
        self._sweep_group()

    def _sweep_group(self) -> None:
        """Kill what a dead leader left behind in its group, and reap the leader."""
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        if self._child is not None:
            self._signal(signal.SIGKILL)
            self._child.wait()

    def _signal(self, number: signal.Signals, *, only_leader: bool = False) -> None:
        if self._child is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if only_leader:
                self._child.send_signal(number)
            else:
                os.killpg(self._child.pid, number)


class Postgres:
    """The embedded server. One that a command had started already is taken over and watched."""

    name = "数据库"

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self._pid: int | None = None

    def start(self) -> None:
        self._pid = self._embedded.launch(deathsig=True)

    def pid(self) -> int | None:
        return self._pid

    def alive(self) -> bool:
        return self._pid is not None and not self._embedded.has_ended(self._pid)

    def answers(self) -> bool:
        return self._pid is not None and self._embedded.is_ready(self._pid)

    def end(self, seconds: float) -> None:
        """Shut down. One that was taken over is left to its users: the last of them stops it."""
        if self._pid is not None and self._embedded.owns(self._pid):
            self._embedded.stop()


def http_probe(host: str, port: int, path: str) -> Callable[[], bool]:
    """A probe: does GET `path` answer 200 within two seconds."""

    def probe() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe


def end_leftovers(former: Sequence[tuple[int, float]], seconds: float = 1.0) -> None:
    """End children of a parent that was killed: (process id, start time) as recorded, so a reused id is spared.

    They get little time, since what they still wait for went with the parent. A database server takes its own: it is
    shutting down already, and whoever starts it next waits for that or takes it over.
    """
    living = [one for one in map(_same_process, former) if one is not None]
    for number in (signal.SIGTERM, signal.SIGKILL):
        groups = [one.pid for one in living if _name(one) != "postgres"]
        for pid in groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
        limit = time.monotonic() + seconds
        while any(is_alive(pid) for pid in groups) and time.monotonic() < limit:
            time.sleep(0.05)


def _same_process(recorded: tuple[int, float]) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        found = psutil.Process(recorded[0])
        if abs(found.create_time() - recorded[1]) < 0.1:
            return found
    return None


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.NoSuchProcess):
        return str(process.name())
    return ""
