"""The commands that `jiesu serve` runs its children by; not shown in the help."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import signal
import socket
import threading
from contextlib import suppress
from typing import Any

from jiesu.cli import frame
from jiesu.store import connect
from jiesu.store.datadir import DataDir

READY_FD = "JIESU_READY_FD"


def register(commands: Any) -> None:
    commands.add_parser("worker", description="后台任务进程，由 jiesu serve 启动。").set_defaults(run=worker)
    live_parser = commands.add_parser("live", description="页面实时更新进程，由 jiesu serve 启动。")
    live_parser.add_argument("--fd", type=int, required=True)
    live_parser.set_defaults(run=live)


def worker(_: argparse.Namespace) -> None:
    """Background work until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    frame.setup_django()
    from jiesu import jobs

    tell_ready()
    jobs.run_worker(stop)


def live(arguments: argparse.Namespace) -> None:
    """The live process on an inherited listening socket."""
    frame.setup_django()
    from jiesu.live import server

    listening = socket.socket(fileno=arguments.fd)
    port = int(os.environ.get("JIESU_HTTP_PORT", "0")) or None
    server.run(listening, connect.url(DataDir.choose(), "app"), web_port=port)


def tell_ready() -> None:
    """Tell the parent, through the pipe it gave, that work begins."""
    given = os.environ.pop(READY_FD, None)
    if given is not None:
        with suppress(OSError):
            os.write(int(given), b"1")
            os.close(int(given))
