"""A unit keeps its own duty roster; urgent orders are phoned to whoever stands there (domain.md §4)."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Final

from django.db import transaction

from jiesu.domain import words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.store import roster
from jiesu.store.roster import Shift

_PHONE: Final = re.compile(r"[0-9+][0-9 -]{4,19}")
_LONGEST_NAME: Final = 20


def may_keep(by: Actor, unit: str) -> bool:
    """Whether this person keeps the roster of ``unit``: its own clerk or leader, and the city's administrator."""
    return by.has("administrator") or any(role in words.UNIT_ROLES and held == unit for role, held in by.roles)


def put(
    unit: str,
    *,
    by: Actor,
    now: datetime,
    entry: int | None = None,
    weekday: int | None = None,
    begins: str,
    ends: str,
    name: str,
    phone: str,
) -> None:
    """Write a line of the roster, a new one or in the place of ``entry``. ``begins`` and ``ends`` as 08:00.

    Raises Forbidden, NotFound, Refused.
    """
    with transaction.atomic():
        before = _held(unit, entry, by)
        after = Shift(0, unit, weekday, _time(begins, "begins"), _time(ends, "ends"), name.strip(), phone.strip())
        _check(after)
        if before is None and len(roster.of_unit(unit, now=now)) >= roster.MOST:
            raise Refused(f"值班表最多 {roster.MOST} 行，请先删去不用的")
        roster.change(before, after, by=by.id, now=now)


def drop(unit: str, entry: int, *, by: Actor, now: datetime) -> None:
    """Take a line out of the roster. Raises Forbidden, NotFound."""
    with transaction.atomic():
        roster.change(_held(unit, entry, by), None, by=by.id, now=now)


def _held(unit: str, entry: int | None, by: Actor) -> Shift | None:
    if not may_keep(by, unit):
        raise Forbidden("值班表由本单位自己维护")
    if entry is None:
        return None
    held = roster.get(entry)
    if held is None or held.unit != unit:
        raise NotFound("值班表里已没有这一行，请刷新后再改")
    return held


def _time(text: str, field: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Refused("时间须写成 08:00 这样", field=field) from None


def _check(one: Shift) -> None:
    if one.weekday is not None and not 0 <= one.weekday <= 6:
        raise Refused("请选择星期", field="weekday")
    if one.begins == one.ends:
        raise Refused("起止时间不能相同；整天请写 00:00 到 23:59", field="ends")
    if not one.name or len(one.name) > _LONGEST_NAME or "\0" in one.name:
        raise Refused(f"请写值班人姓名，不超过 {_LONGEST_NAME} 个字", field="name")
    if not _PHONE.fullmatch(one.phone):
        raise Refused("请写能打通的电话，只用数字、空格和短横", field="phone")
