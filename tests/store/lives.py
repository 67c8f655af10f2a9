"""Random lives through the verbs and a real database: the wishes of ``tests.domain.lives``, told as people tell them.

``live(seed, steps)`` walks one order; others of the same database may become its parent or be linked to it. After each
life the order is verified whole: chain, replay, rows, limits, words. Rules change under way. Nothing but a refusal or
a conflict in words may come of any wish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from jiesu.domain.decide import decide
from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Order, Text
from jiesu.domain.rules import PARTS, Rules, part_hash, snapshot_id
from jiesu.store import files, orders, record, sql
from jiesu.store.documents import write_data
from jiesu.store.verify import verify
from jiesu.workflow import intake, step
from tests import cast
from tests.domain import lives

GROWN: Final = [
    {**one, "size": "large"} if one["code"] in (cast.HEAT, cast.STREET) else one for one in cast.PARTS["units"]
]
SHORTER: Final = [{**one, "limit": [max(1, one["limit"][0] // 2), one["limit"][1]]} for one in cast.PARTS["limits"]]
# The rules that hold by turns: the small city's, the same with 2027 announced, the same with half the limits and two
# units that have grown.
SNAPSHOTS: Final = (
    cast.parts(),
    cast.parts(calendar={"announced": [2026, 2027], "days": {**cast.PARTS["calendar"]["days"], "2027-01-04": False}}),
    cast.parts(limits=SHORTER, units=GROWN),
)
_OTHERS: Final = ("parent", "other")
_FOLLOWING: Final = ("absorb", "release_child")  # made by the house alone, when a child is merged or split off


@dataclass(slots=True)
class World:
    """A database as the lives find it: the numbers there are, and what became of all wishes."""

    numbers: list[int] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0


def build() -> None:
    """The small city's rules, and one picture."""
    for parts in SNAPSHOTS:
        keep(parts)
    hold(0)
    files.save(b"photo", name="现场照片.png", mime="image/png", by="s1", now=cast.MONDAY)


def keep(parts: Mapping[str, Any]) -> str:
    """Keep a snapshot made of these parts; its id."""
    hashes = {name: part_hash(parts[name]) for name in PARTS}
    id_ = snapshot_id(hashes)
    for name in PARTS:
        row = (hashes[name], name, write_data(parts[name]))
        sql.run("INSERT INTO rules_part (hash, name, doc) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", row)
    made = (id_, write_data(hashes), cast.MONDAY)
    sql.run("INSERT INTO rules_snapshot (id, parts, made_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", made)
    return id_


def hold(which: int) -> None:
    """Let one of the snapshots decide from now on."""
    id_ = Rules.from_parts(SNAPSHOTS[which]).id
    sql.run(
        "INSERT INTO rules_current VALUES (1, %s) ON CONFLICT (one) DO UPDATE SET snapshot = excluded.snapshot", (id_,)
    )


def live(world: World, seed: int, steps: int = lives.LONGEST) -> int:
    """Walk the life of ``seed``; its order's number, 0 when it never began. AssertionError when it is not clean."""
    life = life_of(seed)
    for _ in walk(world, life, seed, steps):
        pass
    if life.order.version == 0:
        return 0
    number = life.order.number
    touched = [number, *life.order.children, *([life.order.parent] if life.order.parent else [])]
    faults = [(fault.number, fault.words) for fault in verify(touched).faults]
    assert faults == [], f"seed {seed}: {faults}"
    world.numbers.append(number)
    return number


def life_of(seed: int) -> lives.Life:
    """The life of a seed before it has begun."""
    rng = Random(seed)
    return lives.Life(rng, rng.choice(lives.BEGINNINGS), Order(cast.NUMBER))


def walk(world: World, life: lives.Life, seed: int, steps: int) -> Iterator[None]:
    """Let a life go on; stops after each wish, so that several may be walked side by side."""
    rng = life.rng
    for n in range(steps):
        yield
        lives._pass_time(life)
        move, who, facts = lives._wish(life)
        if move in _FOLLOWING:
            continue
        if rng.random() < 0.05:
            hold(rng.randrange(len(SNAPSHOTS)))
        try:
            _step(world, life, move, who, _told(world, rng, facts))
        except Refused:
            world.refused[move] += 1
        except NotFound:
            # Only an order that has not begun is not found.
            if life.order.version:
                raise
            world.refused[move] += 1
        except Conflict:
            world.conflicts += 1
        except Exception as broken:
            broken.add_note(f"seed {seed}, step {n}: {move} by {who.id} {facts} on {life.order.state}")
            raise


def _step(world: World, life: lives.Life, move: str, who: Actor, facts: dict[str, Any]) -> None:
    order, now = life.order, life.now
    if order.version == 0 and move in ("register", "adopt"):
        take_down = _register if move == "register" else _adopt
        life.order = take_down(who, life, facts).order
    else:
        seen = order.version if life.rng.random() < 0.9 else life.rng.randint(0, order.version)
        before = order.version
        life.order = step.take(order.number, move, by=who, now=now, facts=facts, seen=seen).order
        assert life.order.version == before + 1
        if seen != before and not MOVES[move].beside:
            since = [event.move for event in orders.events(order.number, after=seen)][: before - seen]
            assert all(MOVES[name].beside for name in since)
    world.made[move] += 1


def _register(who: Actor, life: lives.Life, facts: dict[str, Any]) -> step.Taken:
    return intake.register(by=who, now=life.now, facts=facts)


def _adopt(who: Actor, life: lives.Life, facts: dict[str, Any]) -> step.Taken:
    """Take over an order of another system, as the import does it."""
    serial, snapshot = orders.next_serial()
    rules = step.rules_store.at(snapshot)
    loaded = orders.new(orders.number_of(rules.day(life.now), serial))
    ready, sealed = step.seal(facts)
    event = decide(loaded.order, "adopt", who, ready, rules, life.now)
    if isinstance(event, Refused):
        raise event
    return step.Taken(record.record(loaded, event, rules, sealed).order, event)


def _told(world: World, rng: Random, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a form or the API gives them: words plain, other orders by numbers that there are."""
    told = {name: value.plain if isinstance(value, Text) else value for name, value in facts.items()}
    for name in _OTHERS:
        if name in told and world.numbers and isinstance(told[name], int) and rng.random() < 0.8:
            told[name] = rng.choice(world.numbers)
    return told
