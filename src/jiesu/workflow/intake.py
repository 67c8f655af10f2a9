"""Verbs of the first desk: register a demand; take a contact about an open one as a chase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from jiesu.domain.decide import decide
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor
from jiesu.domain.privacy import mask_text
from jiesu.domain.text import title_of, tsvector_text
from jiesu.store import files, orders, people, record
from jiesu.store import rules as rules_store
from jiesu.store.idempotency import Key
from jiesu.store.people import Known
from jiesu.store.record import Shown
from jiesu.workflow.step import Taken, seal

_TITLE = 40


def register(
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any],
    demander: Known | None = None,
    source: str = "",
    once: Key | None = None,
    contact: int | None = None,
    number: int | None = None,
) -> Taken:
    """A new order from one demand. ``facts`` as the move ``register`` takes them, words as plain ``str``.

    ``demander`` is sealed apart and found again when he calls next; without one the order is anonymous. ``once`` is
    kept with the order, so that a request that comes again is answered with it. ``contact`` is the one in which an
    earlier order was told: several orders of one call are one contact (domain.md §2). ``number``: the one that a sheet
    of paper bears, set aside for it. Raises Refused, and AlreadyAnswered when a rival with the same key was first; then
    nothing was written. Three statements.
    """
    # Within another's transaction this stands and falls with it: a savepoint would cost two statements.
    with transaction.atomic(savepoint=False):
        facts, new_person = dict(facts), None
        named = demander if demander and not facts.get("anonymous") else None
        who = people.Sought(named) if named else None
        serial, snapshot = orders.next_serial(who.line if who else None)
        if named and who:
            facts["person"], new_person = people.find(who)
            if named.kind == "company":
                facts.setdefault("enterprise", True)
        rules = rules_store.at(snapshot)
        loaded = orders.new(number or orders.number_of(rules.day(now), serial))
        ready, sealed = seal(facts)
        event = decide(loaded.order, "register", by, ready, rules, now)
        if isinstance(event, Refused):
            raise event
        shown = shown_of(facts)
        after = record.record(loaded, event, rules, sealed, shown, source, contact, new_person=new_person, once=once)
        if facts.get("files"):
            files.attach(facts["files"], after.order.number)
        return Taken(after.order, event, after.title, after.place)


def shown_of(facts: Mapping[str, Any]) -> Shown:
    """The masked words of a demand, for lists and search."""
    body = mask_text(str(facts.get("text") or ""))
    title = mask_text(str(facts.get("title") or "")) or title_of(body, _TITLE)
    place = mask_text(str(facts.get("place") or ""))
    return Shown(title[:120], place[:120], body, tsvector_text(f"{title} {place} {body}"))
