"""Random lives of an order: every move, every role, fitting and unfitting facts, over holidays and the new year.

``live(seed, steps)`` walks one life and checks every rule that always holds (``invariants``) after each step; the same
seed walks the same life. The tests walk some hundreds, ``campaigns/lives.py`` ten thousand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from jiesu.domain import facts as fact_table
from jiesu.domain.apply import apply
from jiesu.domain.callbacks import negative
from jiesu.domain.case import NOTHING_AROUND, Around, Child
from jiesu.domain.decide import decide
from jiesu.domain.errors import Refused
from jiesu.domain.moves import MOVES, Move, from_state
from jiesu.domain.order import Actor, Event, Order, Text
from jiesu.domain.words import KINDS, OUTCOMES, STATES, UNIT_ROLES
from tests import cast
from tests.domain import invariants

LONGEST: Final = 70
# Dated so that limits run over Spring Festival 2026 and its worked Saturdays, National Day and its, and New Year 2027.
BEGINNINGS: Final = tuple(
    cast.local(text)
    for text in ("2026-02-11 09:00", "2026-02-13 16:00", "2026-09-17 09:00", "2026-09-29 14:00", "2026-12-28 10:00")
)
ANNOUNCED: Final = cast.rules(
    calendar={"announced": [2026, 2027], "days": {**cast.PARTS["calendar"]["days"], "2027-01-04": False}}
)
PUSHED: Final = {  # how often a likely move is chosen; one that ends the life is rare, one that leads on is frequent
    "accept": 9, "dispatch": 9, "acknowledge": 9, "first_contact": 6, "reply": 9, "pass_review": 7, "rule": 9,
    "callback_attempt": 12, "leg_reply": 5, "leg_acknowledge": 5, "interim_reply": 4, "request_return": 5,
    "withdraw": 0.3, "refuse": 0.5, "answer_directly": 0.5, "transfer_out": 0.7, "merge_into": 0.3, "erase": 0.2,
    "write_off": 1, "note": 0.5, "reveal": 0.5, "mark": 0.5, "link": 0.5, "instruct": 0.7, "chase": 0.7,
    "correct": 0.7, "urge": 0.5, "supervise": 0.5, "escalate": 0.5, "reopen": 6, "rework": 6, "contest": 6,
    "recalculate": 0.5, "settle_duty": 2, "split_off": 3, "agree_return": 7, "shelve": 4, "agree_complex": 4,
    "close": 8, "inform": 12, "agree_extension": 4, "close_with_promise": 8, "check_promise": 20, "tell_result": 25,
    "confirm_late_entry": 6, "refuse_late_entry": 4,
}  # fmt: skip
_ASKED_BY: Final = {
    "shelve": ("shelve",), "refuse_shelve": ("shelve",), "agree_complex": ("complex",), "refuse_complex": ("complex",),
    "agree_extension": ("extension",), "refuse_extension": ("extension",), "agree_return": ("return",),
    "refuse_return": ("return",), "agree_assist": ("assist",), "refuse_assist": ("assist",),
    "agree_objection": ("objection",), "refuse_objection": ("objection",), "answer_whistle": ("whistle",),
    "report_in": ("whistle",), "decide_contest": ("contest",), "answer_instruction": ("instruction",),
    "approve_exemption": ("exemption",), "refuse_exemption": ("exemption",), "confirm_late_entry": ("late_entry",),
    "refuse_late_entry": ("late_entry",),
}  # fmt: skip
_FROM: Final = {state: from_state(state) for state in ("new", *STATES)}
_ABLE: Final = {
    name: [one for one in cast.PEOPLE if any(one.has(role) for role in move.by)] for name, move in MOVES.items()
}
_UNIT_PEOPLE: Final = {one.id for one in cast.PEOPLE if any(role in UNIT_ROLES for role, _ in one.roles)}
_CLAIMED_WITH: Final = {
    "promised": ("promise_due", "promise_owner", "promise_approver", "promise_text"),
    "statutory": ("statutory_number",),
    "unsolved": ("why_not",),
}
_HANDLING: Final = (cast.HEAT, cast.HOUSING, cast.WATER, cast.STREET, cast.PARKS)
_CODE = re.compile(r"[A-Za-z_]{3,}")


@dataclass(slots=True)
class Life:
    """One life as far as it has come."""

    rng: Random
    now: datetime
    order: Order
    events: list[Event] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    states: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    image: bytes = b""

    def words(self) -> Text:
        """Something said, remembered so that it can be searched for in the record."""
        plain = f"原话{self.rng.randrange(10**9)}号"
        self.said.append(plain)
        return cast.words(plain)


def live(seed: int, steps: int = LONGEST) -> Life:
    """Walk the life of ``seed`` for ``steps`` steps; AssertionError, naming the step, when a rule is broken."""
    rng = Random(seed)
    life = Life(rng, rng.choice(BEGINNINGS), Order(cast.NUMBER))
    life.image = invariants.image(life.order)
    for n in range(steps):
        _pass_time(life)
        move, who, facts = _wish(life)
        try:
            _step(life, move, who, facts)
        except Exception as broken:
            broken.add_note(f"seed {seed}, step {n}: {move} by {who.id} {facts} on {life.order.state}")
            raise
    return life


def _pass_time(life: Life) -> None:
    rng = life.rng
    chance = rng.random()
    if chance < 0.6:
        gone = timedelta(minutes=rng.uniform(0, 120))
    elif chance < 0.85:
        gone = timedelta(hours=rng.uniform(1, 30))
    elif chance < 0.97:
        gone = timedelta(days=rng.uniform(1, 6))
    else:
        # Clocks of two machines differ; and some orders wait for weeks.
        gone = rng.choice([timedelta(minutes=-30), timedelta(days=35)])
    life.now += gone


def _wish(life: Life) -> tuple[str, Actor, dict[str, Any]]:
    """What somebody wants to do: mostly something that this state knows, by somebody whose work it is."""
    rng, order = life.rng, life.order
    if order.state == "new" and rng.random() < 0.9:
        name = "adopt" if rng.random() < 0.15 else "register"
    elif rng.random() < 0.85:
        likely = [move.name for move in _FROM[order.state] if _timely(move, order)]
        name = rng.choices(likely, [PUSHED.get(one, 2) for one in likely])[0]
    else:
        name = rng.choice([*MOVES, "飞走"])
    move = MOVES.get(name)
    if move is None:
        return name, rng.choice(cast.PEOPLE), {}
    who = _fitting(life, move) if rng.random() < 0.92 else rng.choice(cast.PEOPLE)
    facts = _facts(life, move, who)
    if rng.random() < 0.12:
        _spoil(life, move, facts)
    return name, who, facts


def _timely(move: Move, order: Order) -> bool:
    """Whether a person who looks at the order would think of the move."""
    types = _ASKED_BY.get(move.name)
    if types is not None:
        return any(one.open and one.type in types for one in order.requests)
    return _OCCASION[move.name](order) if move.name in _OCCASION else True


_OCCASION: Final[dict[str, Callable[[Order], bool]]] = {
    "release_child": lambda order: bool(order.children),
    "settle_duty": lambda order: order.ruled and not order.settled,
    "refer_to_ruling": lambda order: len(order.tried) > 2 or any(one.type == "return" for one in order.requests),
    "callback_attempt": lambda order: not order.anonymous and order.outcome in (None, "merged", "refused", "informed"),
    "rate": lambda order: order.outcome in (None, "merged") and order.answer() is None,
    "leg_acknowledge": lambda order: any(leg.state == "dispatched" for leg in order.assisting),
    "leg_reply": lambda order: any(leg.state == "acknowledged" for leg in order.assisting),
    "object": lambda order: any(not leg.objected for leg in order.assisting),
    "release_leg": lambda order: bool(order.assisting),
    "contest": lambda order: order.outcome in ("refused", "transferred"),
    "split_off": lambda order: order.outcome == "merged",
    "reopen": lambda order: order.outcome not in ("merged", "refused", "transferred"),
    "confirm_withdrawal": lambda order: order.outcome == "withdrawn" and order.pressed is None,
    "check_promise": lambda order: bool(order.promise) and order.outcome == "promised",
    "tell_result": lambda order: bool(order.statutory),
    "inform": lambda order: order.kind == "praise",
    "first_contact": lambda order: not order.anonymous and bool(order.lead) and order.lead.contacted_at is None,
    "close": lambda order: order.answer() is not None and order.claim != "promised",
    "close_with_promise": lambda order: order.claim == "promised",
    "close_unreachable": lambda order: order.anonymous or len(order.this_round()) > 2,
    "rework": lambda order: negative(order.answer()),
    "reply": lambda order: bool(order.lead) and (order.lead.contacted_at is not None or order.anonymous),
    "claim_late_entry": lambda order: bool(order.lead) and order.lead.acknowledged_at is not None,
}


def _fitting(life: Life, move: Move) -> Actor:
    """Somebody with a role for the move; of a unit's people one of the unit whose turn it is."""
    order, rng = life.order, life.rng
    units: set[str] = set()
    if move.leg == "lead" and order.lead:
        units = {order.lead.unit}
    elif move.leg == "assist":
        units = {leg.unit for leg in order.assisting}
    elif move.leg in ("summoned", "addressed"):
        units = {unit for one in order.requests for unit in one.detail.get("units", [one.unit])}
    elif order.legs:
        units = {leg.unit for leg in order.legs}
    able = [one for one in _ABLE[move.name] if one.person in (None, order.person or 7001)]
    near = [one for one in able if one.id not in _UNIT_PEOPLE or one.units & units]
    return rng.choice(near or able)


# -- facts


def _facts(life: Life, move: Move, who: Actor) -> dict[str, Any]:
    given = {name: _fact(life, move, name, who) for name in move.needs}
    optional = 0.85 if move.name in ("register", "reply", "request_return", "urge", "supervise", "escalate") else 0.3
    for name in move.may:
        if life.rng.random() < optional:
            given[name] = _fact(life, move, name, who)
    if move.name == "reply" and "claim" not in given and life.rng.random() < 0.7:
        given["claim"] = "solved"
    if life.rng.random() < 0.8:
        for name in _CLAIMED_WITH.get(str(given.get("claim")), ()):
            given[name] = _fact(life, move, name, who)
    if move.name == "register" and life.rng.random() < 0.9:
        given |= {"person": who.person or 7001, "anonymous": False}
    if move.name == "callback_attempt":
        _as_answered(life, move, who, given)
    return given


def _as_answered(life: Life, move: Move, who: Actor, given: dict[str, Any]) -> None:
    for name in ("resolved", "rating"):
        given.pop(name, None)
        if given["attempt"] == "answered":
            given[name] = _fact(life, move, name, who)


def _fact(life: Life, move: Move, name: str, who: Actor) -> Any:
    special = _SPECIAL.get(name)
    if special:
        return special(life, move, who)
    fact, rng = fact_table.FACTS[name], life.rng
    if fact.type in ("text", "line"):
        return life.words()
    if fact.type == "choice":
        return rng.choice(list(fact_table.CHOICES[fact.of]))
    if fact.type == "code":
        return rng.choice(list(cast.RULES.reasons[fact.of]))
    return _BY_TYPE[fact.type](life)


def _request(life: Life, move: Move, who: Actor) -> int:
    types = _ASKED_BY.get(move.name, ())
    fitting = [one.no for one in life.order.requests if one.type in types and (one.open or life.rng.random() < 0.1)]
    return life.rng.choice(fitting or [1])


def _lead(life: Life, move: Move, who: Actor) -> str:
    named = cast.RULES.duty(life.order, life.now)
    lead = cast.RULES.catalog.lead(named, life.order.region) if named else None
    return lead if lead and life.rng.random() < 0.6 else life.rng.choice(_HANDLING)


def _unit_for(life: Life, move: Move, who: Actor) -> str:
    held = [leg.unit for leg in life.order.assisting]
    if move.name == "release_leg" and held and life.rng.random() < 0.8:
        return life.rng.choice(held)
    return life.rng.choice(_HANDLING)


def _ground(life: Life, move: Move, who: Actor) -> str:
    fitting = {"promised": "promise_broken", "unreachable": "unreachable", "withdrawn": "pressed", "informed": "sample"}
    likely = fitting.get(life.order.outcome or "", "new_facts")
    return life.rng.choice([likely, likely, *fact_table.CHOICES["ground"]])


def _later(life: Life, *_: Any) -> datetime:
    return life.now + timedelta(days=life.rng.uniform(-1, 20))


def _claimed_at(life: Life, *_: Any) -> datetime:
    lead = life.order.lead
    if lead and lead.acknowledged_at and life.rng.random() < 0.8:
        return lead.at + (lead.acknowledged_at - lead.at) * life.rng.random()
    return life.now - timedelta(minutes=life.rng.expovariate(1 / 600))


def _foreign(life: Life, *_: Any) -> dict[str, Any]:
    rng = life.rng
    state = rng.choice(list(STATES))
    before = life.now - timedelta(days=rng.uniform(0, 30))
    return {
        "state": state,
        "outcome": rng.choice(list(OUTCOMES)),
        "unit": rng.choice([*_HANDLING, None]),
        "due": rng.choice([None, life.now + timedelta(days=rng.uniform(-5, 5))]),
        "set": {
            "received_at": before,
            "closed_at": life.now if state == "closed" else None,
            "kind": rng.choice(list(KINDS)),
            "matter": rng.choice(list(cast.RULES.matters)),
            "person": rng.choice([7001, None]),
        },
    }


_SPECIAL: Final[dict[str, Callable[[Life, Move, Actor], Any]]] = {
    "request": _request,
    "lead": _lead,
    "to_unit": _unit_for,
    "unit": _unit_for,
    "ground": _ground,
    "proper_unit": _unit_for,
    "person": lambda life, move, who: who.person or 7001,
    "anonymous": lambda life, move, who: life.rng.random() < 0.15,
    "secret": lambda life, move, who: life.rng.random() < 0.1,
    "kind": lambda life, move, who: life.rng.choice(["complaint", "help", "complaint", *KINDS]),
    "urgency": lambda life, move, who: life.rng.choice(["normal", "normal", "urgent", "emergency"]),
    "claim": lambda life, move, who: life.rng.choice(["solved", "solved", *fact_table.CHOICES["claim"]]),
    "contact": lambda life, move, who: life.rng.choice(["reached", "reached", "not_reached"]),
    "attempt": lambda life, move, who: life.rng.choice(["answered", *fact_table.CHOICES["attempt"], "no_answer"]),
    "days": lambda life, move, who: life.rng.randint(1, 11),
    "parent": lambda life, move, who: cast.NUMBER + life.rng.randint(0, 9),
    "other": lambda life, move, who: cast.NUMBER + life.rng.randint(0, 9),
    "child": lambda life, move, who: cast.NUMBER + life.rng.randint(1, 3),
    "section": lambda life, move, who: life.rng.choice([cast.REPAIR, cast.SITES, cast.WATER]),
    "assist": lambda life, move, who: life.rng.sample(_HANDLING, life.rng.randint(0, 2)),
    "units": lambda life, move, who: life.rng.sample(_HANDLING, life.rng.randint(0, 2)),
    "claimed_at": _claimed_at,
    "happened_at": _claimed_at,
    "foreign": _foreign,
    "step": lambda life, move, who: "1.handle:5f",
    "act": lambda life, move, who: life.rng.choice(["acknowledge", "acknowledge", *fact_table.CHOICES["clock_act"]]),
}
_BY_TYPE: Final[dict[str, Callable[[Life], Any]]] = {
    "when": _later,
    "yes": lambda life: life.rng.random() < 0.5,
    "matter": lambda life: life.rng.choice(list(cast.RULES.matters)),
    "region": lambda life: life.rng.choice(list(cast.RULES.regions)),
    "unit": lambda life: life.rng.choice(_HANDLING),
    "files": lambda life: cast.photo(),
    "int": lambda life: life.rng.randint(1, 3),
}
_NONSENSE: Final[tuple[Any, ...]] = ("没有这样的东西", "", None, -1, 10**6, True, [], ["一", "一"], {}, 3.5, datetime(2026, 1, 1))  # noqa: DTZ001, E501  # fmt: skip


def _spoil(life: Life, move: Move, facts: dict[str, Any]) -> None:
    """Leave a fact out, give nonsense for one, or give one that the move does not know."""
    rng, names = life.rng, [*move.needs, *move.may]
    chance = rng.random()
    if chance < 0.35 and facts:
        facts.pop(rng.choice(list(facts)))
    elif chance < 0.8 and names:
        facts[rng.choice(names)] = rng.choice([*_NONSENSE, cast.words("   "), cast.words("长" * 30_000)])
    else:
        facts[rng.choice(["没有的项", *fact_table.FACTS])] = rng.choice(_NONSENSE)


# -- one step


def _around(life: Life, move: str) -> Around:
    rng, order = life.rng, life.order
    if move in ("merge_into", "link"):
        return Around(
            parent_state=rng.choice([None, "closed", "handling", "handling", "callback"]),
            parent_of_parent=rng.choice([None, None, None, cast.NUMBER + 50]),
        )
    if move in ("callback_attempt", "rate") and order.parent is not None:
        return Around(
            parent_state=rng.choice(["handling", "callback", "closed"]), parent_passed_at=rng.choice([None, life.now])
        )
    if order.children:
        return Around(children=tuple(_child(rng, number) for number in order.children))
    return Around(frozen=True) if rng.random() < 0.05 else NOTHING_AROUND


def _child(rng: Random, number: int) -> Child:
    return Child(number, rng.random() < 0.7, rng.random() < 0.2, rng.random() < 0.3)


def _step(life: Life, move: str, who: Actor, facts: dict[str, Any]) -> None:
    before, rules = life.order, ANNOUNCED if move == "recalculate" else cast.RULES
    answer = decide(before, move, who, facts, rules, life.now, _around(life, move))
    after = before if isinstance(answer, Refused) else apply(before, answer)
    assert invariants.image(before) == life.image, "the order that the move started from was changed"
    if isinstance(answer, Refused):
        _refused_in_words(answer)
        life.refused[move] += 1
        return
    life.order, life.image = after, invariants.image(after)
    life.events.append(answer)
    life.made[move] += 1
    life.states.add(after.state)
    _check(life, before, answer)


def _refused_in_words(refused: Refused) -> None:
    message = refused.message
    assert re.search(r"[\u4e00-\u9fff]", message), f"not in Chinese: {message!r}"
    assert not _CODE.search(message), f"a code in a message for people: {message!r}"


def _check(life: Life, before: Order, event: Event) -> None:
    step = invariants.Step(before, event, life.order, life.events)
    for holds in invariants.ALL:
        holds(step)
    written = json.dumps(event.data, ensure_ascii=False)
    assert json.loads(written) == event.data, "the event's data is not plain JSON"
    for plain in life.said:
        assert plain not in written, f"words in the record: {plain}"
