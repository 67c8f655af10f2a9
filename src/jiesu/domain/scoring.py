"""A city's scores and cards, as a profile tells them: piecewise linear, with a floor (domain.md §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiesu.domain.standing import Share, rounded


def score(rule: Mapping[str, Any], share: Share, *, least: int) -> Decimal | None:
    """The points of a rate: ``full`` less ``per_point`` for each percentage point below ``target``, at least ``floor``.

    Taken from the rate as published. None where there are fewer cases than ``least``: no points, and none lost.
    """
    if share.n < least or share.percent is None:
        return None
    full, floor, target, per_point = (Decimal(str(rule[name])) for name in ("full", "floor", "target", "per_point"))
    missing = max(Decimal(0), target - share.percent)
    return rounded(max(floor, full - per_point * missing))


def price(rule: Mapping[str, Any], share: Share, *, least: int) -> Decimal | None:
    """The points that one case which is not good costs: the score with that case good, less the score as it is.

    None without a score; nothing where the score is already at its floor, or above the target.
    """
    now = score(rule, share, least=least)
    if now is None or share.good + share.part >= share.n:
        return None
    better = score(rule, Share(share.n, share.good + 1, share.part, share.weight), least=least)
    return (better or now) - now


@dataclass(frozen=True, slots=True)
class Card:
    """A card that is due to a unit: nobody has it until its ``approver`` agrees."""

    unit: str
    colour: str
    zh: str
    approver: str
    days: int


def cards(rule: Mapping[str, Any], shares: Mapping[str, Sequence[Share]], *, least: int) -> list[Card]:
    """The cards that a rule means; ``shares``: of each unit the rate of the last windows, the newest first.

    None while the rule is off (its default), and none for a window with fewer cases than ``least``.
    """
    if not rule.get("on"):
        return []
    below, times = Decimal(str(rule["below"])), int(rule["times"])
    found = []
    for unit, held in sorted(shares.items()):
        last = held[:times]
        if len(last) == times and all(one.n >= least and (one.percent or Decimal(0)) < below for one in last):
            found.append(Card(unit, str(rule["colour"]), str(rule["zh"]), str(rule["approver"]), int(rule["days"])))
    return found
