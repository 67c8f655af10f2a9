"""How long the parent waits before it starts a fallen part again."""

from __future__ import annotations

import time
from pathlib import Path

from jiesu.cli.supervisor import BACK_OFF, CALM, Supervisor, _Watch


class Fallen:
    """A part that has just ended."""

    name = "某部分"

    def start(self) -> None:
        raise AssertionError("not yet")

    def pid(self) -> int | None:
        return None

    def alive(self) -> bool:
        return False

    def answers(self) -> bool:
        return False

    def end(self, seconds: float) -> None:
        raise AssertionError(seconds)


def test_each_fall_in_a_row_doubles_the_wait_up_to_the_longest(tmp_path: Path) -> None:
    assert [round(wait_after(tmp_path, falls, lived=1), 1) for falls in range(9)] == [
        *(0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6),
        BACK_OFF[1],
    ]


def test_a_part_that_lived_a_while_is_started_at_once(tmp_path: Path) -> None:
    assert round(wait_after(tmp_path, 8, lived=CALM + 1), 1) == BACK_OFF[0]


def wait_after(folder: Path, falls: int, *, lived: float) -> float:
    """Seconds until the next start of a part that fell `falls` times before and now after `lived` seconds."""
    before = time.monotonic()
    watch = _Watch(Fallen(), started=before - lived, falls=falls)
    Supervisor(folder / "children.json")._fell(watch)
    assert watch.retry_at is not None
    return watch.retry_at - before
