"""Asking the exchange to dial and to play a recording: ``workflow.calls.Exchange`` in two forms.

The port gets a number because somebody has to be rung; nothing that is kept (the log, an error) names it.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jiesu.domain.errors import Refused
from jiesu.domain.privacy import mask_phone
from jiesu.domain.workdays import CITY_ZONE
from jiesu.workflow.calls import Dial, Exchange

SETTING: Final = "JIESU_PHONE"
COMMAND_SECONDS: Final = 10.0
_LONGEST_ID: Final = 60


class NoExchange(Refused):
    """The exchange did not do it now; trying again later is right. Its words name no number."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="no_exchange")


class Console:
    """A line in a file, for a laptop and for tests: when, from whose seat, a masked number. Everything is rung."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def dial(self, wanted: Dial, now: datetime) -> str:
        call = f"console-{secrets.token_hex(8)}"
        self._write(now, f"拨号 {wanted.agent} 分机 {wanted.extension or '未登记'} {mask_phone(wanted.phone)} {call}")
        return call

    def playback(self, recording: str, now: datetime) -> str:
        """There is nothing to hear: a page of its own says so."""
        self._write(now, f"放音 {mask_phone(recording) if recording.isdigit() else recording}")
        raise NoExchange("这是演示用的电话接口，没有真实录音；接入交换机后即可播放")

    def _write(self, now: datetime, line: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as log:
            log.write(f"{now.astimezone(CITY_ZONE):%Y-%m-%d %H:%M:%S} {line}\n")


class Command:
    """The city's own program, run once a request: JSON on its standard input, JSON on its standard output.

    ``{"act": "dial", "agent", "extension", "phone", "at"}`` -> ``{"call": "..."}``;
    ``{"act": "playback", "recording", "at"}`` -> ``{"url": "https://..."}``. Exit code 0 means that it was done.
    """

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)

    def dial(self, wanted: Dial, now: datetime) -> str:
        asked = {"agent": wanted.agent, "extension": wanted.extension, "phone": wanted.phone}
        call = self._ask("dial", asked, now).get("call")
        if not isinstance(call, str) or not 0 < len(call) <= _LONGEST_ID:
            raise NoExchange("交换机没有接通拨号请求，请稍后再拨")
        return call

    def playback(self, recording: str, now: datetime) -> str:
        url = self._ask("playback", {"recording": recording}, now).get("url")
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            raise NoExchange("交换机没有给出录音地址，请稍后再试")
        return url

    def _ask(self, act: str, asked: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
        said = json.dumps({"act": act, **asked, "at": now.isoformat()}, ensure_ascii=False)
        try:
            done = subprocess.run(
                self._command, input=said.encode(), capture_output=True, timeout=COMMAND_SECONDS, check=True
            )
            answer = json.loads(done.stdout)
        except (OSError, ValueError, subprocess.SubprocessError):
            raise NoExchange("交换机暂时没有响应，请稍后再试") from None
        return answer if isinstance(answer, dict) else {}


def chosen(logs: Path, environ: Mapping[str, str] | None = None) -> Exchange:
    """The command that JIESU_PHONE names, else the console twin, which writes ``phone.log`` in ``logs``."""
    command = (os.environ if environ is None else environ).get(SETTING, "").strip()
    return Command(command) if command else Console(logs / "phone.log")
