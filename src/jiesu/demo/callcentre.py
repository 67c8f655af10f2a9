"""A call centre for a demo: residents ring, agents answer, put on hold, hand on and hang up, some callers give up.

The same seed gives the same calls. What is told goes through the API, as a real exchange tells it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from jiesu.domain.errors import Refused
from jiesu.store import people, sql

KNOWN_PART: Final = 1 / 3  # of the callers, how many the city has spoken to before
LOST_PART: Final = 0.15
HELD_PART: Final = 0.2
HANDED_PART: Final = 0.05
AGAIN_PART: Final = 0.4  # of those who were lost, how many ring again
MOST_KNOWN: Final = 500


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Something the exchange tells so many seconds after the play began."""

    after: float
    call: str
    event: str
    more: tuple[tuple[str, str], ...] = ()


def plan(seed: int, *, rate: float, minutes: float, agents: Sequence[str], known: Sequence[str]) -> list[Step]:
    """What is told in these minutes, in order: ``rate`` calls a minute, answered by ``agents`` (logins).

    A third of the callers have numbers among ``known``. An agent has one call at a time; when none is free, the
    caller waits, and may give up. Raises Refused without agents.
    """
    if not agents:
        raise Refused("没有话务员账号，不能模拟来电")
    rng = Random(f"{seed}:callcentre")
    free = dict.fromkeys(agents, 0.0)
    steps: list[Step] = []
    after, index = 0.0, 0
    while (after := after + rng.expovariate(rate / 60)) < minutes * 60:
        index += 1
        phone = rng.choice(known) if known and rng.random() < KNOWN_PART else f"198{rng.randrange(10**8):08d}"
        told = _call(rng, f"demo-{seed}-{index}", after, phone, free)
        steps += told
        if len(told) == 2 and rng.random() < AGAIN_PART:
            steps += _call(rng, f"demo-{seed}-{index}-2", told[-1].after + rng.uniform(20, 90), phone, free)
    return sorted(steps)


def _call(rng: Random, call: str, after: float, phone: str, free: dict[str, float]) -> list[Step]:
    line = (("caller", phone), ("called", "12345"), ("direction", "in"))
    told = [Step(after, call, "offered", line)]
    agent = min(free, key=lambda name: (max(free[name], after), rng.random()))
    begins = max(free[agent], after) + rng.uniform(2, 8)
    patience = rng.uniform(5, 40) if rng.random() < LOST_PART else rng.uniform(40, 120)
    if begins - after > patience or rng.random() < LOST_PART / 3:
        reason = "hung_up" if rng.random() < 0.8 else "no_answer"
        return [*told, Step(after + patience, call, "ended", (("reason", reason),))]
    ends = begins + min(240.0, 15 + rng.lognormvariate(3.4, 0.6))
    told.append(Step(begins, call, "answered", (("agent", agent),)))
    if rng.random() < HELD_PART:
        held = begins + (ends - begins) * 0.4
        told += [Step(held, call, "held"), Step(held + (ends - begins) * 0.2, call, "resumed")]
    others = [name for name in free if name != agent and free[name] < begins]
    if others and rng.random() < HANDED_PART:
        other = rng.choice(sorted(others))
        told.append(Step(begins + (ends - begins) * 0.8, call, "transferred", (("agent", other),)))
        free[other] = ends + 10
    free[agent] = ends + 10
    recording = (("reason", "hung_up"), ("recording", f"demo/{call}.mp3"))
    return [*told, Step(ends, call, "ended", recording)]


def agents() -> list[str]:
    """The logins of the city's agents."""
    found = sql.rows(
        "SELECT DISTINCT s.login FROM staff s JOIN staff_role r ON r.staff_id = s.id"
        " WHERE r.role = 'agent' AND s.is_active ORDER BY s.login LIMIT 200"
    )
    return [login for (login,) in found]


def known_phones() -> list[str]:
    """Numbers of made-up residents who have called before, the latest first."""
    found = sql.rows(
        "SELECT id FROM person WHERE phone_hash IS NOT NULL AND erased_at IS NULL ORDER BY id DESC LIMIT %s",
        (MOST_KNOWN,),
    )
    held = [people.read(number) for (number,) in found]
    return [one.phone for one in held if one and one.phone]


def play(
    steps: Iterable[Step],
    *,
    tell: Callable[[dict[str, Any]], None],
    begun: datetime,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
) -> Iterator[Step]:
    """Tell each step when its moment has come; the steps as they were told."""
    for step in steps:
        at = begun + timedelta(seconds=step.after)
        left = (at - clock()).total_seconds()
        if left > 0:
            wait(left)
        tell({"call": step.call, "event": step.event, "at": at.isoformat(), **dict(step.more)})
        yield step


def over_http(address: str, token: str) -> Callable[[dict[str, Any]], None]:
    """Telling a running server at ``address``. Raises Refused when it does not take it."""

    def tell(event: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        asked = Request(f"{address}/api/v1/calls/events", json.dumps(event).encode(), headers)  # noqa: S310
        try:
            with urlopen(asked, timeout=10) as said:  # noqa: S310 - the address is the operator's own server
                said.read()
        except HTTPError as error:
            raise Refused(f"服务器没有收下来电事件（{error.code}），请核对地址") from None
        except (URLError, OSError):
            raise Refused(f"连不上 {address}，请先运行 jiesu demo，或用 --url 写明地址") from None

    return tell
