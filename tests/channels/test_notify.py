"""The notifying port: the same promises hold for the console twin and for a city's own command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from jiesu.channels.notify import SETTING, Command, Console, Message, Notifier, NotTold, chosen
from tests.city import local

NOW = local("2026-11-23 23:05")
PHONE = "19900010061"


def gateway(folder: Path, code: int = 0) -> Command:
    """A city's program: keeps what it is given, and ends with ``code``."""
    program = folder / "gateway.py"
    keep = "import sys\nopen(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))\nsys.exit(int(sys.argv[2]))\n"
    program.write_text(keep)
    return Command(f"{sys.executable} {program} {folder / 'said'} {code}")


@pytest.fixture(params=["console", "command"])
def notifier(request: pytest.FixtureRequest, tmp_path: Path) -> Notifier:
    return Console(tmp_path / "said") if request.param == "console" else gateway(tmp_path)


def message(words: str = "签收已超期", *, phone: str = PHONE, call: bool = False) -> Message:
    return Message(2611230000001, "U0301", words, phone, call)


def test_each_message_is_said_once_with_its_order_unit_and_words(notifier: Notifier, tmp_path: Path) -> None:
    notifier.tell(message(), NOW)
    notifier.tell(message("请电话通知值班员签收", call=True), NOW)
    said = (tmp_path / "said").read_text("utf-8").splitlines()
    assert len(said) == 2
    for line, words in zip(said, ("签收已超期", "请电话通知值班员签收"), strict=True):
        assert "2611230000001" in line
        assert "U0301" in line
        assert words in line


def test_without_a_phone_nothing_is_said_and_it_is_told(notifier: Notifier, tmp_path: Path) -> None:
    with pytest.raises(NotTold, match="no phone is known for unit U0301"):
        notifier.tell(message(phone=""), NOW)
    assert not (tmp_path / "said").exists()


def test_the_console_keeps_no_phone(tmp_path: Path) -> None:
    Console(tmp_path / "log" / "said").tell(message(call=True), NOW)
    said = (tmp_path / "log" / "said").read_text("utf-8")
    assert said == "2026-11-23 23:05:00 电话 U0301 2611230000001 签收已超期\n"
    Console(tmp_path / "log" / "said").tell(message(), NOW)
    assert (tmp_path / "log" / "said").read_text("utf-8").count("短信") == 1


def test_a_command_gets_all_it_needs_as_json(tmp_path: Path) -> None:
    gateway(tmp_path).tell(message(call=True), NOW)
    assert json.loads((tmp_path / "said").read_text("utf-8")) == {
        "number": 2611230000001, "unit": "U0301", "words": "签收已超期", "phone": PHONE, "call": True,
        "at": "2026-11-23T23:05:00+08:00",
    }  # fmt: skip


def test_a_command_that_fails_is_to_be_tried_again_and_names_nobody(tmp_path: Path) -> None:
    for command in (gateway(tmp_path, code=3), Command("/nowhere/gateway")):
        with pytest.raises(NotTold) as failed:
            command.tell(message(), NOW)
        assert PHONE not in str(failed.value)
        assert str(failed.value) in (
            "the notifying command ended with 3", "the notifying command failed: FileNotFoundError",
        )  # fmt: skip


def test_the_command_is_the_citys_choice_and_the_console_stands_in(tmp_path: Path) -> None:
    assert isinstance(chosen(tmp_path, {}), Console)
    assert isinstance(chosen(tmp_path, {SETTING: " "}), Console)
    assert isinstance(chosen(tmp_path, {SETTING: "/usr/local/bin/sms --now"}), Command)
