"""Changing what the city decides by. What was decided before stays; recalculation is a recorded event of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from jiesu.domain.decide import decide
from jiesu.domain.errors import Conflict, Forbidden, Refused
from jiesu.domain.order import Actor, Event
from jiesu.domain.rules import Rules
from jiesu.store import city_changes
from jiesu.store import rules as rules_store
from jiesu.workflow.step import take

SETTINGS: Final = {
    "limits": "时限",
    "params": "参数",
    "reasons": "原因列表",
    "declared": "特殊时期",
    "calendar": "工作时间",
}
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Recalculated:
    """How many open orders were looked at, how many got other deadlines, how many somebody was just moving."""

    looked: int = 0
    moved: int = 0
    busy: int = 0


def change_setting(name: str, value: Any, *, by: Actor, now: datetime, note: str = "") -> Rules:
    """Set a document of settings (``SETTINGS``); the rules that decide from now on.

    Raises Forbidden, and Refused when no sound rules come of it; then everything is as it was. Orders under way keep
    their deadlines (domain.md §3, rules that always hold).
    """
    _administrator(by)
    if name not in SETTINGS:
        raise Refused(f"没有“{name}”这项设置", field="name")
    with transaction.atomic():
        rules_store.change_setting(name, value, by=by.id, now=now, note=note)
        return _sound(SETTINGS[name])


def change_duty(matter: str, *, since: date, by: Actor, now: datetime, region: str = "*", **values: Any) -> Rules:
    """Let another line of the dispatch catalog take effect on the day ``since``, today at the earliest.

    ``values`` are the line's own (lead, assist, legal_basis, handle, fields, statutory, season, must_lead_by_law);
    those left out stay as the line before had them. Raises Forbidden, Refused.
    """
    _administrator(by)
    with transaction.atomic():
        current = rules_store.current()
        if since < current.day(now):
            raise Refused("派单目录不能改已经过去的日子，生效日期请从今天起", field="since")
        if matter not in current.matters:
            raise Refused(f"没有这个事项：{matter}", field="matter")
        if city_changes.lines_from(matter, region, since):
            raise Refused("这个事项已有在那天或以后生效的条目，请另选生效日期", field="since")
        old = city_changes.line_on(matter, region, since)
        _lead(current, values.get("lead") or (old.lead if old else ""))
        city_changes.replace_line(old, matter, region, since, values, by=by.id, now=now)
        rules_store.publish(now)
        return _sound("派单目录")


def announce_year(year: int, days: Mapping[date, bool], *, by: Actor, now: datetime, note: str = "") -> Rules:
    """Take over the official arrangement of a year: its days off (False) and worked weekends (True).

    Deadlines that run over that year stay as they are until ``recalculate_open``. Raises Forbidden, Refused.
    """
    _administrator(by)
    strange = [day.isoformat() for day in sorted(days) if day.year != year]
    if strange:
        raise Refused(f"这些日子不在 {year} 年：{'、'.join(strange)}", field="days")
    with transaction.atomic():
        setting = city_changes.announce(year, days)
        rules_store.change_setting("calendar", setting, by=by.id, now=now, note=note)
        return _sound("日历")


def recalculate_open(*, by: Actor, now: datetime, reason: str = "") -> Recalculated:
    """Compute the running deadlines of open orders anew with the calendar that holds now, one event for each order.

    Only orders whose deadlines come out otherwise are touched; amounts and dates that somebody decided stay. Each
    order is a transaction of its own: a broken run is simply run again. Raises Forbidden.
    """
    if not (by.has("administrator") or by.has("system")):
        raise Forbidden("只有管理员可以重算时限")
    rules, looked, moved, busy, after = rules_store.current(), 0, 0, 0, 0
    while some := city_changes.open_orders(after, _AT_ONCE):
        for order in some:
            looked += 1
            if isinstance(decide(order, "recalculate", by, {}, rules, now), Event):
                try:
                    take(order.number, "recalculate", by=by, now=now, facts={"reason": reason} if reason else None)
                    moved += 1
                except (Refused, Conflict):
                    busy += 1
        after = some[-1].number
    return Recalculated(looked, moved, busy)


def _administrator(by: Actor) -> None:
    if not by.has("administrator"):
        raise Forbidden("只有管理员可以修改设置")


def _lead(current: Rules, lead: str) -> None:
    if lead != "@subdistrict" and not current.can_handle(lead):
        raise Refused(f"{lead or '空'}不是承办单位，不能牵头", field="lead")


def _sound(what: str) -> Rules:
    """The rules just published, if they can be read at all."""
    try:
        return rules_store.current()
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        raise Refused(f"{what}写得不对，没有保存，请核对格式和取值") from None
