"""A line of a list as one person may see it: masked words and names for codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jiesu.domain import privacy, sight
from jiesu.domain.order import Actor, Order
from jiesu.domain.rules import Rules
from jiesu.store import worklists
from jiesu.web.frame.gate import Person
from jiesu.web.order import forms


class Titled(Protocol):
    """What of an order decides whether its title may be read."""

    @property
    def kind(self) -> str: ...

    @property
    def secret(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A row with what the page says beside it."""

    row: worklists.Row
    title: str
    place: str
    matter: str
    region: str
    unit: str
    amber_at: datetime | None
    due_at: datetime | None


def line(who: Person, row: worklists.Row, rules: Rules) -> Line:
    told = reads_titles(who.actor, row)
    hidden = sight.calling(who.actor, Order(row.number, state=row.state, outcome=row.outcome))
    # What a closed order still waits for is the centre's to ask.
    hidden = hidden or (row.state == "closed" and sight.from_outside(who.actor))
    return Line(
        row,
        title=row.title if told else "",
        place=row.place if told else "",
        matter=forms.matter_name(rules, row.matter),
        region=forms.region_name(rules, row.region),
        unit=rules.unit_name(row.lead_unit) if row.lead_unit else "",
        amber_at=None if hidden else row.amber_at,
        due_at=None if hidden else row.due_at,
    )


def reads_titles(actor: Actor, row: Titled) -> bool:
    """Whether the masked title may be read; a unit's lists hold nothing but orders that concern it."""
    return any(
        privacy.sees(role, "text", own_unit=True, secret=row.secret, kind=row.kind) != "nothing"
        for role, _ in actor.roles
        if role in privacy.ROLES
    )
