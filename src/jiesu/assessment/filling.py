"""Keeping facts and figures in step with the record (architecture.md §2, figures; house.md, a rate is declared)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from jiesu.domain.profiles import Metric
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import fact_fill, figures, rollups
from jiesu.store.sharing import share

Show = Callable[[str, int, int], None]


def fill_due(now: datetime, *, every: bool = False, show: Show | None = None) -> int:
    """Bring facts and figures up to ``now``; how many orders were read anew.

    ``every`` looks at all orders for what an earlier run missed. May run at any time, twice, or after a crash: what was
    half done is done anew.
    """
    numbers = fact_fill.due(now, every=every)
    tell = None if show is None else lambda done, whole: show("读取流转记录", done, whole)
    fact_fill.fill(numbers, upto=now, show=tell)
    _calls(now)
    _make(rollups.metrics(whole=False), show)
    return len(numbers)


def refill(show: Show | None = None) -> None:
    """Make every rollup and figure anew from the facts as they stand."""
    _make(rollups.metrics(), show)


def _make(held: Mapping[int, Metric], show: Show | None) -> None:
    """Count these ways of counting from all facts; one that a profile brought is from then on kept by the difference.

    The work of several processes when there is much of it.
    """
    many = figures.orders_beyond(fact_fill.ALONE)
    for place, _ in enumerate(share(_refilled, list(held.items()), fact_fill.PROCESSES if many else 1), 1):
        if show:
            show("汇总指标", place, len(held))


def _refilled(one: tuple[int, Metric]) -> None:
    with transaction.atomic():
        rollups.hold(together=True)
        rollups.refill(*one)


def _calls(now: datetime) -> None:
    """Calls are counted by the day: a day's are made anew until the day is over."""
    today = now.astimezone(CITY_ZONE).date()
    with transaction.atomic():
        rollups.hold()
        days = rollups.call_days(today)
        for id_, metric in rollups.metrics(whole=True).items():
            if metric.table == "call" and days:
                rollups.refill_days(id_, metric, days)
        rollups.calls_counted(today)
