"""A call is announced to the agent who has it, on each of his pages, and to nobody else."""

from __future__ import annotations

import asyncio

from jiesu.domain.order import Actor
from jiesu.live.hub import Hub, Moved, Page, Rung
from jiesu.live.listen import deliver

ZHOU, ZHAO = Actor("s1", (("agent", "CENTER"),)), Actor("s2", (("agent", "CENTER"),))


async def _told(*payloads: str) -> list[list[object]]:
    hub, pages = Hub(), [Page(ZHOU), Page(ZHOU, frozenset({7})), Page(ZHAO)]
    for page in pages:
        hub.join(page)

    async def read(_: object) -> dict[int, object]:
        return {}

    await deliver(payloads, hub, read)  # type: ignore[arg-type]
    return [[message async for message in _waiting(page)] for page in pages]


async def _waiting(page: Page):  # type: ignore[no-untyped-def]
    while message := await page.next(0.01):
        yield message


def test_a_call_pops_up_on_every_page_of_its_agent_alone() -> None:
    told = asyncio.run(_told("call 4711 s1"))
    assert told == [[("call", '{"call": 4711}')], [("call", '{"call": 4711}')], []]


def test_what_is_no_call_is_none() -> None:
    assert Rung.read("call 4711 s1") == Rung(4711, "s1")
    for payload in ("call x s1", "call 4711", "2611220000123 5 dispatch", ""):
        assert Rung.read(payload) is None
    assert Moved.read("call 4711 s1") is None
