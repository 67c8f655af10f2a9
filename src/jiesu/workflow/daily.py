"""Verbs of the daily report: make it, write to it, issue it. Figures are fixed when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain import daily as words_of
from jiesu.domain import readings
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import SYSTEM, Actor
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import daily
from jiesu.store import rules as rules_store

WRITERS: Final = "supervisor"


def yesterday(now: datetime) -> date:
    """The last whole day in city time."""
    return now.astimezone(CITY_ZONE).date() - timedelta(days=1)


def make(day: date, *, by: Actor = SYSTEM, now: datetime) -> bool:
    """Fix the figures of a whole day as they stand now, with a draft of the words; False when it has its report.

    Raises Forbidden, Refused for a day that is not over; LookupError before a city is loaded.
    """
    if not (by.has(WRITERS) or by.has("system")):
        raise Forbidden("日报由督办员生成和修改")
    if day > yesterday(now):
        raise Refused("这一天还没有过完，第二天早上再生成")
    if daily.report(day) is not None:
        return False
    rules = rules_store.current()
    figures = daily.gather(day, now)
    draft = dict.fromkeys(words_of.TEXTS, "") | {"attention": words_of.draft(figures, names_of(rules))}
    with transaction.atomic():
        return daily.keep(day, figures, draft, rules=rules.id, by=by.id, now=now)


def make_yesterday(now: datetime) -> bool:
    """The chore: the report of the last whole day."""
    return make(yesterday(now), now=now)


def write(day: date, texts: Mapping[str, str], *, seen: int, by: Actor, now: datetime) -> int:
    """Another reading of a day's texts, every earlier one is kept; its number. ``seen``: the one it was written over.

    Raises NotFound, Forbidden, Refused.
    """
    report = _own(day, by)
    words_of.check_texts(texts)
    made = readings.merged(report.texts, texts)
    if seen != report.no or not daily.add_text(day, report.no + 1, made, by=by.id, now=now):
        raise Refused("这份日报刚被别人改过，您写的内容没有丢，请看过最新内容再保存")
    return report.no + 1


def issue(day: date, *, by: Actor, now: datetime) -> None:
    """Say that the report is final. Raises NotFound, Forbidden, Refused."""
    _own(day, by)
    if not daily.issue(day, by=by.id, now=now):
        raise Refused("这份日报已经定稿")


def names_of(rules: Rules) -> words_of.Names:
    """Names of units and matters by the city's rules."""

    def name(table: str, code: str) -> str:
        if table == "unit":
            return rules.unit_name(code)
        return str(rules.matters[code]["name"]) if code in rules.matters else code or "还没有分类的"

    return name


def _own(day: date, by: Actor) -> daily.Report:
    if not by.has(WRITERS):
        raise Forbidden("日报由督办员生成和修改")
    report = daily.report(day)
    if report is None:
        raise NotFound("这一天还没有日报")
    return report
