"""Work in several threads at once, each with its own connection, as the threads of a web worker have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(work: Iterable[Callable[[], T]]) -> list[T]:
    """What each returned, in order; the first error of any is raised when all have ended."""
    some = list(work)
    with ThreadPoolExecutor(max_workers=len(some)) as pool:
        running = [pool.submit(_with_own_connection, one) for one in some]
        return [one.result() for one in running]


def _with_own_connection(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()
