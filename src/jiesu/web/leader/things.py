"""What matters today in at most seven lines: a number, a sentence, and where it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from jiesu.domain.rules import Rules
from jiesu.store.leading import MOST, Today
from jiesu.web.order import forms

NAMES: Final = {
    "urgent": "今天新报的特急",
    "red": "已超期",
    "surges": "突然增多",
    "groups": "多人同诉",
    "repeats": "一人多诉",
    "promises": "承诺到期未核实",
    "instructed": "批示临近反馈",
}
_QUIET: Final = {
    "urgent": "今天没有新的特急",
    "red": "没有超期",
    "surges": "没有突然增多的事",
    "groups": "没有多人同诉",
    "repeats": "没有一人多诉",
    "promises": "承诺都按期兑现或未到期",
    "instructed": "明天以前没有要反馈的批示",
}
FIGURES: Final = ("surges", "groups", "repeats")
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Thing:
    """One line. ``said``: its number; ``words``: what is behind it, in one sentence; ``grave``: asks for a decision."""

    name: str
    zh: str
    said: str
    words: str
    address: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines that say something, gravest first, and what is quiet, in words."""

    things: list[Thing]
    quiet: list[str]


def day(today: Today, rules: Rules) -> Day:
    found = {**today.counts, **{name: len(today.figures.get(name, [])) for name in FIGURES}}
    things = [
        Thing(name, zh, _said(found[name]), _words(name, today, rules), _address(name), name in ("urgent", "red"))
        for name, zh in NAMES.items()
        if found.get(name)
    ]
    # What was never counted is not quiet.
    quiet = [_QUIET[name] for name in NAMES if found.get(name) == 0 and (name not in FIGURES or today.at)]
    return Day(things, quiet)


def _said(number: int) -> str:
    return f"{MOST:,}+" if number >= MOST else f"{number:,}"


def _address(name: str) -> str:
    return reverse("leader-thing", args=[name])


def _words(name: str, today: Today, rules: Rules) -> str:
    if name == "red":
        units = [f"{unit_of(code, rules)} {n}" for code, n in today.red[:_NAMED]]
        more = len(today.red) - _NAMED
        return "、".join(units) + (f"，另有 {more} 个单位" if more > 0 else "")
    if name in FIGURES:
        return "；".join(line(name, one, rules) for one in today.figures[name][:2])
    return _PLAIN[name]


_PLAIN: Final = {
    "urgent": "涉及生命财产安全",
    "promises": "答应群众的日期已过",
    "instructed": "一天内到期或已过期，单位还没有反馈",
}


def line(name: str, one: dict[str, Any], rules: Rules) -> str:
    """One surge, group or repeat in words."""
    matter = forms.matter_name(rules, one["matter"]) if one["matter"] else ""
    if name == "surges":
        usual = f"{one['mean']:.1f}".rstrip("0").rstrip(".")
        return f"{matter}今天 {one['n']} 件，平时同一天 {usual} 件"
    if name == "groups":
        return f"{one['place']} {matter}三天 {one['n']} 件"
    return f"同一人七天 {one['n']} 件，{matter}"


def unit_of(code: str, rules: Rules) -> str:
    return rules.unit_name(code) if code else "还没有单位"
