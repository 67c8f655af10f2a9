"""Open pages hear of moves, of orders that their readers may know of only, and nobody hears who has not signed in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.utils import timezone

from jiesu.domain.order import Actor, Order
from jiesu.live import app as application
from jiesu.live.app import Live
from jiesu.live.hub import WAITING, Hub, Moved, Page
from jiesu.live.listen import deliver
from jiesu.live.reading import Reader
from jiesu.store.models import Staff
from tests import cast, city
from tests.city import CHEN, HE, LIU, MONDAY
from tests.database import Clone, Databases

T = TypeVar("T")
RETRY = "id: 0\nretry: 2000\n\n"


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def signed_in(login: str) -> str:
    """The cookie of somebody who has just signed in."""
    staff = Staff.objects.get(login=login)
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.save()
    return f"other=1; {settings.SESSION_COOKIE_NAME}={session.session_key}"


class Desk:
    """A page that has opened a stream, spoken to as a server would."""

    def __init__(self, live: Live, query: str = "", **headers: str) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.came: list[str] = []
        scope = {
            "type": "http", "method": "GET", "path": "/live/stream", "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        self.task = asyncio.create_task(live(scope, self._receive, self.sent.put))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def start(self) -> tuple[int, dict[bytes, bytes]]:
        message = await asyncio.wait_for(self.sent.get(), 10)
        return message["status"], dict(message["headers"])

    async def line(self) -> str:
        """The next message; several may come in one piece."""
        if not self.came:
            message = await asyncio.wait_for(self.sent.get(), 10)
            self.came = [f"{part}\n\n" for part in message["body"].decode().split("\n\n")[:-1]]
        return self.came.pop(0)

    async def opened(self) -> Desk:
        assert (await self.start())[0] == 200
        assert await self.line() == RETRY
        return self

    async def move(self) -> tuple[int, int, str]:
        """The next message, which must be a move."""
        kind, data = (part.split(": ", 1)[1] for part in (await self.line()).splitlines()[1:3])
        assert kind == "move"
        told = json.loads(data)
        return told["number"], told["seq"], told["move"]

    async def close(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 30)


async def run(live: Live, story: Callable[[], Awaitable[None]]) -> None:
    """Play a story while the application listens to the database."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    inbox.put_nowait({"type": "lifespan.startup"})
    life = asyncio.create_task(live({"type": "lifespan"}, inbox.get, outbox.put))
    assert (await asyncio.wait_for(outbox.get(), 30))["type"] == "lifespan.startup.complete"
    for _ in range(250):
        if live._connected:
            break
        await asyncio.sleep(0.02)
    try:
        await story()
    finally:
        inbox.put_nowait({"type": "lifespan.shutdown"})
        await asyncio.wait_for(life, 30)


def play(db: Clone, story: Callable[[Live], Awaitable[None]], **keywords: Any) -> None:
    live = Live(db.url("app"), Reader(), **keywords)
    asyncio.run(run(live, lambda: story(live)))


async def act(function: Callable[..., T], *args: Any, **keywords: Any) -> T:
    """A move made meanwhile by somebody else."""

    def meanwhile() -> T:
        try:
            return function(*args, **keywords)
        finally:
            connections.close_all()

    return await asyncio.to_thread(meanwhile)


def test_each_move_is_told_to_those_who_may_know_the_order_and_to_nobody_else(db: Clone) -> None:
    cookies = {login: signed_in(login) for login in ("laochen", "gongre_clerk", "zhujian_clerk")}

    async def story(live: Live) -> None:
        chen, liu, xu = [await Desk(live, cookie=cookie).opened() for cookie in cookies.values()]
        order = await act(city.dispatched)
        assert [await chen.move() for _ in range(3)] == [
            (order.number, 1, "register"), (order.number, 2, "accept"), (order.number, 3, "dispatch"),
        ]  # fmt: skip
        # The unit may know from its dispatch on; what came in the same moment tells it no more than that.
        heard = await liu.move()
        while heard[2] != "dispatch":
            heard = await liu.move()
        await act(city.take, order, "acknowledge", LIU, MONDAY)
        assert await chen.move() == await liu.move() == (order.number, 4, "acknowledge")
        assert xu.sent.empty()
        for desk in (chen, liu, xu):
            await desk.close()
        assert len(live.hub) == 0

    play(db, story)


def test_a_page_of_one_order_hears_of_that_order_alone(db: Clone) -> None:
    cookie = signed_in("laochen")
    one, other = city.registered(), city.registered()

    async def story(live: Live) -> None:
        desk = await Desk(live, f"order={one.number}&order=nonsense", cookie=cookie).opened()
        await act(city.take, other, "accept", CHEN, MONDAY)
        await act(city.take, one, "accept", CHEN, MONDAY)
        assert await desk.move() == (one.number, 2, "accept")
        await desk.close()

    play(db, story)


def test_a_callback_that_is_not_final_is_not_told_to_the_unit() -> None:
    hub = Hub()
    unit, centre = Page(cast.LIU), Page(cast.FANG)
    hub.join(unit)
    hub.join(centre)
    calling = cast.order_at("callback")
    called = cast.do(
        calling, "callback_attempt", cast.FANG, "2026-11-25 09:30",
        attempt="answered", resolved="unresolved", rating="dissatisfied",
    )  # fmt: skip
    hub.deliver(Moved(called.number, called.version, "callback_attempt"), called)
    assert (unit._waiting.qsize(), centre._waiting.qsize()) == (0, 1)


def test_after_a_lost_connection_every_page_is_told_to_reload(db: Clone) -> None:
    cookie = signed_in("laochen")

    async def story(live: Live) -> None:
        desk = await Desk(live, cookie=cookie).opened()
        async with await psycopg.AsyncConnection.connect(db.url("super"), autocommit=True) as other:
            # The listener, and the connections that sessions and orders are read by.
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert await desk.line() == "id: 1\nevent: resync\ndata: \n\n"
        order = await act(city.registered)
        assert await desk.move() == (order.number, 1, "register")
        await desk.close()

    play(db, story)


def test_a_page_that_comes_back_is_told_to_reload(db: Clone) -> None:
    cookie = signed_in("laochen")

    async def story(live: Live) -> None:
        desk = await Desk(live, cookie=cookie, last_event_id="0").opened()
        assert await desk.line() == "id: 1\nevent: resync\ndata: \n\n"
        await desk.close()

    play(db, story)


def test_who_has_not_signed_in_hears_nothing(db: Clone) -> None:
    left, changed, expired = (signed_in(login) for login in ("xiaozhou", "laochen", "gongre_clerk"))
    Staff.objects.filter(login="xiaozhou").update(is_active=False)
    Staff.objects.filter(login="laochen").update(password="another")
    session = SessionStore(expired.rpartition("=")[2])
    session.set_expiry(timezone.now() - timedelta(seconds=1))
    session.save()
    name = settings.SESSION_COOKIE_NAME

    async def story(live: Live) -> None:
        for cookie in (left, changed, expired, f"{name}=0123456789abcdef0123456789abcdef", "", "\x00=;;", f"{name}="):
            desk = Desk(live, cookie=cookie)
            assert (await desk.start())[0] == 401, cookie
            await desk.task
        assert len(live.hub) == 0

    play(db, story)


def test_a_stream_ends_when_its_session_has_ended(db: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "HEARTBEAT", 0.05)
    monkeypatch.setattr(application, "ASK_AGAIN", 0.0)
    cookie = signed_in("laochen")

    async def story(live: Live) -> None:
        desk = await Desk(live, cookie=cookie).opened()
        assert await desk.line() == ":\n\n"
        await act(Staff.objects.filter(login="laochen").update, is_active=False)
        await asyncio.wait_for(desk.task, 10)
        assert len(live.hub) == 0

    play(db, story)


def test_a_page_that_takes_nothing_is_dropped(db: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "STALLED", 0.1)
    cookie = signed_in("laochen")

    async def story(live: Live) -> None:
        desk = await Desk(live, cookie=cookie).opened()
        desk.sent._maxsize = 1  # type: ignore[attr-defined]
        desk.sent.put_nowait({})
        await act(city.registered)
        await asyncio.wait_for(desk.task, 10)
        assert len(live.hub) == 0

    play(db, story)


class Away(Reader):
    """A reader whose database is away."""

    async def _ask(self, thread: Any, question: Callable[[], Any]) -> Any:
        raise psycopg.OperationalError("away")


def test_while_the_database_is_away_a_stream_is_opened_later_not_refused(db: Clone) -> None:
    live = Live(db.url("app"), Away())

    async def story() -> None:
        desk = Desk(live, cookie=f"{settings.SESSION_COOKIE_NAME}=abc")
        assert (await desk.start())[0] == 200
        assert await desk.line() == "retry: 2000\n\n"
        await desk.task

    asyncio.run(run(live, story))


def test_moves_that_cannot_be_read_make_every_page_reload() -> None:
    async def story() -> None:
        hub, page = Hub(), Page(CHEN)
        hub.join(page)
        await deliver(["2611230000001 1 register"], hub, Away().orders)
        assert await page.next(1) == ("resync", "")

    asyncio.run(story())


def test_what_is_not_an_announcement_of_ours_is_passed_over() -> None:
    async def none(numbers: Any) -> dict[int, Order]:
        assert list(numbers) == []
        return {}

    async def story() -> None:
        hub, page = Hub(), Page(CHEN)
        hub.join(page)
        await deliver(["", "order:1", "x 1 note", "1 2"], hub, none)
        assert await page.next(0.01) is None

    asyncio.run(story())


def test_only_pages_of_the_same_host_and_the_webs_port_may_read_the_stream(db: Clone) -> None:
    cookie = signed_in("laochen")

    async def story(live: Live) -> None:
        for origin, allowed in (
            ("http://hotline.example:8012", b"http://hotline.example:8012"),
            ("http://hotline.example:9999", None),
            ("http://evil.example:8012", None),
        ):
            desk = Desk(live, cookie=cookie, host="hotline.example:8013", origin=origin)
            assert (await desk.start())[1].get(b"access-control-allow-origin") == allowed
            await desk.close()

    play(db, story, web_port=8012)


def test_a_slow_page_is_told_once_to_reload_and_costs_no_memory() -> None:
    async def story() -> None:
        hub, order = Hub(), cast.order_at("handling")
        slow, other = Page(cast.LIU), Page(cast.STRANGER)
        hub.join(slow)
        hub.join(other)
        for seq in range(WAITING + 1):
            hub.deliver(Moved(order.number, seq, "note"), order)
        assert await slow.next(1) == ("resync", "")
        assert await slow.next(0.01) is None
        assert await other.next(0.01) is None

    asyncio.run(story())


def test_two_hundred_pages_each_hear_all_that_is_theirs(db: Clone) -> None:
    cookies = [signed_in(login) for login in ("laochen", "gongre_clerk", "zhujian_clerk")]
    orders = [city.dispatched() for _ in range(20)]

    async def story(live: Live) -> None:
        desks = [Desk(live, cookie=cookies[0 if one < 100 else 1 if one < 150 else 2]) for one in range(200)]
        for desk in desks:
            await desk.opened()
        for order in orders:
            await act(city.take, order, "acknowledge", LIU, MONDAY)
        wanted = [(order.number, 4, "acknowledge") for order in orders]
        for desk in desks[:150]:
            assert [await desk.move() for _ in orders] == wanted
        assert all(desk.sent.empty() for desk in desks)
        for desk in desks:
            await desk.close()
        assert len(live.hub) == 0

    play(db, story)


def test_an_actor_without_roles_hears_nothing() -> None:
    hub, page = Hub(), Page(Actor("s1", ()))
    hub.join(page)
    hub.deliver(Moved(1, 1, "note"), cast.order_at("handling"))
    assert page._waiting.empty()


async def present(desk: Desk) -> tuple[int, list[tuple[str, str]]]:
    """Who is told to have an order open; moves of the order that are still on their way may come before it."""
    kind = "move"
    while kind == "move":
        kind, data = (part.split(": ", 1)[1] for part in (await desk.line()).splitlines()[1:3])
    assert kind == "present"
    told = json.loads(data)
    return told["number"], [(one["name"], one["role"]) for one in told["people"]]


def test_two_people_on_one_order_see_each_other_until_one_leaves(db: Clone) -> None:
    cookies = {login: signed_in(login) for login in ("laochen", "duban1", "zhujian_clerk")}

    async def story(live: Live) -> None:
        order, other = await act(city.handling), await act(city.handling)
        here = f"here={order.number}"
        chen = await Desk(live, here, cookie=cookies["laochen"]).opened()
        elsewhere = await Desk(live, f"here={other.number}", cookie=cookies["laochen"]).opened()
        stranger = await Desk(live, here, cookie=cookies["zhujian_clerk"]).opened()
        dong = await Desk(live, here, cookie=cookies["duban1"]).opened()
        assert await present(chen) == (order.number, [("董春梅", "督办员")])
        assert await present(dong) == (order.number, [("陈亮", "派单员")])
        await dong.close()
        assert await present(chen) == (order.number, [])
        assert stranger.sent.empty()
        # Moves of its own order may still have been on their way when it was opened.
        told = [elsewhere.sent.get_nowait()["body"] for _ in range(elsewhere.sent.qsize())]
        assert b"event: present" not in b"".join(told)
        for desk in (chen, elsewhere, stranger):
            await desk.close()

    play(db, story)


def test_the_unit_is_not_told_who_calls_the_citizen_nor_that_somebody_does(db: Clone) -> None:
    cookies = {login: signed_in(login) for login in ("gongre_clerk", "huifang1", "laochen", "gongre_leader")}

    async def story(live: Live) -> None:
        order = await act(city.replied)
        here = f"here={order.number}"
        liu = await Desk(live, here, cookie=cookies["gongre_clerk"]).opened()
        han = await Desk(live, here, cookie=cookies["huifang1"]).opened()
        assert await present(han) == (order.number, [("刘桂芬", "联络员")])
        chen = await Desk(live, here, cookie=cookies["laochen"]).opened()
        assert await present(chen) == (order.number, [("刘桂芬", "联络员"), ("韩雪梅", "回访员")])
        assert await present(liu) == (order.number, [("陈亮", "派单员")])
        await act(city.take, order, "pass_review", HE, MONDAY + 3 * city.HOUR)
        assert await liu.move() == (order.number, order.version + 1, "pass_review")
        assert await present(liu) == (order.number, [])
        ma = await Desk(live, here, cookie=cookies["gongre_leader"]).opened()
        assert await present(liu) == (order.number, [("米兰芳", "单位领导")])
        for desk in (liu, han, chen, ma):
            await desk.close()

    play(db, story)
