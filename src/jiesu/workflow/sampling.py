"""Drawing the orders that are called although they closed without a callback (domain.md §3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from jiesu.domain.calling import param
from jiesu.domain.clocks import deadline
from jiesu.domain.errors import Forbidden
from jiesu.domain.order import SYSTEM, Actor, Order
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store import sampling


def draw(day: date, *, by: Actor = SYSTEM, now: datetime) -> int:
    """Draw the sample of one day's closed orders by the city's shares; how many were added. Twice adds none.

    To be called by the limit of a callback, from now. Raises Forbidden.
    """
    if not (by.has("callback_clerk") or by.has("supervisor") or by.has("inspector") or by.has("system")):
        raise Forbidden("抽查由回访员、督办员或质检员进行")
    rules = rules_store.current()
    since, until = (datetime.combine(one, time(), CITY_ZONE).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    limit = rules.limit("callback_last", Order(0, urgency="normal"), now)
    due = deadline(now, limit, rules.calendar) if limit else now + timedelta(days=4)
    least = int(param(rules.params, "callback_sample_least"))
    with transaction.atomic():
        drawn = [
            sampling.draw(
                *(day, outcome),
                since=since,
                until=until,
                share=float(share),
                least=least if share else 0,
                due=due,
                by=by.id,
                now=now,
            )
            for outcome, share in sorted(param(rules.params, "callback_sample").items())
        ]
    return sum(one or 0 for one in drawn)


def yesterday(now: datetime) -> date:
    """The last whole day in city time."""
    return now.astimezone(CITY_ZONE).date() - timedelta(days=1)


def draw_yesterday(now: datetime) -> int:
    """The chore: the sample of the last whole day."""
    return draw(yesterday(now), now=now)
