"""What an arbiter has before him: both sides' papers beside each other, who had the order, what the catalog says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.urls import Resolver404, resolve

from jiesu.domain import words
from jiesu.domain.duties import Duty
from jiesu.domain.order import Order, Request
from jiesu.domain.rules import Rules
from jiesu.domain.suggestion import line_words
from jiesu.web.dispatch.decision import Decision, WayOut
from jiesu.web.order.forms import MoveForm
from jiesu.web.order.sheet import Sheet
from jiesu.web.order.way import Stop

CATALOG: Final = "/admin/catalog"
"""Where an administrator changes lines of the catalog."""


@dataclass(slots=True)
class Side:
    """One unit's word in the dispute: its papers, whom it names, how its request was answered; ``asked`` is None for a
    unit that was only named by another."""

    unit: str
    name: str
    asked: Request | None = None
    papers: Stop | None = None
    proper: str = ""
    answered: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Hearing:
    """``form`` is the one that decides here: naming a provisional lead, or settling whose duty it is. ``turns``: the
    units that led it, one after the other, and how that ended."""

    sides: list[Side]
    turns: list[tuple[str, str]]
    dispute: Stop | None
    line: str
    named: str
    form: MoveForm | None
    ways: list[WayOut]
    amendment: str = ""
    address: str = ""


def hearing(made: Decision) -> Hearing:
    """All of it for the order of this decision."""
    sheet = made.sheet
    form = sheet.forms.get("rule") or sheet.forms.get("settle_duty")
    for one in form.fields if form else ():
        one.hint = ""  # the catalog stands above, and a ruling may name a unit that gave it back
    rest = [WayOut(one) for name, one in sheet.forms.items() if name in ("note", "link")]
    order, rules = sheet.order, sheet.rules
    duty = rules.duty(order, sheet.now)
    found = Hearing(
        sides=list(_sides(sheet)),
        turns=[(rules.unit_name(leg.unit), words.zh(words.LEG_STATES, leg.state)) for leg in order.legs if leg.lead],
        dispute=sheet.stop("refer_to_ruling"),
        line=line_words(rules, duty) if duty else "",
        named=made.named,
        form=form,
        ways=rest,
    )
    found.amendment = amendment(order, rules, duty)
    found.address = catalog_address(order) if found.amendment else ""
    return found


def _sides(sheet: Sheet) -> Iterator[Side]:
    """Those who gave it back, in turn, and those whom they name and who have not spoken yet."""
    order, rules = sheet.order, sheet.rules
    asked = [one for one in order.requests if one.type == "return"]
    spoken = {one.unit for one in asked}
    for one in asked:
        papers = next((stop for stop in sheet.way if stop.move == "request_return" and stop.at == one.at), None)
        proper = str(one.detail.get("proper_unit", ""))
        yield Side(
            one.unit,
            rules.unit_name(one.unit),
            one,
            papers,
            rules.unit_name(proper) if proper else "",
            words.zh(words.REQUEST_STATES, one.state),
            _lines(rules, order, one.unit, sheet),
        )
    named = dict.fromkeys(str(one.detail.get("proper_unit", "")) for one in asked)
    for unit in named:
        if unit and unit not in spoken:
            yield Side(unit, rules.unit_name(unit), lines=_lines(rules, order, unit, sheet))


def _lines(rules: Rules, order: Order, unit: str, sheet: Sheet) -> list[str]:
    """What the catalog says of this unit for the order's matter: that it leads, that it assists, or nothing."""
    duty = rules.duty(order, sheet.now)
    if duty is None:
        return []
    if rules.catalog.lead(duty, order.region) == unit:
        return [f"{line_words(rules, duty)}写它牵头"]
    return [f"{line_words(rules, duty)}写它配合"] if unit in duty.assist else []


def amendment(order: Order, rules: Rules, duty: Duty | None) -> str:
    """What the catalog should say after the duty was settled, when it says something else; empty otherwise.

    A ruling settles the duty for the catalog, not for the order (domain.md §3).
    """
    if not order.settled:
        return ""
    named = rules.catalog.lead(duty, order.region) if duty else None
    if named == order.settled:
        return ""
    should = rules.unit_name(order.settled)
    if duty is None or named is None:
        return f"派单目录里没有这一条，应补上：{should}牵头"
    return f"{line_words(rules, duty)}现在写{rules.unit_name(named)}牵头，应改为{should}"


def catalog_address(order: Order) -> str:
    """Where the line is changed; empty where this city's system has no such page."""
    try:
        resolve(CATALOG)
    except Resolver404:
        return ""
    return f"{CATALOG}?matter={order.matter}&region={order.region}"
