"""The verbs: check a change, save what was checked, call off what waits, carry out what is due."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from jiesu.domain.administration import things
from jiesu.domain.administration.effects import Effect
from jiesu.domain.errors import NotFound, Refused
from jiesu.domain.order import SYSTEM, Actor
from jiesu.store import queue
from jiesu.store import rules as rules_store
from jiesu.store.administration import changes, shelves
from jiesu.store.administration.changes import Planned, Record
from jiesu.workflow.administration import effects
from jiesu.workflow.administration.enact import Act, Enacted, enact
from jiesu.workflow.administration.wanted import Overtaken, Wanted, administrator, reasoned, today_of, token

_SPELT: Final = ("unit", "matter")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What changes would alter. ``token``: saving asks for it. ``acts``: each change, with what it is called."""

    token: str
    effects: list[Effect]
    acts: list[Act] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was made at once and what waits for its day, by the numbers of their records; ``batch`` of several."""

    made: list[int]
    planned: list[int]
    batch: str = ""


def check(wanted: Sequence[Wanted], *, by: Actor, now: datetime) -> Weighed:
    """What these changes would alter, found by making them and undoing them again. Nothing stays of it.

    Raises Forbidden, Unsound with all that is wrong, Overtaken.
    """
    administrator(by)
    with _undone():
        before = effects.stood_for(wanted, now)
        done = enact(wanted, now)
        return Weighed(token(wanted), effects.of(done, before, now), done.acts, done.titles())


def save(wanted: Sequence[Wanted], *, by: Actor, now: datetime, reason: str, checked: str) -> Saved:
    """Make the changes that were ``checked`` (the token of ``check``), or keep them for their day.

    All of them or none. Orders under way keep what was decided. Raises Forbidden, Refused (code unchecked when this is
    not what was checked), Unsound, Overtaken.
    """
    administrator(by)
    note = reasoned(reason)
    if checked != token(wanted):
        raise Refused("核对之后内容又改过，请再核对一次", code="unchecked")
    batch = secrets.token_hex(8) if len(wanted) > 1 else ""
    today = today_of(now)
    later = [one for one in wanted if one.since > today and one.of.planned and one.kind != "catalog"]
    at_once = [one for one in wanted if one not in later]
    with transaction.atomic():
        planned = _plan(later, by, now, note, batch) if later else []
        made = _make(at_once, by.id, now, note, batch) if at_once else []
        return Saved(made, planned, batch)


def _make(wanted: Sequence[Wanted], by: str, now: datetime, note: str, batch: str) -> list[int]:
    """Make changes for good; the rules that decide from now on follow."""
    done = enact(wanted, now)
    if any(one.of.decides for one in wanted):
        rules_store.publish(now, done.parts)
    if any(one.kind in _SPELT for one in wanted):
        queue.defer("spell")
    return changes.record(_records(done), by=by, now=now, note=note, batch=batch)


def _plan(wanted: Sequence[Wanted], by: Actor, now: datetime, note: str, batch: str) -> list[int]:
    """Try the changes as if their day had come, undo them, and keep them for it."""
    with _undone():
        records = _records(enact(wanted, now))
    return changes.plan(records, by=by.id, now=now, note=note, batch=batch)


def _records(done: Enacted) -> list[Record]:
    return [_record(act, title) for act, title in zip(done.acts, done.titles(), strict=True)]


def _record(act: Act, title: str) -> Record:
    kind, line = act.wanted.of, act.wanted.kind == "catalog"
    before, after = (act.before, act.after) if line else things.changed(act.before, act.after)
    was, now = (things.kept(kind, one) for one in (before, after))
    # Titles are searched for, and stand in addresses: they name nobody.
    title = act.key if kind.name == "staff" else title
    return Record(kind.name, act.key, title, was, now, act.wanted.since, act.wanted.restores)


@contextmanager
def _undone() -> Any:
    """A transaction of which nothing stays."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


# -- changes that wait


def call_off(number: int, *, by: Actor, now: datetime) -> Planned:
    """A change that waits, or failed, is not made any more. Raises Forbidden, NotFound, Refused."""
    administrator(by)
    with transaction.atomic():
        waits = changes.planned_one(number)
        if waits is None:
            raise NotFound("没有这项待生效的改动")
        if waits.state not in _OPEN or not changes.settle([number], "off", now=now, by=by.id, was=waits.state):
            raise Refused("这项改动已经生效或撤下，请刷新后再看")
        return waits


_OPEN: Final = ("waiting", "failed")


def carry_out(now: datetime) -> int:
    """Make the changes whose day has come, in the name of who planned them; how many were made.

    Changes planned as one are made as one. What cannot be made any more is marked failed, with words that say why, for
    the administrators to see. May run at any time and by several at once.
    """
    today = today_of(now)
    if not changes.anything_due(today):
        return 0
    made = 0
    with transaction.atomic():
        for batch in _batches(changes.due(today)):
            made += _carry_out(batch, now, today)
    return made


def _batches(due: Iterable[Planned]) -> list[list[Planned]]:
    held: dict[Any, list[Planned]] = {}
    for one in due:
        held.setdefault((one.batch or one.id, one.effective), []).append(one)
    return list(held.values())


def _carry_out(batch: Sequence[Planned], now: datetime, today: date) -> int:
    numbers, first = [one.id for one in batch], batch[0]
    try:
        # What waits is no obstacle to itself.
        changes.settle(numbers, "done", now=now, by=SYSTEM.id)
        with transaction.atomic():
            wanted = [_due(one, today) for one in batch]
            _make(wanted, first.by, now, first.reason, first.batch)
    except Refused as refused:
        changes.settle(numbers, "failed", now=now, by=SYSTEM.id, said=refused.message, was="done")
        return 0
    return len(batch)


def _due(one: Planned, today: date) -> Wanted:
    """A planned change as it is wanted today: its fields over what stands there now."""
    held = shelves.get(one.kind, one.key)
    if one.before is not None and one.after is not None:
        if held is None or any(held.get(name) != value for name, value in one.before.items()):
            raise Overtaken("定下之后，同一项又被改过")
        return Wanted(one.kind, one.key, {**held, **one.after}, today, restores=one.restores)
    key = one.key if one.before is not None else ""
    return Wanted(one.kind, key, one.after, today, restores=one.restores)
