"""Recalculating the deadlines of open orders after the calendar changed: asked at the desk, done by the worker."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiesu.domain.order import Actor
from jiesu.store import queue
from jiesu.store.administration import changes
from jiesu.store.administration.changes import Record
from jiesu.workflow.administration.wanted import administrator, reasoned, today_of
from jiesu.workflow.rules import Recalculated, recalculate_open

NAME = "recalculate"


def ask(*, by: Actor, now: datetime, reason: str) -> None:
    """Have it done in the background; what came of it stands in the history of changes. Raises Forbidden, Refused."""
    administrator(by)
    note = reasoned(reason)
    with transaction.atomic():
        changes.record(
            [Record(NAME, "", "重算在办时限：已排队", None, {}, today_of(now))], by=by.id, now=now, note=note
        )
        queue.defer(NAME, by=by.id, reason=note)


def carry_out(*, by: Actor, now: datetime, reason: str) -> Recalculated:
    """Do it, and put on record how many orders got other deadlines. May run twice. Raises Forbidden."""
    done = recalculate_open(by=by, now=now, reason=reason)
    title = f"重算在办时限：看过 {done.looked:,} 件，{done.moved:,} 件有变化"
    title += f"，{done.busy:,} 件正有人办，没有动" if done.busy else ""
    changes.record([Record(NAME, "", title, None, {}, today_of(now))], by=by.id, now=now, note=reason)
    return done
