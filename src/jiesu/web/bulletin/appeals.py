"""The appeals of a month: a unit's own while its figures are preliminary, all of them with their outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.assessment import freezing
from jiesu.domain import windows, words
from jiesu.domain.rules import Rules
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import appeals, publications
from jiesu.store.appeals import MOST, STATES, Appeal
from jiesu.store.publications import Published
from jiesu.web.bulletin.seat import DRAFTS, UNITS, has, months, surrounded
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in

_ZH: Final = {"waiting": "待审", "agreed": "同意", "refused": "查否（不同意）"}
_ACTS: Final = {
    "acknowledge": "签收",
    "first_contact": "先行联系",
    "interim": "现场反馈",
    "reply": "答复",
    "register": "登记",
}
_SIDES: Final = {"centre": "热线中心", "outside": "中心以外"}


@dataclass(frozen=True, slots=True)
class Row:
    """An appeal as the list shows it; ``title``: where the reader may know it."""

    one: Appeal
    unit: str
    title: str
    asked: str
    outcome: str
    tone: str
    approvals: str


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The appeals of ``?month=``, of one outcome (``?state=``). Five statements."""
    if not has(who, DRAFTS | UNITS):
        return failures.forbidden(request)
    given = surrounded(request, who, "appeals")
    rules: Rules = given["rules"]
    codes = months(who)
    asked = request.GET.get("month", "")
    month = asked if asked in codes else codes[1]
    window = windows.read(month)
    state = request.GET.get("state", "") if request.GET.get("state") in STATES else ""
    units = None if has(who, DRAFTS) else who.units
    counts, found = appeals.of_month(window, units=units, state=state)
    days = freezing.schedule(window, rules)
    given.update(
        month=month,
        months=codes,
        state=state,
        pills=[
            (name, _ZH[name], counts[name], f"{reverse('bulletin-appeals')}?month={month}&state={name}")
            for name in STATES
        ],
        total=sum(counts.values()),
        rows=[_row(one, rules, who) for one in found],
        most=MOST if len(found) >= MOST else 0,
        days=days,
        stands=_stands(window, who, publications.of_window(window)),
    )
    return answer(request, "bulletin/appeals.html", given)


def _stands(window: Window, who: Person, told: list[Published]) -> str:
    """How far the month's figures are, in a word."""
    if any(one.stage == "final" for one in told):
        return "已定稿，不再受理剔除；确有错误的走更正"
    if told:
        return "已预公布，等申诉"
    return "还没有预公布" if who.now.astimezone(CITY_ZONE).date() >= window.after else "这个月还没有过完"


def _row(one: Appeal, rules: Rules, who: Person) -> Row:
    asked = words.REQUESTS[one.type]
    if one.type == "exemption":
        asked = f"剔除：{rules.reason_name('exemption', one.reason)}"
    elif one.act:
        asked = f"补录{_ACTS.get(one.act, one.act)}"
    outcome = next(name for name, held in STATES.items() if one.state in held)
    return Row(
        one,
        rules.unit_name(one.unit),
        one.title if lines.reads_titles(who.actor, one) else "",
        asked,
        "一人已同意，还差一人" if one.state == "half" else _ZH[outcome],
        {"agreed": "good", "refused": "red"}.get(outcome, ""),
        "、".join(f"{name}（{_SIDES.get(side, side)}）" for name, side in one.approvals),
    )
