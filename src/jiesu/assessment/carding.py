"""Cards that the rules of a profile mean, proposed when a month is frozen; nobody has one until it is agreed to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jiesu.domain import scoring, unit_notices
from jiesu.domain.profiles import Profile
from jiesu.domain.standing import Share
from jiesu.domain.windows import Window
from jiesu.store import cards, notices, profiles, publications
from jiesu.store import rules as rules_store
from jiesu.store.publications import Published


def propose(window: Window, held: Published, *, now: datetime) -> int:
    """Propose the cards of a month that was just frozen, by those rules of its profile that are on, and tell their
    units; how many are new.

    A rule that looks at several months needs all of them frozen. One statement while every rule is off (its default).
    """
    profile = profiles.of(held.profile)
    rules = [rule for rule in profile.cards if rule.get("on")]
    if window.span != "month" or not rules:
        return 0
    shares = _shares(window, profile, rules)
    due = [
        (card, shares[rule["rate"]][card.unit][: int(rule["times"])])
        for rule in rules
        for card in scoring.cards(rule, shares[rule["rate"]], least=profile.min_sample)
    ]
    new = cards.propose(window, due, publication=held.id, now=now)
    told = [unit_notices.of_card("proposed", id_, unit, colour, window) for id_, unit, colour in new]
    notices.tell(told, at=now, rules=rules_store.current())
    return len(new)


def _shares(window: Window, profile: Profile, rules: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, list[Share]]]:
    """Of each rate and unit its shares as they were frozen, the newest first, up to the first month without one."""
    windows = [window]
    while len(windows) < max(int(rule["times"]) for rule in rules):
        windows.append(windows[-1].before)
    finals = publications.finals(windows)
    told: dict[tuple[int, str, str], Share] = {
        (id_, rate, unit): Share(cell.n, cell.good, cell.part, profile.rate(rate).weight)
        for id_, rate, unit, cell in publications.figures_of(list(finals.values()), "unit")
        if unit and any(rule["rate"] == rate for rule in rules)
    }
    found: dict[str, dict[str, list[Share]]] = {rule["rate"]: defaultdict(list) for rule in rules}
    for rate, held in found.items():
        for unit in sorted({unit for _, one, unit in told if one == rate}):
            for one in windows:
                share = told.get((finals[one].id, rate, unit)) if one in finals else None
                if share is None:
                    break
                held[unit].append(share)
    return found
