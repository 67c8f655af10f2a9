"""What the live process reads from the store: who holds a session, and the orders that moved. In threads of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from jiesu.domain.order import Actor, Order
from jiesu.store import names, orders, staff
from jiesu.store.models import Staff
from jiesu.store.outage import is_outage

T = TypeVar("T")


class Reader:
    """Two connections, each of one thread: many who sign in at once do not delay what is announced.

    A connection that broke is opened anew and asked once more.
    """

    def __init__(self) -> None:
        self._sessions = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._orders = ThreadPoolExecutor(1, thread_name_prefix="orders")

    async def actor(self, cookies: str) -> Actor | None:
        """Whose session this is, with the roles of now; None when nobody is signed in. Two statements."""
        key = _session_key(cookies)
        return await self._ask(self._sessions, lambda: _signed_in(key)) if key else None

    async def name(self, actor: Actor) -> str:
        """What this person is called. At most one statement."""
        return await self._ask(self._sessions, lambda: names.of_actor(actor.id))

    async def orders(self, numbers: Iterable[int]) -> dict[int, Order]:
        """These orders as they are now. One statement."""
        wanted = list(numbers)
        if not wanted:
            return {}
        return await self._ask(self._orders, lambda: {one.number: one for one in orders.documents(wanted)})

    async def _ask(self, thread: ThreadPoolExecutor, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, _answer, question)

    def close(self) -> None:
        for thread in (self._sessions, self._orders):
            thread.submit(connections.close_all)
            thread.shutdown()


def _answer(question: Callable[[], T]) -> T:
    try:
        return question()
    except Exception as error:
        connections.close_all()
        if not is_outage(error):
            raise
    return question()


def _session_key(cookies: str) -> str:
    try:
        held = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return held.value if held else ""


def _signed_in(key: str) -> Actor | None:
    """As the pages see it: a session that runs, of an active account, bound to its password of now."""
    session = SessionStore(key)
    number = session.get(SESSION_KEY)
    account = staff.account(int(number), timezone.now()) if number else None
    if account is None:
        return None
    bound = Staff(password=account.password).get_session_auth_hash()
    return account.actor if constant_time_compare(session.get(HASH_SESSION_KEY, ""), bound) else None
