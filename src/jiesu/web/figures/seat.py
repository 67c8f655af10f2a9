"""Who reads figures, whose orders each may list, and what stands around every page of them."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from jiesu.domain import words
from jiesu.domain.rules import Rules
from jiesu.store.behind import EVERYBODY, Reader
from jiesu.web.frame.around import around
from jiesu.web.frame.gate import Person

READS_ALL: Final = frozenset({"supervisor", "analyst", "city_leader", "administrator"})
PUBLISHES: Final = frozenset({"supervisor", "administrator"})
WATCHES: Final = frozenset({"supervisor", "city_leader"})
LOADS: Final = frozenset({"administrator", "analyst"})
_EVERY_ORDER: Final = words.CENTRE_ROLES | {"city_leader", "exemption_approver"}


def reads(who: Person) -> bool:
    """Whether this person reads the figures of all units; a unit reads them too, and lists its own orders alone."""
    return bool((READS_ALL | words.UNIT_ROLES) & set(who.roles))


def has(who: Person, roles: frozenset[str]) -> bool:
    return bool(roles & set(who.roles))


def own_units(who: Person, rules: Rules) -> list[str]:
    """The units whose figures are this person's own: his unit, or the one that his section belongs to."""
    held = [rules.units[code] for code in who.units if code in rules.units]
    return sorted({one.parent if one.kind == "section" and one.parent else one.code for one in held})


def reader(who: Person, rules: Rules) -> Reader:
    """Whose orders this person may list behind a figure."""
    if has(who, _EVERY_ORDER):
        return EVERYBODY
    return Reader(units=who.units, own=sorted({*own_units(who, rules), *who.units}))


def surrounded(request: HttpRequest, who: Person, tab: str, **more: Any) -> dict[str, Any]:
    """What stands around a page of figures, with its tabs: one statement."""
    given = around(request, who, desk="figures", **more)
    own = own_units(who, given["rules"]) if given["rules"] else []
    tabs = [("board", "全市对照", f"{reverse('figures')}?by=unit")]
    if own:
        tabs.insert(0, ("unit", "本单位", reverse("figures-unit", args=[own[0]])))
    if has(who, READS_ALL):
        tabs.append(("trial", "试算", reverse("figures-trial")))
    tabs += [("published", "公布", reverse("figures-published")), ("profiles", "口径", reverse("figures-profiles"))]
    if has(who, WATCHES):
        tabs.append(("wall", "大屏", reverse("wall")))
    given.update(own=own, tabs=[(name, zh, address, name == tab) for name, zh, address in tabs])
    return given
