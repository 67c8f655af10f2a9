"""The unit's own month so far: its rates with numerator and denominator, and the orders that cost it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.domain import windows, words
from jiesu.domain.cards import COLOURS
from jiesu.domain.standing import Share
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import cards, unit_month
from jiesu.store.unit_month import Cost
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.unit.desk import sits

_ZH: Final = {
    "response": "响应率",
    "first_contact": "先行联系率",
    "on_time": "按时办结率",
    "resolution": "解决率",
    "satisfaction": "满意率",
}
_SAID: Final = {
    "response": "到了签收时限的，按时签收了多少",
    "first_contact": "到了先行联系时限的，按时联系了多少",
    "on_time": "到了办理时限的，按时答复且热线中心已审核通过多少",
    "resolution": "回访有结果的，已解决和基本解决多少",
    "satisfaction": "回访有结果的，满意和基本满意多少",
}
_COST: Final = {
    "response": "没有按时签收",
    "first_contact": "没有按时联系",
    "on_time": "没有按时答复，或还没有审核通过",
    "resolution": "诉求人说未解决",
    "satisfaction": "诉求人不满意",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A rate on the page. ``costs``: the orders, with the title where it may be read."""

    zh: str
    said: str
    cost: str
    rate: Share
    costs: list[tuple[Cost, str]]
    others: int
    rated: bool


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """This month, or ``?month=2026-10``, of one of the person's units (``?unit=``); five statements."""
    if not sits(who):
        return failures.forbidden(request)
    unit = asked_unit(request, who)
    given = around(request, who, desk="unit")
    month = _month(request, who)
    window = windows.read(month)
    first, after = (datetime.combine(day, time(), CITY_ZONE) for day in (window.first, window.after))
    until = min(after, who.now)
    found = unit_month.of_unit(unit, first=first, after=until)
    given.update(
        month=month,
        months=_months(who),
        unit=unit,
        units=[(one, given["rules"].unit_name(one)) for one in who.units],
        until=until,
        whole=until == after,
        cards=[
            (one, COLOURS[one.colour], words.zh(words.ROLES, one.approver) if one.state == "proposed" else "")
            for one in cards.standing([unit], who.now.astimezone(CITY_ZONE).date())
        ],
        figures=[
            Shown(
                _ZH[name],
                _SAID[name],
                _COST[name],
                one.rate,
                [(cost, cost.title if lines.reads_titles(who.actor, cost) else "") for cost in one.costs],
                one.rate.n - one.rate.good - len(one.costs),
                name in ("resolution", "satisfaction"),
            )
            for name, one in found.items()
        ],
    )
    return answer(request, "unit/month.html", given)


def asked_unit(request: HttpRequest, who: Person) -> str:
    """The unit that is asked for, if the person works for it; else his first."""
    asked = (request.POST if request.method == "POST" else request.GET).get("unit", "")
    return asked if asked in who.units else who.units[0]


def _month(request: HttpRequest, who: Person) -> str:
    asked = request.GET.get("month", "")
    return asked if asked in _months(who) else _months(who)[0]


def _months(who: Person) -> list[str]:
    """This month and the two before it."""
    local = who.now.astimezone(CITY_ZONE)
    counted = [local.year * 12 + local.month - 1 - back for back in range(3)]
    return [f"{one // 12:04}-{one % 12 + 1:02}" for one in counted]
