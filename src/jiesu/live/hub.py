"""Who listens to which topic, and the delivery of one announcement to all of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict

CHANGED, RESYNC = "changed", "resync"
WAITING = 64  # announcements kept for a slow page; beyond that it is told to reload
Message = tuple[str, str]


class Page:
    """One open page: its topics and what waits to be sent to it."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(WAITING)

    def put(self, message: Message) -> None:
        """Queue a message; a page that does not keep up loses the rest and gets one `resync` instead."""
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            message = (RESYNC, "")
        self._waiting.put_nowait(message)

    async def next(self, seconds: float) -> Message | None:
        """The next message, or None after `seconds` of silence."""
        try:
            return await asyncio.wait_for(self._waiting.get(), seconds)
        except TimeoutError:
            return None


class Hub:
    """Open pages by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Page]] = defaultdict(set)
        self._pages: set[Page] = set()

    def __len__(self) -> int:
        return len(self._pages)

    def join(self, topics: frozenset[str]) -> Page:
        page = Page(topics)
        self._pages.add(page)
        for topic in topics:
            self._by_topic[topic].add(page)
        return page

    def leave(self, page: Page) -> None:
        self._pages.discard(page)
        for topic in page.topics:
            self._by_topic[topic].discard(page)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def announce(self, payload: str) -> None:
        """Give each page the announced topics that it listens to."""
        announced = payload.split()
        touched = {page for topic in announced for page in self._by_topic.get(topic, ())}
        for page in touched:
            page.put((CHANGED, " ".join(topic for topic in announced if topic in page.topics)))

    def resync(self) -> None:
        """Tell every page to reload: announcements may have been missed."""
        for page in self._pages:
            page.put((RESYNC, ""))
