"""`jiesu serve` and `jiesu stop`."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jiesu.cli import frame
from jiesu.cli.parts import Command, Postgres, end_leftovers, http_probe
from jiesu.cli.supervisor import Supervisor, former_children, say
from jiesu.store import connect, keys
from jiesu.store.datadir import CannotStart, DataDir, exclusive, reason
from jiesu.store.deathsig import dies_with_parent
from jiesu.store.embedded import Embedded

THREADS = 4
STOP_WAIT = 90.0
BIND_WAIT = 5.0


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "serve", help="启动系统（数据库、网页、实时更新、后台任务）", description="启动系统，Ctrl-C 停止。"
    )
    add_options(parser)
    parser.set_defaults(run=serve)
    ending = commands.add_parser(
        "stop", help="停止这个数据目录上运行的系统", description="停止这个数据目录上运行的一切。"
    )
    ending.set_defaults(run=stop)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where to listen and with how many processes."""
    parser.add_argument("--host", metavar="地址", default="127.0.0.1", help="监听的地址（默认 127.0.0.1，只限本机）")
    parser.add_argument("--port", metavar="端口", type=int, default=8012, help="网页的端口（默认 8012）")
    parser.add_argument(
        "--live-port", metavar="端口", type=int, default=None, help="实时更新的端口（默认为网页端口加 1）"
    )
    parser.add_argument("--workers", metavar="个数", type=int, default=2, help="网页进程的个数（默认 2）")


def serve(arguments: argparse.Namespace) -> int:
    """Run everything until told to stop."""
    frame.refuse_unfinished(DataDir.choose())
    return run(arguments)


def run(arguments: argparse.Namespace, *, before: tuple[str, ...] = ()) -> int:
    """Bring everything up, look after it, take it down. `before`: a command run once the database is migrated.

    What `before` prints is shown again under the address.
    """
    data = DataDir.choose().prepare()
    keys.load_or_make(data)
    with _only_one(data):
        children = data.run / "children.json"
        end_leftovers(former_children(children))
        supervisor = Supervisor(children)
        supervisor.listen_to_signals()
        with contextlib.ExitStack() as held:
            pages, live = (held.enter_context(_listening(arguments.host, p)) for p in _ports(arguments))
            if connect.is_embedded():
                held.enter_context(Embedded(data).held())
            held.callback(supervisor.take_down)
            started = time.monotonic()
            shown = _bring_up(supervisor, data, arguments, pages, live, before)
            if not supervisor.stopping:
                say(f"{shown}接诉已启动（{time.monotonic() - started:.1f} 秒）：{_address(arguments)}　按 Ctrl-C 停止")
            supervisor.watch()
            say("正在停止……")
    return 0


def _bring_up(
    supervisor: Supervisor, data: DataDir, arguments: argparse.Namespace,
    pages: socket.socket, live: socket.socket, before: tuple[str, ...],
) -> str:  # fmt: skip
    if connect.is_embedded():
        supervisor.bring_up(Postgres(Embedded(data)))
    shown = ""
    for command in (("migrate",) if connect.is_embedded() or before else ("migrate", "--check"), before):
        if command and not supervisor.stopping:
            shown = _finish(supervisor, command)
    for part in (_web(arguments, pages), _live(arguments, live), _worker()):
        if not supervisor.stopping:
            supervisor.bring_up(part)
    return shown if before else ""


def _web(arguments: argparse.Namespace, pages: socket.socket) -> Command:
    environ = _environ(
        "http", JIESU_THREADS=str(THREADS), JIESU_WORKERS=str(arguments.workers),
        JIESU_HTTP_FD=str(pages.fileno()), JIESU_LIVE_PORT=str(_ports(arguments)[1]),
    )  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "python:jiesu.cli.http", "jiesu.wsgi:application"]
    probe = http_probe(_near(arguments.host), arguments.port, "/healthz")
    return Command("网页", command, environ=environ, fds=[pages.fileno()], probe=probe)


def _live(arguments: argparse.Namespace, live: socket.socket) -> Command:
    command = [*_JIESU, "live", "--fd", str(live.fileno())]
    probe = http_probe(_near(arguments.host), _ports(arguments)[1], "/live/health")
    environ = _environ("live", JIESU_HTTP_PORT=str(arguments.port))
    return Command("实时更新", command, environ=environ, fds=[live.fileno()], probe=probe)


def _worker() -> Command:
    return Command("后台任务", [*_JIESU, "worker"], environ=_environ("worker"))


_JIESU = [sys.executable, "-m", "jiesu.cli"]


def _environ(process: str, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jiesu.settings",
        "JIESU_ROLE": "app",
        "JIESU_PROCESS": process,
        **more,
    }


def _finish(supervisor: Supervisor, command: tuple[str, ...]) -> str:
    """Run one command to its end; what it printed. Its complaint has been shown when it fails.

    Told to stop meanwhile, the command is ended too: what it had committed stays, the rest is not there.
    """
    with tempfile.TemporaryFile("w+") as printed:
        running = subprocess.Popen(
            [*_JIESU, *command], stdout=printed, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=dies_with_parent(),  # noqa: PLW1509 - this process has one thread
        )  # fmt: skip
        while running.poll() is None:
            supervisor.pause(0.05)
            if supervisor.stopping:
                running.terminate()
                running.wait()
        printed.seek(0)
        said = printed.read()
    if running.returncode != 0 and not supervisor.stopping:
        raise CannotStart(f"启动中断：{said.strip() or 'jiesu ' + ' '.join(command) + ' 没有成功。'}")
    return said


def _ports(arguments: argparse.Namespace) -> tuple[int, int]:
    return arguments.port, arguments.live_port or arguments.port + 1


def _near(host: str) -> str:
    """Where this machine itself reaches a listening address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def _address(arguments: argparse.Namespace) -> str:
    host = _near(arguments.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{arguments.port}/"


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket that outlives its server: while that restarts, callers wait instead of being refused."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    limit = time.monotonic() + BIND_WAIT
    with made:
        while True:
            try:
                made.bind((host, port))
                break
            except OSError as error:
                if time.monotonic() > limit or error.errno != errno.EADDRINUSE:
                    raise CannotStart(f"{host} 的端口 {port} 用不了：{reason(error)}。可用 --port 换一个。") from error
                time.sleep(0.2)
        made.listen(2048)
        yield made


@contextmanager
def _only_one(data: DataDir) -> Iterator[None]:
    """Hold the directory's serve lock, with this process's id in it for `jiesu stop`."""
    with exclusive(data.serve_lock, wait=False) as mine:
        if not mine:
            raise CannotStart(f"数据目录 {data.root} 上已有服务在运行，先用 jiesu stop 停止它，或用 --data 另选目录。")
        data.serve_lock.write_text(str(os.getpid()))
        yield


def stop(_: argparse.Namespace) -> None:
    """End the serving parent and, with it, everything; then a database that a killed command may have left."""
    data = DataDir.choose()
    if not data.root.is_dir():
        raise CannotStart(f"没有数据目录 {data.root}。")
    served = _stop_parent(data)
    embedded = Embedded(data)
    left = connect.is_embedded() and embedded.is_running()
    if left:
        embedded.stop()
    print("已停止。" if served or left else "没有在运行。")


def _stop_parent(data: DataDir) -> bool:
    limit = time.monotonic() + STOP_WAIT
    asked = False
    while not _free(data):
        pid = int(data.serve_lock.read_text() or 0)
        late = time.monotonic() > limit
        if pid and (late or not asked):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
            asked = True
        time.sleep(0.1)
    end_leftovers(former_children(data.run / "children.json"))
    return asked


def _free(data: DataDir) -> bool:
    with exclusive(data.serve_lock, wait=False) as free:
        return free
