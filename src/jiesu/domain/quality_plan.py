"""What is drawn for inspection, how much of it and by when: the city's plan, as a dated document.

A line draws of what each head (an agent, a unit, a callback clerk, a dispatcher) did in the last seven days: so many a
week, or a share of it, whichever is more, spread over the days of the week so that nobody can tell when. A risk draws
what looks like something to look at. Other signals may be put into the same sample under codes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jiesu.domain.clocks import Limit
from jiesu.domain.errors import Refused
from jiesu.domain.gaming import KINDS
from jiesu.domain.inspecting import SUBJECTS

# Whose week is looked at, by subject.
HEADS: Final[Mapping[str, Mapping[str, str]]] = {
    "call": {"agent": "每名话务员"},
    "order": {"unit": "每个承办单位", "agent": "每名登记的话务员", "dispatcher": "每名派单员"},
    "callback": {"clerk": "每名回访员"},
}
# The risks that are known, what each looks at, and its numbers with what they are where the city says nothing.
RISKS: Final[Mapping[str, tuple[str, Mapping[str, float]]]] = {
    "short_call": ("call", {"seconds": 20}),
    "no_contact": ("order", {"minutes": 10}),
    "alike": ("order", {"share": 0.9, "orders": 3, "days": 7}),
    "burst": ("order", {"minutes": 60, "orders": 5}),
}
ASKED: Final = "asked"
SECOND: Final = "second"
_NAMES: Final = {ASKED: "指定抽检", SECOND: "复检"}
_CODE: Final = re.compile(r"[a-z][a-z0-9_.]{1,23}")
_LIMITS: Final = {
    "inspect": Limit(5, "work_day"),
    "appeal": Limit(3, "work_day"),
    "decide": Limit(3, "work_day"),
    "hold": Limit(45, "min"),
}
_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """So many a week of each head, or a share of its week. ``code`` names the draw for ever."""

    code: str
    name: str
    subject: str
    per: str
    week: int
    share: float


@dataclass(frozen=True, slots=True)
class Risk:
    """What looks like something to look at; at most ``each`` a day of one head. ``numbers``: see ``RISKS``."""

    code: str
    name: str
    subject: str
    each: int
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan. ``most``: how many one line or risk draws a day; ``least``: results from which a mean is shown.

    ``inspect``, ``appeal`` and ``decide`` are limits; ``hold``: how long a thing stays with who has it open.
    """

    version: int
    lines: tuple[Line, ...]
    risks: tuple[Risk, ...]
    signals: Mapping[str, str] = field(default_factory=dict)
    most: int = 200
    least: int = 5
    inspect: Limit = _LIMITS["inspect"]
    appeal: Limit = _LIMITS["appeal"]
    decide: Limit = _LIMITS["decide"]
    hold: Limit = _LIMITS["hold"]

    @property
    def codes(self) -> list[str]:
        """Of everything that is drawn."""
        return [*(one.code for one in self.lines), *(one.code for one in self.risks)]

    def signal_zh(self, code: str) -> str:
        """What a draw, a risk or a signal is called; the code itself when nobody has named it."""
        named = {**{one.code: one.name for one in self.lines}, **{one.code: one.name for one in self.risks}}
        return named.get(code) or self.signals.get(code) or _NAMES.get(code) or KINDS.get(code, code)


def plan_from_doc(doc: Any, version: int = 0) -> Plan:
    """The plan that a document describes. Raises Refused, in words for whoever wrote the document."""
    given: Mapping[str, Any] = doc if isinstance(doc, Mapping) else {}
    lines = tuple(_line(one, place) for place, one in enumerate(_list(given, "lines"), start=1))
    risks = tuple(_risk(one, place) for place, one in enumerate(_list(given, "risks"), start=1))
    codes = [*(one.code for one in lines), *(one.code for one in risks)]
    twice = next((code for code in codes if codes.count(code) > 1), "")
    if twice:
        raise Refused(f"抽检方案里“{twice}”重复")
    signals = given.get("signals") or {}
    if not isinstance(signals, Mapping):
        raise Refused("signals 须是“代码: 名称”的对照")
    return Plan(
        version,
        lines,
        risks,
        {str(code): str(name)[:40] for code, name in signals.items()},
        most=_number(given, "most", 200, 1, _MOST),
        least=_number(given, "least", 5, 1, 100),
        **{name: _limit(given, name) for name in _LIMITS},
    )


def _list(given: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = given.get(name) or ()
    if isinstance(found, str | Mapping) or not isinstance(found, Sequence) or len(found) > 30:
        raise Refused(f"抽检方案的 {name} 须是一个列表，最多 30 条")
    return found


def _line(doc: Any, place: int) -> Line:
    given: Mapping[str, Any] = doc if isinstance(doc, Mapping) else {}
    code, name = _named(given, f"第 {place} 条抽样")
    subject, per = str(given.get("subject")), str(given.get("per"))
    if subject not in SUBJECTS or per not in HEADS[subject]:
        known = "；".join(f"{one}：{'、'.join(heads)}" for one, heads in HEADS.items())
        raise Refused(f"第 {place} 条抽样的 subject 和 per 须是：{known}")
    share = given.get("share", 0)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise Refused(f"第 {place} 条抽样的 share 须在 0 到 1 之间")
    return Line(code, name, subject, per, _number(given, "week", 0, 0, 100), float(share))


def _risk(doc: Any, place: int) -> Risk:
    given: Mapping[str, Any] = doc if isinstance(doc, Mapping) else {}
    code, name = _named(given, f"第 {place} 条风险")
    if code not in RISKS:
        raise Refused(f"第 {place} 条风险不认识“{code}”，可选：{'、'.join(RISKS)}")
    subject, usual = RISKS[code]
    numbers = {one: given.get(one, value) for one, value in usual.items()}
    for one, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100_000:
            raise Refused(f"第 {place} 条风险的 {one} 须是大于 0 的数")
    return Risk(code, name, subject, _number(given, "each", 1, 1, 100), numbers)


def _named(given: Mapping[str, Any], what: str) -> tuple[str, str]:
    code, name = str(given.get("code") or ""), str(given.get("name") or "").strip()
    if not _CODE.fullmatch(code) or code in _NAMES:
        raise Refused(f"{what}的 code 须以小写字母开头，只用小写字母、数字、点和下划线")
    if not name or len(name) > 40:
        raise Refused(f"{what}须有名称（name），不超过 40 字")
    return code, name


def _number(given: Mapping[str, Any], name: str, usual: int, least: int, most: int) -> int:
    value = given.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(f"抽检方案的 {name} 须是 {least} 到 {most} 的整数")
    return value


def _limit(given: Mapping[str, Any], name: str) -> Limit:
    if name not in given:
        return _LIMITS[name]
    try:
        return Limit.from_doc(given[name])
    except (TypeError, ValueError):
        raise Refused(f'抽检方案的 {name} 须写成 [3, "work_day"] 这样的时限') from None


def is_signal(code: str) -> bool:
    """Whether a code may name a signal that puts something into the sample."""
    return bool(_CODE.fullmatch(code))
