"""Keeping facts and figures in step with the record (architecture.md §2, figures; house.md, a rate is declared)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import fact_fill, rollups

Show = Callable[[str, int, int], None]


def fill_due(now: datetime, *, every: bool = False, show: Show | None = None) -> int:
    """Bring facts and figures up to ``now``; how many orders were read anew.

    ``every`` looks at all orders for what an earlier run missed. May run at any time, twice, or after a crash: what was
    half done is done anew.
    """
    numbers = fact_fill.due(now, every=every)
    tell = None if show is None else lambda done, whole: show("读取流转记录", done, whole)
    fact_fill.fill(numbers, now, upto=now, show=tell)
    _calls(now)
    _new_metrics(show)
    return len(numbers)


def refill(show: Show | None = None) -> None:
    """Make every rollup and figure anew from the facts as they stand."""
    held = rollups.metrics()
    for place, (id_, metric) in enumerate(held.items(), 1):
        with transaction.atomic():
            rollups.refill(id_, metric)
        if show:
            show("汇总指标", place, len(held))


def _new_metrics(show: Show | None) -> None:
    """A way of counting that a profile brought is counted from all facts once; from then on by the difference."""
    new = rollups.metrics(whole=False)
    for place, (id_, metric) in enumerate(new.items(), 1):
        with transaction.atomic():
            rollups.refill(id_, metric)
        if show:
            show("汇总指标", place, len(new))


def _calls(now: datetime) -> None:
    """Calls are counted by the day: a day's are made anew until the day is over."""
    today = now.astimezone(CITY_ZONE).date()
    days = rollups.call_days(today)
    with transaction.atomic():
        for id_, metric in rollups.metrics(whole=True).items():
            if metric.table == "call":
                rollups.refill_days(id_, metric, days)
        rollups.calls_counted(today)
