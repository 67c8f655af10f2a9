"""Other orders that belong to this one, as one person may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from jiesu.domain import privacy, sight
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules
from jiesu.store import kin, similar
from jiesu.store.kin import Kin
from jiesu.web.frame.gate import Person
from jiesu.web.frame.lines import reads_titles

# What a similar order is looked for at: the time of the order itself, and the days in which one event is reported.
_AFTERWARDS: Final = timedelta(days=3)
_PAST: Final = timedelta(days=90)  # what was done with so long ago is merged, linked and compared with nothing any more
_MOST_LIKE: Final = 6


@dataclass(frozen=True, slots=True)
class Relative:
    """One other order; ``title`` is empty where it may not be read. ``reasons``: why it is thought to be alike."""

    row: Kin
    title: str
    unit: str
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Related:
    """The groups of the page; ``children`` counts those that were merged into the order, shown or not."""

    parent: list[Relative] = field(default_factory=list)
    child: list[Relative] = field(default_factory=list)
    link: list[Relative] = field(default_factory=list)
    person: list[Relative] = field(default_factory=list)
    like: list[Relative] = field(default_factory=list)
    children: int = 0
    event: str = ""

    @property
    def groups(self) -> list[tuple[str, list[Relative]]]:
        named = [
            ("主工单", self.parent),
            (f"并入的诉求，共 {self.children} 件", self.child),
            ("关联", self.link),
            ("同一诉求人", self.person),
            (self.event or "同一地点或相近的诉求", self.like),
        ]
        return [(zh, rows) for zh, rows in named if rows]


def related(who: Person, order: Order, place: str, text: str, rules: Rules, opened: set[str]) -> Related:
    """At most 2 statements; nothing of orders that this person may not see, nor who else somebody is."""
    found = Related(children=len(order.children))
    alike = _alike(who, order, place, text)
    # That it is the same matter alone says too little; the last of the reasons is its age, which the row shows.
    reasons = {one.number: one.reasons[:-1] for one in alike.orders if set(one.reasons[:-1]) - {"事项相同"}}
    named = sight.knows_person(who.actor, order, opened="name" in opened)
    rows = kin.kin(
        order.number,
        parent=order.parent,
        links=order.links,
        person=order.person if named else None,
        likes=list(reasons),
        units=who.units if sight.from_outside(who.actor) else None,
    )
    first = [row for row in rows if row.why != "like"]
    known = {row.number for row in first}
    for row in [*first, *_in_order(rows, list(reasons))]:
        if (row.why == "like" and row.number in known) or (row.why == "person" and _guarded(who, row)):
            continue
        getattr(found, row.why).append(_relative(who, row, rules, reasons))
    if len(alike.same_event) >= similar.EVENT_ORDERS and len(found.like) >= similar.EVENT_ORDERS:
        found.event = alike.event
    return found


def _in_order(rows: Sequence[Kin], likely: Sequence[int]) -> list[Kin]:
    return sorted((row for row in rows if row.why == "like"), key=lambda row: likely.index(row.number))


def _alike(who: Person, order: Order, place: str, text: str) -> similar.Found:
    if not text or order.erased or sight.sight(who.actor, order, "text") == "nothing" or order.received_at is None:
        return similar.Found()
    if order.closed_at is not None and who.now - order.closed_at > _PAST:
        return similar.Found()
    at = min(who.now, order.received_at + _AFTERWARDS)
    return similar.like(text, place, order.matter, now=at, limit=_MOST_LIKE, but=order.number)


def _guarded(who: Person, row: Kin) -> bool:
    """Whether the other order may not be told to be the same person's."""
    if not row.secret and row.kind != "report":
        return False
    sights = [privacy.sees(role, "name", own_unit=True, secret=True, kind=row.kind) for role in who.roles]
    return "full" not in sights


def _relative(who: Person, row: Kin, rules: Rules, reasons: dict[int, tuple[str, ...]]) -> Relative:
    title = (row.title or "（无标题）") if reads_titles(who.actor, row) else ""
    unit = rules.unit_name(row.lead_unit) if row.lead_unit else ""
    return Relative(row, title, unit, reasons.get(row.number, ()) if row.why == "like" else ())
