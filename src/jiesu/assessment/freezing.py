"""Preliminary figures, freezing, corrections (domain.md §4, appeal).

Figures go to the units on day 1, appeals come to working day 3, are decided by day 5, frozen and published day 6. What
was published never changes; a correction is a new line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from jiesu.assessment import carding, filling
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.domain.rules import Rules
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import profiles, publications, rollups
from jiesu.store import rules as rules_store
from jiesu.store.publications import Published

APPEALS_TO, DECIDED_BY, FROZEN_ON = 3, 5, 6


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days of a month's assessment: preliminary on the first day after it, then working days."""

    preliminary: date
    appeals_to: date
    decided_by: date
    frozen_on: date


def schedule(window: Window, rules: Rules) -> Schedule:
    """When a window is told, appealed, decided and frozen, by the calendar of these rules."""
    last = datetime(window.after.year, window.after.month, window.after.day, tzinfo=CITY_ZONE) - timedelta(seconds=1)
    days = [
        rules.calendar.civil_day(rules.calendar.add_working_days(last, n))
        for n in (1, APPEALS_TO, DECIDED_BY, FROZEN_ON)
    ]
    return Schedule(*days)


def preliminary(window: Window, *, by: Actor, now: datetime) -> Published:
    """Tell the units their figures of a window that is over, so that they may appeal. Raises Refused."""
    _supervisor(by)
    if now.astimezone(CITY_ZONE).date() < window.after:
        raise Refused(f"{window.zh}还没有结束，{window.after:%Y-%m-%d} 起才能预公布")
    filling.fill_due(now)
    with transaction.atomic():
        rollups.hold()
        _not_frozen(window)
        return _add(window, "preliminary", by, now, "")


def freeze(window: Window, *, by: Actor, now: datetime, early: str = "") -> Published:
    """Freeze a window and publish it. Before its day only with a reason (``early``). Raises Refused."""
    _supervisor(by)
    due = schedule(window, rules_store.current()).frozen_on
    today = now.astimezone(CITY_ZONE).date()
    if today < window.after:
        raise Refused(f"{window.zh}还没有结束，不能定稿")
    if today < due and not early.strip():
        raise Refused(f"{window.zh}的数据 {due:%Y-%m-%d} 定稿，在此之前定稿须写明理由", field="reason")
    filling.fill_due(now, every=True)
    with transaction.atomic():
        rollups.hold()
        _not_frozen(window)
        held = _add(window, "final", by, now, early.strip())
        carding.propose(window, held, now=now)
    return held


def correct(window: Window, *, by: Actor, now: datetime, reason: str) -> Published:
    """Publish a frozen window's figures anew beside the frozen ones, with the reason. Raises Refused."""
    _supervisor(by)
    if not reason.strip():
        raise Refused("请写明更正的理由", field="reason")
    if publications.final(window) is None:
        raise Refused(f"{window.zh}还没有定稿，不用更正，改了重新预公布就行")
    filling.fill_due(now)
    with transaction.atomic():
        rollups.hold()
        return _add(window, "correction", by, now, reason.strip())


def _add(window: Window, stage: str, by: Actor, now: datetime, reason: str) -> Published:
    number, profile = profiles.in_force(window.first)
    return publications.add(
        window, stage, number, profile, rules=rules_store.current_id(), by=by.id, now=now, reason=reason
    )


def _not_frozen(window: Window) -> None:
    held = publications.final(window)
    if held is not None:
        raise Refused(
            f"{window.zh}已于 {held.at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M} 定稿，不能再改；确有错误的走更正"
        )


def _supervisor(by: Actor) -> None:
    if not (by.has("supervisor") or by.has("administrator") or by.has("system")):
        raise Forbidden("预公布、定稿和更正由督办员办理")
