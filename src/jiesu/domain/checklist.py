"""What a reply is held against before it passes: what the catalog and the claim ask for, and what is there. A help for
the eye of the reviewer, who alone decides (domain.md §3, the reply)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from jiesu.domain import privacy, words
from jiesu.domain.apply import apply
from jiesu.domain.clocks import due_words
from jiesu.domain.decide import decide
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor, Leg, Order, Text, moment
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE

Standing = Literal["there", "missing", "look"]
STANDINGS: Final = {"there": "有", "missing": "缺", "look": "请看"}
_FIELDS: Final = {
    "photo": ("files", "现场照片"),
    "files": ("files", "附件材料"),
    "measures": ("measures", "采取的措施"),
    "internal_note": ("internal_note", "内部办理情况"),
    "why_not": ("why_not", "未解决的原因"),
    "statutory_number": ("statutory_number", "法定程序案号"),
}
_ONLY_WITH: Final = {"why_not": "unsolved", "statutory_number": "statutory"}
SHORT_REPLY: Final = 20
_WORDS: Final = Text("……", "0" * 64)


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what is asked for, whether it is there, and what to say about it. ``by``: who asks for it."""

    zh: str
    standing: Standing
    said: str = ""
    by: str = "目录"

    @property
    def word(self) -> str:
        return STANDINGS[self.standing]


def checklist(order: Order, rules: Rules, now: datetime, public_reply: str) -> list[Check]:
    """What the lead's reply is held against at ``now``. ``public_reply``: its text, as the reviewer reads it."""
    leg = order.lead
    if leg is None:
        return []
    given = leg.submission or {}
    return [
        *_of_catalog(order, rules, now, given),
        *_contact(order, leg),
        *_of_claim(order, given),
        *_public(public_reply),
        *_assisting(order, rules),
    ]


def _of_catalog(order: Order, rules: Rules, now: datetime, given: dict[str, Any]) -> Iterator[Check]:
    duty = rules.duty(order, now)
    for name in duty.fields if duty else ():
        fact, zh = _FIELDS.get(name, ("", ""))
        if fact and order.claim == _ONLY_WITH.get(name, order.claim):
            yield Check(zh, "there" if fact in given else "missing")


def _contact(order: Order, leg: Leg) -> Iterator[Check]:
    if leg.contacted_at is not None:
        at = leg.contacted_at.astimezone(CITY_ZONE)
        yield Check("先行联系", "there", f"{at:%m-%d %H:%M} 联系上", by="规则")
    elif "first_contact" in leg.clocks:
        yield Check("先行联系", "missing", by="规则")
    else:
        yield Check("先行联系", "look", "匿名、特急或由中心联系的不要求", by="规则")


def _of_claim(order: Order, given: dict[str, Any]) -> Iterator[Check]:
    claim = order.claim or ""
    yield Check("办理结果", "there" if claim else "missing", words.zh(words.CLAIMS, claim), by="规则")
    if claim == "promised":
        due = moment(given["promise_due"]).astimezone(CITY_ZONE) if "promise_due" in given else None
        yield Check("承诺期限", "there" if due else "missing", f"{due:%Y-%m-%d}" if due else "", by="规则")
        owner = "promise_owner" in given and "promise_approver" in given
        yield Check("承诺责任人和批准人", "there" if owner else "missing", by="规则")
    if claim == "unsolved":
        yield Check("未解决的原因", "there" if "why_not" in given else "missing", by="规则")
    if claim == "statutory":
        yield Check("立案和案号", "there" if "statutory_number" in given else "missing", by="规则")


def _public(text: str) -> Iterator[Check]:
    if not text.strip():
        yield Check("公开答复", "missing", by="规则")
        return
    length = len(text.strip())
    short = length < SHORT_REPLY
    yield Check("公开答复", "look" if short else "there", f"{length} 字{'，偏短' if short else ''}", by="规则")
    if privacy.mask_text(text) != text:
        yield Check("公开答复里的个人信息", "look", "像是有电话、证件号或车牌", by="规则")


def _assisting(order: Order, rules: Rules) -> Iterator[Check]:
    for leg in order.assisting:
        done = leg.state == "replied"
        yield Check(
            f"配合：{rules.unit_name(leg.unit)}",
            "there" if done else "look",
            "已答复" if done else "没有答复，牵头须写明缺什么",
            by="规则",
        )


@dataclass(frozen=True, slots=True)
class Returned:
    """What sending back does: whether it counts as a form fault, and until when the unit has time then."""

    form: bool
    said: str


def returned(order: Order, code: str, actor: Actor, rules: Rules, now: datetime) -> Returned | None:
    """What sending back for ``code`` would mean for the unit; None where it cannot be sent back now."""
    event = decide(order, "send_back", actor, {"send_back": code, "reason": _WORDS}, rules, now)
    if isinstance(event, Refused):
        return None
    form, after = bool(event.data.get("form")), apply(order, event)
    leg = after.lead
    clock = leg.clocks.get(leg.working) if leg else None
    if leg is None or clock is None:
        return Returned(form, "没有办理时限")
    until = f"{words.zh(words.CLOCKS, leg.working)}时限{due_words(clock.due, now)}"
    before = order.lead.clocks.get(leg.working) if order.lead else None
    if form and before is not None and clock.due > before.due:
        return Returned(form, f"给一个工作日补正，{due_words(clock.due, now)}，不算超期")
    return Returned(form, until if form else f"时钟照走，{until}")
