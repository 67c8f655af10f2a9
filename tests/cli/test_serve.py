"""`jiesu serve` for real: whatever is killed comes back, and when the parent goes nothing is left behind."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from jiesu.store.datadir import DataDir
from jiesu.store.embedded import Embedded

READY = "接诉已启动"


@dataclass
class Served:
    """One running `jiesu serve`."""

    parent: subprocess.Popen[bytes]
    port: int
    data: DataDir
    output: Path

    def get(self, path: str = "/healthz", port: int | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Direct children by the word that tells them apart."""
        words = {"gunicorn": "pages", "live": "live", "worker": "worker", "-D": "postgres"}
        lines = {child.pid: command_line(child) for child in psutil.Process(self.parent.pid).children()}
        return {name: pid for pid, line in lines.items() for word, name in words.items() if word in line}

    def said(self, words: str) -> int:
        return self.output.read_text().count(words)


@contextmanager
def serving(data: DataDir, *more: str) -> Iterator[Served]:
    port = free_ports()
    output = data.root.with_name(f"serve-{time.monotonic_ns()}.txt")
    command = [sys.executable, "-m", "jiesu.cli", "serve", "--data", str(data.root), "--port", str(port), *more]
    environ = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "JIESU_KEYS")}
    with output.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environ) as parent:
        served = Served(parent, port, data, output)
        try:
            wait(lambda: served.said(READY) == 1 or parent.poll() is not None)
            assert served.said(READY) == 1, output.read_text()
            yield served
        finally:
            parent.terminate()
            parent.wait(60)


def test_whatever_is_killed_comes_back(migrated_data: DataDir) -> None:
    with serving(migrated_data) as served:
        before = served.children()
        assert sorted(before) == ["live", "pages", "postgres", "worker"]
        assert (served.get(), served.get("/live/health", served.port + 1)) == (200, 200)
        for name in ("postgres", "pages", "live", "worker"):
            os.kill(before[name], signal.SIGKILL)
            wait(lambda name=name: served.children().get(name, before[name]) != before[name])  # type: ignore[misc]
            assert served.get() == 200
        page_worker = psutil.Process(served.children()["pages"]).children()[0].pid
        os.kill(page_worker, signal.SIGKILL)
        assert served.get() == 200
        wait(lambda: served.said("后台任务已就绪") == 2 and served.said("实时更新已就绪") == 2)
        assert served.get("/live/health", served.port + 1) == 200
        assert served.said("意外退出，0.2 秒后重新启动") == 4
    assert served.parent.returncode == 0
    assert not Embedded(migrated_data).is_running()


def test_when_the_parent_is_killed_nothing_stays_and_the_next_start_is_clean(migrated_data: DataDir) -> None:
    with serving(migrated_data) as served:
        family = psutil.Process(served.parent.pid).children(recursive=True)
        served.parent.kill()
        wait(lambda: not any(lives(process) for process in family))
    with serving(migrated_data) as served:
        assert served.get() == 200
        assert served.said("意外退出") == 0


def test_a_second_parent_on_one_directory_is_refused_and_stop_ends_the_first(migrated_data: DataDir) -> None:
    with serving(migrated_data) as served:
        second = subprocess.run(
            [sys.executable, "-m", "jiesu.cli", "serve", "--data", str(migrated_data.root)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (second.returncode, second.stderr) == (
            1,
            f"数据目录 {migrated_data.root} 上已有服务在运行，先用 jiesu stop 停止它，或用 --data 另选目录。\n",
        )
        assert served.get() == 200
        stopped = subprocess.run(
            [sys.executable, "-m", "jiesu.cli", "stop", "--data", str(migrated_data.root)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (stopped.returncode, stopped.stdout) == (0, "已停止。\n")
        assert served.parent.wait(5) == 0
    assert not Embedded(migrated_data).is_running()
    assert not (migrated_data.run / "children.json").exists()


def test_a_taken_port_is_told_and_nothing_is_left_running(migrated_data: DataDir) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "jiesu.cli", "serve", "--data", str(migrated_data.root), "--port", str(port)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr == f"127.0.0.1 的端口 {port} 用不了：已被占用。可用 --port 换一个。\n"
    assert not Embedded(migrated_data).is_running()


def test_the_house_is_small(migrated_data: DataDir) -> None:
    """Proportional memory of all processes after some requests: 600 MB is the limit of a small machine."""
    with serving(migrated_data) as served:
        assert [served.get() for _ in range(40)] == [200] * 40
        family = [psutil.Process(served.parent.pid), *psutil.Process(served.parent.pid).children(recursive=True)]
        assert sum(process.memory_full_info().pss for process in family) < 600e6


def test_the_recorded_children_are_the_living_ones(data: DataDir) -> None:
    with serving(data) as served:
        recorded = {pid for pid, _ in json.loads((data.run / "children.json").read_text())}
        assert recorded == set(served.children().values())


def free_ports() -> int:
    """A port that is free now, as is the one after it."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def command_line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait(done: Callable[[], bool], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)
