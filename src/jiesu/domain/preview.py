"""What the catalog would do with a demand as it is being told: which unit would lead, by which line, until when.

Pure, for the desk that shows it before anything is registered; the decision itself is made when the order is
dispatched, by the rules of that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.domain.clocks import Limit
from jiesu.domain.duties import LOCAL, Duty
from jiesu.domain.order import Order, moment
from jiesu.domain.rules import Rules
from jiesu.domain.suggestion import line_words

NO_LINE: Final = "派单目录里没有这一条，由派单员决定"
NO_PLACE: Final = "由属地街道牵头，选定地点后可知是哪个街道"


@dataclass(frozen=True, slots=True)
class Preview:
    """``lead`` and ``assist`` are names; empty when nobody can be named yet. ``why``: the line that says so, in words.

    ``due``: when the handling limit would end if it were dispatched now.
    """

    unit: str = ""
    lead: str = ""
    assist: tuple[str, ...] = ()
    why: str = ""
    legal_basis: str = ""
    urgency: str = "normal"
    limit: Limit | None = None
    due: datetime | None = None


def preview(
    rules: Rules, *, matter: str, region: str = "", kind: str = "", urgency: str = "", now: datetime
) -> Preview:
    """What the catalog says of this matter in this place at ``now``; what is not told yet counts as usual."""
    if matter not in rules.matters:
        return Preview()
    told = Order(0, matter=matter, region=region, kind=kind or "help", urgency=urgency or "normal")
    duty = rules.duty(told, now)
    if not urgency:
        told.urgency = _usual(rules, matter, duty, told.kind, now)
    limit = rules.limit("handle", told, now)
    due = moment(rules.due(limit, now)[0]) if limit else None
    if duty is None:
        return Preview(why=NO_LINE, urgency=told.urgency, limit=limit, due=due)
    unit = rules.catalog.lead(duty, region) or ""
    return Preview(
        unit,
        rules.unit_name(unit) if unit else "",
        tuple(rules.unit_name(one) for one in duty.assist if one != LOCAL),
        line_words(rules, duty) if unit else NO_PLACE,
        duty.legal_basis,
        told.urgency,
        limit,
        due,
    )


_PRESSING: Final = frozenset({"help", "complaint", "report"})


def _usual(rules: Rules, matter: str, duty: Duty | None, kind: str, now: datetime) -> str:
    """How urgent such a demand usually is: the season's word, else the matter's; a question never is."""
    if kind not in _PRESSING:
        return "normal"
    season = duty.season if duty else None
    if season and season.urgency and season.holds(rules.day(now)):
        return season.urgency
    return str(rules.matters[matter].get("urgency") or "normal")
