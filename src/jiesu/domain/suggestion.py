"""Whom the catalog suggests for an order that waits to be dispatched, how sure that is, and which limits will run.

Pure, for the desk that shows it beside the order. It is a suggestion that a person confirms (domain.md §5); what is
lawful is decided when the order is dispatched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from jiesu.domain import words
from jiesu.domain.clocks import Limit
from jiesu.domain.duties import ANYWHERE, LOCAL, Duty
from jiesu.domain.order import Order, moment
from jiesu.domain.rules import Rules

SURE: Final = {
    "exact": "目录有这一条",
    "branch": "按上级事项推定，请核对",
    "rest": "只有兜底条目，请细看",
    "place": "由属地牵头，先定区域",
    "excluded": "目录写的单位已退单获准，请另选",
    "none": "目录没有这一条，请按职责选",
}
_LEADING: Final = ("acknowledge", "interim", "handle", "return_request")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the catalog says. ``lead`` and ``assist`` are codes, empty when nobody can be suggested; ``named``: the unit
    of the line even where it may not have the order again; ``why``: the line in words; ``sure``: a code of ``SURE``.
    """

    sure: str
    lead: str = ""
    assist: tuple[str, ...] = ()
    named: str = ""
    why: str = ""
    legal_basis: str = ""
    by_law: bool = False

    @property
    def sure_zh(self) -> str:
        return SURE[self.sure]


@dataclass(frozen=True, slots=True)
class Running:
    """A limit that starts with the dispatch, and when it ends. ``assisting``: the assisting units' own."""

    zh: str
    limit: Limit
    due: datetime
    assisting: bool = False


def suggest(rules: Rules, order: Order, now: datetime) -> Suggestion:
    """Whom the catalog names for the order's matter and place at ``now``; never a unit whose return was agreed."""
    duty = rules.duty(order, now)
    if duty is None:
        return Suggestion("none")
    named = rules.catalog.lead(duty, order.region) or ""
    why, basis = line_words(rules, duty), duty.legal_basis
    if not named:
        return Suggestion("place", why=why, legal_basis=basis)
    if named in order.excluded:
        return Suggestion("excluded", named=named, why=why, legal_basis=basis, by_law=duty.must_lead)
    assist = tuple(dict.fromkeys(_assisting(rules, duty, order, named)))
    return Suggestion(_sureness(duty, order), named, assist, named, why, basis, duty.must_lead)


def _assisting(rules: Rules, duty: Duty, order: Order, lead: str) -> Iterator[str]:
    for unit in duty.assist:
        found = rules.catalog.lead(replace(duty, lead=LOCAL), order.region) if unit == LOCAL else unit
        if found and found != lead and rules.can_handle(found):
            yield found


def _sureness(duty: Duty, order: Order) -> str:
    if duty.matter == order.matter:
        return "exact"
    return "rest" if duty.matter == ANYWHERE else "branch"


def line_words(rules: Rules, duty: Duty) -> str:
    """A line of the catalog in words: 派单目录：管网改造与保温（全市）."""
    matter = rules.matters.get(duty.matter, {}).get("name") or "所有事项"
    region = "全市" if duty.region == ANYWHERE else rules.regions.get(duty.region, {}).get("name") or duty.region
    return f"派单目录：{matter}（{region}）"


def running(rules: Rules, order: Order, now: datetime, *, assisted: bool) -> list[Running]:
    """The limits that a dispatch at ``now`` starts, the lead's and, when somebody assists, theirs (domain.md §4)."""
    found = []
    for name in _LEADING:
        limit = rules.limit(name, order, now)
        if limit:
            found.append(Running(words.CLOCKS[name], limit, moment(rules.due(limit, now)[0])))
    shared = rules.assist_limit(order, now) if assisted else None
    if shared:
        found.append(Running("配合办理", shared, moment(rules.due(shared, now)[0]), assisting=True))
    return found
