"""Rules that always hold (domain.md §3, §4), each a function that is asked after every event of a life."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jiesu.domain.apply import replay
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Clock, Event, Order
from jiesu.domain.words import FLAGS, LEG_STATES, OUTCOMES, REQUEST_STATES, STATES
from tests.cast import CENTER, PEOPLE


@dataclass(frozen=True, slots=True)
class Step:
    """One event, the order before and after it, and all events so far."""

    before: Order
    event: Event
    after: Order
    events: Sequence[Event]


# The only moves that give a clock another end: extension, complex, resume, a form send-back, a recalculation.
MAY_MOVE_DEADLINES: Final = frozenset({"agree_extension", "agree_complex", "resume", "send_back", "recalculate"})
_ENDED: Final = ("returned", "released")
_OF_A_LEG: Final = ("return", "extension", "complex", "shelve", "assist", "objection", "whistle")


def image(order: Order) -> bytes:
    """Everything that an order holds, as bytes that change when anything in it does."""
    return pickle.dumps(order)


def clocks(order: Order) -> Iterator[tuple[str, Clock]]:
    """Every clock of an order and of its legs, by a name that lasts."""
    for name, clock in order.clocks.items():
        yield name, clock
    for leg in order.legs:
        for name, clock in leg.clocks.items():
            yield f"{leg.no}.{name}", clock


def replaying_gives_the_order(step: Step) -> None:
    assert replay(step.events, step.after.number) == step.after


def the_version_counts_the_events(step: Step) -> None:
    assert step.after.version == step.event.seq == len(step.events)


def time_never_runs_back(step: Step) -> None:
    assert step.after.last_at == step.event.at
    assert step.before.last_at is None or step.event.at >= step.before.last_at


def the_move_ends_where_the_table_says(step: Step) -> None:
    move, before, after = MOVES[step.event.move], step.before.state, step.after.state
    assert before in move.frm
    assert after in STATES
    assert after in move.to if move.to else after == before


def moves_beside_the_state_leave_it(step: Step) -> None:
    if MOVES[step.event.move].beside:
        assert (step.after.state, step.after.outcome) == (step.before.state, step.before.outcome)
        assert step.after.round == step.before.round


def at_most_one_unit_leads(step: Step) -> None:
    leading = [leg for leg in step.after.legs if leg.lead and leg.state not in _ENDED]
    assert len(leading) <= 1
    assert step.after.lead is (leading[0] if leading else None)


def work_in_a_units_hands_has_a_lead(step: Step) -> None:
    if step.after.state in ("dispatched", "handling", "shelved", "replied", "callback"):
        assert step.after.lead is not None


def a_unit_has_one_live_leg(step: Step) -> None:
    live = [leg.unit for leg in step.after.legs if leg.state not in _ENDED]
    assert len(live) == len(set(live))


def an_excluded_unit_leads_only_by_ruling(step: Step) -> None:
    lead = step.after.lead
    assert lead is None or lead.unit not in step.after.excluded or lead.provisional


def a_ruling_stands(step: Step) -> None:
    lead = step.before.lead
    if lead is not None and lead.provisional and step.before.is_open and step.after.is_open:
        assert step.after.lead is not None
        assert step.after.lead.no == lead.no


def a_unit_asks_a_return_once(step: Step) -> None:
    asked = [one.unit for one in step.after.requests if one.type == "return"]
    assert len(asked) == len(set(asked))


def a_running_clock_keeps_its_start(step: Step) -> None:
    after = dict(clocks(step.after))
    for name, clock in clocks(step.before):
        if clock.running:
            assert after[name].start == clock.start, f"{name} was started anew while it ran"


def deadlines_move_only_by_decision(step: Step) -> None:
    if step.event.move in MAY_MOVE_DEADLINES:
        return
    after = dict(clocks(step.after))
    for name, clock in clocks(step.before):
        if after[name].start == clock.start:
            assert (after[name].due, after[name].amber) == (clock.due, clock.amber), f"{name} moved"


def amber_comes_before_red(step: Step) -> None:
    for name, clock in clocks(step.after):
        assert clock.amber <= clock.due, name
        assert clock.stopped is None or clock.stopped <= step.event.at, name


def the_first_rating_never_changes(step: Step) -> None:
    if step.before.first_rating is not None:
        assert step.after.first_rating == step.before.first_rating
        assert step.after.first_resolved == step.before.first_resolved
    assert step.after.callbacks[: len(step.before.callbacks)] == step.before.callbacks


def the_citizens_clock_is_never_reset(step: Step) -> None:
    if "citizen" in step.before.clocks:
        assert step.after.clocks["citizen"].start == step.before.clocks["citizen"].start
    if step.before.accepted_at is not None:
        assert step.after.accepted_at == step.before.accepted_at


def the_citizen_waits_until_a_reply_is_accepted(step: Step) -> None:
    order = step.after
    if order.accepted_at and not order.foreign and order.state != "closed" and order.passed_at is None:
        assert order.clocks["citizen"].running


def a_closed_order_has_an_outcome_and_rests(step: Step) -> None:
    order = step.after
    if order.state == "closed":
        assert order.outcome in OUTCOMES
        assert order.closed_at is not None
        assert [name for leg in order.legs for name, clock in leg.clocks.items() if clock.running] == []
    else:
        assert (order.outcome, order.closed_at) == (None, None)


def requests_end_with_what_they_were_about(step: Step) -> None:
    for one in step.after.requests:
        if one.open and one.type in _OF_A_LEG:
            assert step.after.is_open, f"{one.type} open on a closed order"
            assert step.after.leg(one.leg).state not in _ENDED, f"{one.type} open on a leg that ended"


def only_two_others_can_exempt(step: Step) -> None:
    if not step.after.exempt:
        return
    agreed = [one for one in step.after.requests if one.type == "exemption" and one.state == "agreed"]
    assert len(agreed) == 1
    approvers = [who for who, _ in agreed[0].approvals]
    assert len(approvers) == 2
    assert len({agreed[0].by, *approvers}) == 3
    homes = {one.id: one.units for one in PEOPLE}
    assert any(CENTER not in homes[who] for who in approvers)


def a_chase_only_counts(step: Step) -> None:
    if step.event.move == "chase":
        assert step.after.chases == step.before.chases + 1
        assert (step.after.legs, step.after.requests) == (step.before.legs, step.before.requests)


def every_code_is_known(step: Step) -> None:
    assert set(step.after.flags) <= FLAGS.keys()
    assert {leg.state for leg in step.after.legs} <= LEG_STATES.keys()
    assert {one.state for one in step.after.requests} <= REQUEST_STATES.keys()


ALL: Final[tuple[Callable[[Step], None], ...]] = (
    replaying_gives_the_order,
    the_version_counts_the_events,
    time_never_runs_back,
    the_move_ends_where_the_table_says,
    moves_beside_the_state_leave_it,
    at_most_one_unit_leads,
    work_in_a_units_hands_has_a_lead,
    a_unit_has_one_live_leg,
    an_excluded_unit_leads_only_by_ruling,
    a_ruling_stands,
    a_unit_asks_a_return_once,
    a_running_clock_keeps_its_start,
    deadlines_move_only_by_decision,
    amber_comes_before_red,
    the_first_rating_never_changes,
    the_citizens_clock_is_never_reset,
    the_citizen_waits_until_a_reply_is_accepted,
    a_closed_order_has_an_outcome_and_rests,
    requests_end_with_what_they_were_about,
    only_two_others_can_exempt,
    a_chase_only_counts,
    every_code_is_known,
)
