"""The one table of desks: who sits where, what waits there, and where the desk's own screen is.

The navigation at the left, the page after signing in and the tests of the desks are read from it. A list's own words
(what it is called, what is said when it is empty) stand with its condition in ``store.worklists``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from jiesu.store.worklists import Queue


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk.

    ``name``: its folder below ``web`` (``urls.urlpatterns`` there is included); ``address``: its own screen, empty
    while its first list is its screen; ``roles``: whose home it is; ``also``: who may sit there besides;
    ``queues``: names of lists in ``store.worklists`` that stand beneath it, for those whose role has them;
    ``due``: those whose orders wait for the one who sits there, added up to the desk's one number;
    ``key``: the letter after ``g`` that goes there; ``guests``: the screen of those who sit there besides, where it is
    another one.
    """

    name: str
    zh: str
    key: str
    roles: frozenset[str]
    queues: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    address: str = ""
    guests: str = ""

    def screen(self, roles: Collection[str]) -> str:
        """The desk's own screen for somebody with these roles; empty where its first list is its screen."""
        return self.address if self.is_home(roles) or not self.guests else self.guests

    def is_home(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles does his own work here."""
        return bool(self.roles & set(roles))

    def seats(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles may sit here."""
        return bool((self.roles | self.also) & set(roles))

    def lists(self, mine: Collection[Queue]) -> list[Queue]:
        """The lists of this desk among those that the person has, in the desk's order."""
        by_name = {queue.name: queue for queue in mine}
        return [by_name[name] for name in self.queues if name in by_name]

    def waiting(self, counts: Mapping[str, int]) -> int:
        """How many orders wait for the one who sits here."""
        return sum(counts.get(name, 0) for name in self.due)


def _roles(*names: str) -> frozenset[str]:
    return frozenset(names)


DESKS: Final = (
    Desk(
        "intake",
        "受理",
        "s",
        _roles("agent"),
        ("received", "needs_details", "all"),
        ("received",),
        also=_roles("dispatcher"),
        address="/register",
    ),
    Desk(
        "dispatch",
        "派单",
        "p",
        _roles("dispatcher"),
        ("received", "accepted", "returns", "asked", "needs_details", "all"),
        ("received", "accepted", "returns", "asked"),
        address="/dispatch",
    ),
    Desk(
        "unit",
        "办理",
        "b",
        _roles("unit_clerk", "unit_leader"),
        ("sign", "work", "whistle", "told", "mine"),
        ("sign", "work", "whistle", "told"),
        address="/unit",
    ),
    Desk("review", "审核", "h", _roles("reviewer"), ("review",), ("review",), address="/review"),
    Desk(
        "callback",
        "回访",
        "f",
        _roles("callback_clerk"),
        ("callback", "after", "sample"),
        ("callback", "after", "sample"),
        address="/callback",
    ),
    Desk(
        "supervise",
        "督办",
        "d",
        _roles("supervisor", "exemption_approver"),
        ("red", "amber", "flagged", "decide", "exempt", "all"),
        ("red", "decide", "exempt"),
        address="/supervise",
    ),
    Desk("ruling", "裁定", "c", _roles("arbiter"), ("ruling", "duty"), ("ruling", "duty"), address="/ruling"),
    Desk(
        "quality",
        "质检",
        "z",
        _roles("inspector", "supervisor"),
        ("all",),
        ("drawn", "disputed", "judged"),
        also=_roles("agent", "dispatcher", "reviewer", "callback_clerk", "unit_clerk", "unit_leader"),
        address="/quality",
        guests="/quality/mine",
    ),
    Desk("leader", "领导", "l", _roles("city_leader"), ("high", "instructed", "all"), ("high",), address="/leader"),
    Desk("analyst", "分析", "x", _roles("analyst"), ("all",), address="/analyst"),
    Desk("admin", "管理", "m", _roles("administrator"), ("all",), address="/admin"),
    Desk(
        "privacy",
        "个人信息保护",
        "y",
        _roles("dpo"),
        ("closed",),
        also=_roles("supervisor"),
        address="/privacy",
    ),
    Desk(
        "figures",
        "三率",
        "t",
        _roles(),
        due=("preliminary",),
        also=_roles("supervisor", "analyst", "city_leader", "administrator", "unit_clerk", "unit_leader"),
        address="/figures",
    ),
    Desk(
        "shift",
        "交接班",
        "j",
        _roles(),
        also=_roles("agent", "dispatcher", "callback_clerk", "supervisor", "administrator"),
        address="/shift",
    ),
    Desk(
        "daily",
        "日报",
        "r",
        _roles(),
        also=_roles("supervisor", "city_leader", "analyst", "administrator"),
        address="/daily",
    ),
    Desk(
        "bulletin",
        "通报",
        "e",
        _roles(),
        also=_roles("supervisor", "analyst", "city_leader", "administrator", "inspector", "unit_clerk", "unit_leader"),
        address="/bulletin",
    ),
    Desk(
        "outage",
        "应急",
        "o",
        _roles(),
        also=_roles("agent", "dispatcher", "supervisor", "administrator"),
        address="/outage",
    ),
)


def of(roles: Collection[str]) -> list[Desk]:
    """The desks of somebody with these roles: first those that are home to him, then where he may sit besides."""
    home = [desk for desk in DESKS if desk.is_home(roles)]
    return home + [desk for desk in DESKS if desk not in home and desk.seats(roles)]
