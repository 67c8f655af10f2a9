"""Every move of the table that people make can be made in a browser, by its form and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.moves import MOVES
from tests.web import situations
from tests.web.desk import Desk, events_of, photo
from tests.web.situations import Case

HANDS = [move.name for move in MOVES.values() if move.hand]


def test_every_move_that_people_make_has_a_story() -> None:
    assert sorted(situations.MOVES) == sorted(HANDS)


@pytest.mark.parametrize("name", HANDS)
def test_the_move_is_made_by_its_form(module_desk: Desk, name: str) -> None:
    case, desk = situations.MOVES[name], module_desk
    order = case.at()
    assert order.last_at is not None
    desk.at = order.last_at + case.wait
    form = desk.order(case.who, order.number).forms[name]
    told = [fact for fact in (*MOVES[name].needs, *MOVES[name].may) if fact != "step"]
    assert sorted(form.values) == sorted([*told, "csrfmiddlewaretoken", "rules", "seen"])
    assert form.values["seen"] == [str(order.version)]
    assert form.button == MOVES[name].zh

    page = desk.send(case.who, form, **_written(case))

    made = [event for event in events_of(order.number)[order.version :] if event.role != "system"]
    assert (page.status, [event.move for event in made]) == (200, [name]), page.forms[name].problems
    given = {fact for fact, value in case.given.items() if value != []}
    assert given - set(made[0].data.get("facts", {})) == set()


def _written(case: Case) -> dict[str, Any]:
    return {
        name: photo() if value == "photo" else value() if callable(value) else value
        for name, value in case.given.items()
    }
