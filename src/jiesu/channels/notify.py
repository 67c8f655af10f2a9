"""Telling a duty officer at once: one small port, a console twin, and a command of the city's own.

The port gets a phone number because somebody has to be reached; nothing that is kept (the log, an error) names it.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from jiesu.domain.workdays import CITY_ZONE

SETTING: Final = "JIESU_NOTIFY"
COMMAND_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Message:
    """What to say of which order to whom. ``call``: ring; a message that may lie unread is not enough."""

    number: int
    unit: str
    words: str
    phone: str
    call: bool


class NotTold(Exception):
    """It could not be said now; trying again later is right. Its words name no person."""


class Notifier(Protocol):
    def tell(self, message: Message, now: datetime) -> None:
        """Say it, or raise NotTold. Said twice it does no harm."""


class Console:
    """A line in a file, for a laptop and for tests: when, how, which unit, which order, what - and no phone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tell(self, message: Message, now: datetime) -> None:
        if not message.phone:
            raise NotTold(f"no phone is known for unit {message.unit}")
        how = "电话" if message.call else "短信"
        line = f"{now.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S} {how} {message.unit} {message.number} {message.words}\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as log:
            log.write(line)


class Command:
    """The city's own program, run once a message: JSON on its standard input; exit code 0 means that it was told."""

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)

    def tell(self, message: Message, now: datetime) -> None:
        if not message.phone:
            raise NotTold(f"no phone is known for unit {message.unit}")
        said = json.dumps({**asdict(message), "at": now.isoformat()}, ensure_ascii=False)
        try:
            done = subprocess.run(
                self._command, input=said.encode(), capture_output=True, timeout=COMMAND_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotTold(f"the notifying command failed: {type(error).__name__}") from None
        if done.returncode != 0:
            raise NotTold(f"the notifying command ended with {done.returncode}")


def chosen(logs: Path, environ: Mapping[str, str] | None = None) -> Notifier:
    """The command that JIESU_NOTIFY names, else the console twin, which writes ``notices.log`` in ``logs``."""
    command = (os.environ if environ is None else environ).get(SETTING, "").strip()
    return Command(command) if command else Console(logs / "notices.log")
