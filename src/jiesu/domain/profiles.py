"""Metric profiles: what a city counts as a rate, as data (domain.md §6). A profile is read and checked here, not run.

A profile is a JSON document: rates (numerator, denominator, exclusions, window, whose it is), scoring, cards, groups,
the smallest sample. Its conditions are words of one small vocabulary; there is no code in a profile. What a word means
on the tables of facts stands in ``store.metric_sql``, and a test holds the two lists to each other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from jiesu.domain.errors import Refused
from jiesu.domain.rules import canonical
from jiesu.domain.tally import CLOCKS

# The words of each table of facts, and what a person reads. A word may be negated: "not lead".
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "limit": {
        "lead": "牵头",
        "has_limit": "有办理时限",
        "live": "未退单、未解除",
        "in_time": "在限内",
        "done": "已办",
        "accepted": "答复已审核通过",
        "first_turn": "第一次",
        "extended": "经批准延期",
        "reworked": "重办过",
        "shelved": "挂账中",
        "asked_return": "申请过退单",
        "returned": "已退单",
        "joint": "多单位联办",
        "enterprise": "涉企",
    },
    "order": {
        "direct": "直接答复",
        "handled": "派过单",
        "dispatched": "已派出",
        "closed": "已办结",
        "called": "回访过",
        "reached": "有有效回访",
        "return_asked": "申请过退单",
        "return_agreed": "退单成立",
        "extended": "延期过",
        "reworked": "重办过",
        "repeat": "同一人同一事项三十日内再次来诉",
        "chased": "催过单",
        "joint": "多单位联办",
        "enterprise": "涉企",
        "late_entry": "有补录",
    },
    "rating": {
        "unit_known": "有承办单位",
        "resolved": "已解决",
        "resolved_mostly": "基本解决",
        "satisfied": "满意",
        "satisfied_mostly": "基本满意",
        "first_resolved": "首次回访已解决",
        "first_resolved_mostly": "首次回访基本解决",
        "first_satisfied": "首次回访满意",
        "first_satisfied_mostly": "首次回访基本满意",
        "rated": "有满意度评价",
        "resolution_told": "有是否解决的回答",
        "joint": "多单位联办",
        "enterprise": "涉企",
    },
    "call": {
        "inbound": "呼入",
        "answered": "已接听",
        "answered_in_15s": "十五秒内接听",
    },
}
# Words of the window itself: by its end, not only at some time.
BY_END: Final = "done_by_end"
EXCLUSIONS: Final[Mapping[str, str]] = {
    "praise": "表扬",
    "invalid": "无效和骚扰",
    "withdrawn": "撤诉",
    "merged": "并入他单的子单",
    "exempt": "已批准剔除",
    "foreign": "从其他平台接入",
    "direct": "直接答复",
}
# By which day of a fact a window takes it.
DAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "limit": ("day",),
    "order": ("day", "dispatched_day", "closed_day"),
    "rating": ("day",),
    "call": ("day",),
}
# What that day is of, in words; a limit's by its clock.
DAYS_ZH: Final[Mapping[str, str]] = {
    "day": "登记日",
    "dispatched_day": "派单日",
    "closed_day": "办结日",
    "rating": "回访定局日",
    "call": "来电日",
}
OWNERS: Final[Mapping[str, str]] = {"unit": "承办单位", "centre": "热线中心"}
DIMENSIONS: Final[Mapping[str, str]] = {
    "all": "全市",
    "unit": "单位",
    "group": "单位组",
    "matter": "事项",
    "region": "区域",
    "channel": "渠道",
    "kind": "类型",
    "enterprise": "个人或企业",
    "joint": "单办或联办",
}
SPANS: Final[Mapping[str, str]] = {"day": "日", "week": "周", "month": "月", "quarter": "季", "year": "年"}
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


@dataclass(frozen=True, slots=True)
class Metric:
    """One rate as it is counted, whatever it is called: two profiles that say the same share its figures.

    ``count``: what a case is; ``good``: which cases are good; ``part``: which are good in part (基本满意). ``by``: the
    day by which a window takes a case. ``owner``: whose figure it is. ``digest`` names this way of counting for ever.
    """

    table: str
    by: str
    count: tuple[str, ...]
    good: tuple[str, ...]
    part: tuple[str, ...]
    leave_out: tuple[str, ...]
    owner: str
    clock: str = ""
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        held = [self.table, self.by, self.count, self.good, self.part, self.leave_out, self.owner, self.clock]
        object.__setattr__(self, "digest", hashlib.sha256(canonical(held)).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class RateRule:
    """A rate of a profile: what it is called, how it is counted, what a case in part is worth, where it is from."""

    code: str
    zh: str
    formula: str
    clause: str
    metric: Metric
    weight: Decimal = Decimal(1)
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What a city publishes, in force from a day. ``doc`` is the document that it was read from."""

    name: str
    version: int
    zh: str
    effective_from: date
    source: str
    rates: tuple[RateRule, ...]
    main: tuple[str, ...]
    min_sample: int
    rank: str
    scores: tuple[Mapping[str, Any], ...]
    cards: tuple[Mapping[str, Any], ...]
    doc: Mapping[str, Any] = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(self.doc)).hexdigest()

    def rate(self, code: str) -> RateRule:
        """The rate of a code. Raises Refused with those that there are."""
        for one in self.rates:
            if one.code == code:
                return one
        raise Refused(f"口径“{self.zh}”里没有“{code}”，有：{'、'.join(one.code for one in self.rates)}")

    @property
    def metrics(self) -> dict[str, Metric]:
        """Each way of counting once, by its digest."""
        return {one.metric.digest: one.metric for one in self.rates}


def read(doc: Any) -> Profile:
    """The profile that a document describes. Raises Refused with what is wrong and where."""
    if not isinstance(doc, dict):
        raise Refused("口径文件须是一个 JSON 对象")
    try:
        rates = tuple(_rate(one, place) for place, one in enumerate(_list(doc, "rates"), 1))
        found = Profile(
            name=_match(doc, "name", _NAME),
            version=_whole(doc, "version", 1),
            zh=_text(doc, "zh"),
            effective_from=date.fromisoformat(_text(doc, "effective_from")),
            source=_text(doc, "source"),
            rates=rates,
            main=tuple(map(str, _list(doc, "main"))),
            min_sample=_whole(doc, "min_sample", 1),
            rank=_one_of(doc, "rank", ("group", "city", "none")),
            scores=tuple(_score(one) for one in doc.get("scores", [])),
            cards=tuple(_card(one) for one in doc.get("cards", [])),
            doc=doc,
        )
    except (TypeError, ValueError, ArithmeticError) as problem:
        raise Refused(f"口径文件读不懂：{problem}") from problem
    codes = [one.code for one in rates]
    for code in codes:
        if codes.count(code) > 1:
            raise Refused(f"口径文件里“{code}”写了两次")
    for code in (*found.main, *(one["rate"] for one in found.scores), *(one["rate"] for one in found.cards)):
        if code not in codes:
            raise Refused(f"口径文件提到的“{code}”不在 rates 里")
    return found


def _rate(one: Any, place: int) -> RateRule:
    if not isinstance(one, dict):
        raise Refused(f"口径文件第 {place} 个指标须是一个对象")
    table = _one_of(one, "table", tuple(WORDS))
    words = {*WORDS[table]}
    clock = str(one.get("clock", ""))
    if (table == "limit") != bool(clock) or (clock and clock not in CLOCKS):
        raise Refused(f"口径文件第 {place} 个指标的 clock 写得不对：{clock or '空'}")
    metric = Metric(
        table=table,
        by=str(one.get("by") or DAYS[table][0]),
        count=_words(one, "count", words, place),
        good=_words(one, "good", words | ({BY_END} if table == "limit" else set()), place),
        part=_words(one, "part", words, place),
        leave_out=_words(one, "leave_out", set(EXCLUSIONS), place),
        owner=_one_of(one, "owner", tuple(OWNERS)),
        clock=clock,
    )
    if metric.by not in DAYS[table]:
        raise Refused(f"口径文件第 {place} 个指标的 by 只能是 {'、'.join(DAYS[table])}")
    weight = Decimal(str(one.get("weight", 1)))
    if not 0 <= weight <= 1:
        raise Refused(f"口径文件第 {place} 个指标的 weight 须在 0 到 1 之间")
    return RateRule(
        code=_match(one, "code", _CODE),
        zh=_text(one, "zh"),
        formula=_text(one, "formula"),
        clause=_text(one, "clause"),
        metric=metric,
        weight=weight,
        lower_is_better=bool(one.get("lower_is_better", False)),
    )


def _words(one: Mapping[str, Any], name: str, known: set[str], place: int) -> tuple[str, ...]:
    held = one.get(name, [])
    told = held if isinstance(held, list) else [held]
    for word in told:
        if not isinstance(word, str) or word.removeprefix("not ") not in known:
            raise Refused(f"口径文件第 {place} 个指标的 {name} 里没有“{word}”这个条件，有：{'、'.join(sorted(known))}")
    return tuple(sorted(set(told)))


def _score(one: Any) -> Mapping[str, Any]:
    """``full`` less ``per_point`` for each percentage point below ``target``, never less than ``floor``."""
    if not isinstance(one, dict):
        raise Refused("口径文件的 scores 须是对象的列表")
    _text(one, "rate")
    for name in ("full", "floor", "target", "per_point"):
        _number(one, name)
    return one


def _card(one: Any) -> Mapping[str, Any]:
    """A card: below ``below`` per cent of a rate for ``times`` windows in turn, for ``days``; off unless ``on``."""
    if not isinstance(one, dict):
        raise Refused("口径文件的 cards 须是对象的列表")
    for name in ("rate", "zh", "approver"):
        _text(one, name)
    _one_of(one, "colour", ("yellow", "red"))
    _number(one, "below")
    for name in ("times", "days"):
        _whole(one, name, 1)
    return one


def _number(doc: Mapping[str, Any], name: str) -> Decimal:
    if name not in doc:
        raise Refused(f"口径文件缺“{name}”")
    found = Decimal(str(doc[name]))
    if not found.is_finite():
        raise Refused(f"口径文件的“{name}”须是一个数：{found}")
    return found


def _list(doc: Mapping[str, Any], name: str) -> Sequence[Any]:
    held = doc.get(name)
    if not isinstance(held, list) or not held:
        raise Refused(f"口径文件的“{name}”须是一个不空的列表")
    return held


def _text(doc: Mapping[str, Any], name: str) -> str:
    held = doc.get(name)
    if not isinstance(held, str) or not held.strip():
        raise Refused(f"口径文件缺“{name}”")
    return held.strip()


def _match(doc: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    held = _text(doc, name)
    if not pattern.fullmatch(held):
        raise Refused(f"口径文件的“{name}”只能用小写字母、数字和连线：{held}")
    return held


def _whole(doc: Mapping[str, Any], name: str, least: int) -> int:
    held = doc.get(name)
    if not isinstance(held, int) or isinstance(held, bool) or held < least:
        raise Refused(f"口径文件的“{name}”须是不小于 {least} 的整数")
    return held


def _one_of(doc: Mapping[str, Any], name: str, known: Sequence[str]) -> str:
    held = doc.get(name)
    if held not in known:
        raise Refused(f"口径文件的“{name}”只能是 {'、'.join(known)}，写的是 {held}")
    return str(held)
