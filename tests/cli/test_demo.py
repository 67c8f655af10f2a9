"""`jiesu demo`: a small year, broken off in the middle and begun again, and what half a demo refuses meanwhile."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from jiesu.cli.demo import wanted_orders
from jiesu.cli.simulate import plain_lines
from jiesu.store.datadir import CannotStart, DataDir
from jiesu.store.embedded import Embedded
from tests.cli.test_command_line import jiesu
from tests.cli.test_serve import READY, free_ports, wait

BY_HAND = 75
DRAWS = 9
"""Lines and risks of the city's plan of inspection, each drawn once."""
HALF = "演示数据正在装入，或上次没有装完。请再运行一次 make demo（jiesu demo），它会清空重装。\n"


@contextmanager
def demo(data: DataDir, orders: int) -> Iterator[tuple[subprocess.Popen[bytes], io.TextIOBase]]:
    """A running `jiesu demo` with a year of so many demands, and what it says as it says it."""
    output = data.root.with_name(f"demo-{orders}.txt")
    command = ["demo", "--data", str(data.root), "--port", str(free_ports()), "--orders", str(orders)]
    with (
        output.open("wb") as out,
        output.open() as said,
        subprocess.Popen([sys.executable, "-m", "jiesu.cli", *command], stdout=out, stderr=out) as running,
    ):
        try:
            yield running, said
        finally:
            running.terminate()
            running.wait(60)


def until(words: str, said: io.TextIOBase, running: subprocess.Popen[bytes]) -> str:
    """Everything that was said up to the moment when the words have come."""
    heard: list[str] = []

    def come() -> bool:
        heard.append(said.read())
        return words in "".join(heard) or running.poll() is not None

    wait(come, 120)
    assert words in "".join(heard), "".join(heard)
    return "".join(heard)


def test_a_demo_broken_off_is_no_demo_and_the_next_one_begins_anew(data: DataDir) -> None:
    for number, orders in ((signal.SIGKILL, 901), (signal.SIGINT, 902)):
        with demo(data, orders) as (running, said):
            until(f"推演诉求：{orders}/{orders}", said, running)
            running.send_signal(number)
            running.wait(60)
        assert data.unfinished.exists()
        for words in (["verify"], ["serve"], ["demo-city"]):
            refused = jiesu(*words, "--data", str(data.root))
            assert (refused.returncode, refused.stderr) == (1, HALF)
    with demo(data, 40) as (running, said):
        shown = until(READY, said, running)
        assert "上次的演示数据没有装完，现在清空重装……\n" in shown
        assert "推演诉求：0/40\n推演诉求：40/40\n" in shown
        assert "推演完成：诉求 40 件" in shown
        assert "  laochen " in shown
        with psycopg.connect(Embedded(data).url("owner")) as link:
            assert link.execute("SELECT count(*) FROM work_order").fetchone() == (40 + BY_HAND,)
            assert link.execute("SELECT count(*) FROM inspection_draw").fetchone() == (DRAWS,)
        assert not data.unfinished.exists()
    assert not Embedded(data).is_running()
    assert jiesu("verify", "--data", str(data.root)).returncode == 0


def test_no_year_is_wanted_and_the_second_start_loads_nothing(data: DataDir) -> None:
    for first in (True, False):
        with demo(data, 0) as (running, said):
            shown = until(READY, said, running)
        assert ("正在装入演示城市……" in shown) is first
        assert "推演" not in shown
        assert "  laochen " in shown


@pytest.mark.parametrize(("told", "set_", "orders"), [(None, None, 80_000), (None, "300", 300), (0, "300", 0)])
def test_how_many_demands_the_year_has(
    told: int | None, set_: str | None, orders: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JIESU_DEMO_ORDERS", raising=False)
    if set_ is not None:
        monkeypatch.setenv("JIESU_DEMO_ORDERS", set_)
    assert wanted_orders(told) == orders


def test_a_number_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIESU_DEMO_ORDERS", "许多")
    with pytest.raises(CannotStart, match=r"^JIESU_DEMO_ORDERS 须是 0 到 9,000,000 之间的整数，写的是 许多。$"):
        wanted_orders(None)
    with pytest.raises(CannotStart, match=r"^--orders 须是 0 到 9,000,000 之间的整数，写的是 -1。$"):
        wanted_orders(-1)


def test_a_pipe_gets_a_line_for_each_quarter() -> None:
    out = io.StringIO()
    show = plain_lines(out)
    for done in (0, 10, 30, 60, 99, 100):
        show("推演办理过程", done, 100)
    assert out.getvalue() == (
        "推演办理过程：0/100\n推演办理过程：30/100\n推演办理过程：60/100\n推演办理过程：99/100\n推演办理过程：100/100\n"
    )
