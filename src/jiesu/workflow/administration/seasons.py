"""A season's days, changed in every line of the catalog that has it: one change of several lines."""

from __future__ import annotations

from datetime import date

from jiesu.domain.administration import catalog
from jiesu.domain.administration.things import print_of
from jiesu.domain.errors import Refused
from jiesu.store.administration import lines
from jiesu.workflow.administration.enact import seen_lines
from jiesu.workflow.administration.wanted import Wanted


def wanted(name: str, *, begins: str, ends: str, since: date) -> list[Wanted]:
    """The changes that give the season other days (MM-DD) from ``since`` on. Raises Refused when no line has it."""
    found = []
    for key, held in lines.of_keys(lines.with_season(name, since)).items():
        days = {"season_from": begins, "season_to": ends, "effective_from": since.isoformat()}
        after = {**catalog.held_on(held, since), **days}
        found.append(Wanted("catalog", key, after, since, seen=print_of(seen_lines(held))))
    if not found:
        raise Refused(f"目录里没有写着“{name}”的条目", field="name")
    return found
