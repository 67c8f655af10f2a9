"""A telephone exchange as the stories tell of it: calls into the demo city on Monday 23 November 2026 at ten."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain.calls import EXCHANGE, Told
from jiesu.domain.order import Actor
from tests.city import MONDAY

SWITCH: Final = Actor("t1", ((EXCHANGE, "CENTER"),))  # 电话交换机
PHONE: Final = "13800003333"
ZHOU_SEAT, ZHAO_SEAT = "xiaozhou", "xiaozhao"


def s(seconds: float) -> datetime:
    """So many seconds after Monday at ten."""
    return MONDAY + timedelta(seconds=seconds)


def talk(phone: str = PHONE, seat: str = ZHOU_SEAT, *, at: float = 0, ring: float = 5, long: float = 60) -> list[Told]:
    """The whole of a call that was answered."""
    return [
        Told(s(at), "offered", caller=phone, called="12345", direction="in"),
        Told(s(at + ring), "answered", seat),
        Told(s(at + ring + long), "ended", recording=f"rec/{phone}.mp3"),
    ]


def miss(phone: str = PHONE, *, at: float = 0, wait: float = 20, reason: str = "hung_up") -> list[Told]:
    """The whole of a call that nobody took."""
    return [
        Told(s(at), "offered", caller=phone, called="12345", direction="in"),
        Told(s(at + wait), "ended", reason=reason),
    ]


def tell(call: str, told: list[Told], *, at: float = 600) -> int:
    """The exchange tells these events of a call, ten minutes after ten; the call's number here."""
    from jiesu.workflow import calls

    return calls.take_events({call: told}, by=SWITCH, now=s(at)).ids[call]


def row(call: str) -> tuple[Any, ...]:
    """What the table holds of a call, but for what is sealed."""
    from jiesu.store import sql

    return sql.rows(
        "SELECT direction, offered_at, answered_at, ended_at, outcome, agent, seat, phone_hash, person, number,"
        " recording, held_seconds, transfers FROM call WHERE exchange_id = %s",
        (call,),
    )[0]


def account(login: str, role: str = "agent") -> Actor:
    """Somebody of the demo city who can sign in."""
    from jiesu.store import sql

    number = sql.value("SELECT id FROM staff WHERE login = %s", (login,))
    return Actor(f"s{number}", ((role, "CENTER"),))
