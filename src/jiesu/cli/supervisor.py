"""The one parent: brings its parts up in order, restarts what falls, and takes all down in reverse order."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from jiesu.cli.parts import Part
from jiesu.store.datadir import CannotStart

BACK_OFF = (0.2, 30.0)  # seconds before a restart: first, longest; doubled each time
CALM = 15.0  # seconds alive after which a part's next fall counts as its first
FIRST_TRIES = 3  # falls before a first answer after which the whole start is given up
READY_WAIT = 120.0
STOP_WAIT = 25.0


@dataclass
class _Watch:
    part: Part
    wait: float = BACK_OFF[0]
    started: float = 0.0
    retry_at: float | None = None
    falls: int = 0
    ready: bool = False


class Supervisor:
    """Owns the parts. `children`: the file of their process ids, for a successor should this be killed."""

    def __init__(self, children: Path) -> None:
        self.stopping = False
        self._children = children
        self._watches: list[_Watch] = []
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def listen_to_signals(self) -> None:
        """SIGTERM, SIGINT and SIGHUP end the run in order; the end of a child wakes the loop."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def bring_up(self, part: Part) -> None:
        """Start a part and wait until it answers, printing how long it took."""
        watch = _Watch(part)
        self._watches.append(watch)
        self._start(watch)
        limit = time.monotonic() + READY_WAIT
        while not self.stopping and not watch.ready:
            if time.monotonic() > limit or watch.falls >= FIRST_TRIES:
                raise CannotStart(f"{part.name}没有启动起来，原因见上面的输出和数据目录中的 log/。")
            self.pause(0.05)
            self._look_after()

    def watch(self) -> None:
        """Look after the parts until told to stop."""
        while not self.stopping:
            self.pause(0.5)
            self._look_after()

    def take_down(self) -> None:
        """End the parts, last one first. Repeated signals do not hurry it: the order protects acknowledged work."""
        for watch in reversed(self._watches):
            watch.part.end(STOP_WAIT)
        self._children.unlink(missing_ok=True)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def pause(self, seconds: float) -> None:
        """Sleep, but no longer than to the next signal."""
        if select.select([self._wake_read], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                os.read(self._wake_read, 4096)

    def _look_after(self) -> None:
        for watch in self._watches:
            if self.stopping:
                return
            if watch.retry_at is not None:
                if time.monotonic() >= watch.retry_at:
                    self._start(watch)
            elif not watch.part.alive():
                self._fell(watch)
            elif not watch.ready and watch.part.answers():
                watch.ready = True
                say(f"{watch.part.name}已就绪（{time.monotonic() - watch.started:.2f} 秒）")

    def _start(self, watch: _Watch) -> None:
        watch.retry_at, watch.ready, watch.started = None, False, time.monotonic()
        watch.part.start()
        self._record()

    def _fell(self, watch: _Watch) -> None:
        watch.falls = 1 if time.monotonic() - watch.started > CALM else watch.falls + 1
        wait = min(BACK_OFF[0] * 2 ** (watch.falls - 1), BACK_OFF[1])
        watch.retry_at = time.monotonic() + wait
        say(f"{watch.part.name}意外退出，{wait:.1f} 秒后重新启动")

    def _record(self) -> None:
        rows = [_identity(watch.part.pid()) for watch in self._watches]
        draft = self._children.with_suffix(".draft")
        draft.write_text(json.dumps([row for row in rows if row]))
        draft.replace(self._children)


def former_children(children: Path) -> Sequence[tuple[int, float]]:
    """What a killed parent recorded: (process id, start time)."""
    try:
        return [(int(pid), float(born)) for pid, born in json.loads(children.read_text())]
    except (OSError, ValueError):
        return []


def say(line: str) -> None:
    """One line for the person at the terminal; a closed terminal is no error."""
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _identity(pid: int | None) -> tuple[int, float] | None:
    if pid is None:
        return None
    with suppress(psutil.NoSuchProcess):
        return pid, psutil.Process(pid).create_time()
    return None
