"""Verbs of the review desk: let a reply pass, or send it back with a coded reason (domain.md §3, review)."""

from __future__ import annotations

from datetime import datetime

from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor
from jiesu.store import rules as rules_store
from jiesu.workflow import step
from jiesu.workflow.step import Taken


def let_pass(number: int, *, by: Actor, now: datetime, seen: int | None = None) -> Taken:
    """The reply passes; the citizen is called back. Raises what ``step.take`` raises."""
    return step.take(number, "pass_review", by=by, now=now, seen=seen)


def send_back(number: int, code: str, reason: str = "", *, by: Actor, now: datetime, seen: int | None = None) -> Taken:
    """The reply goes back to the unit for ``code``; without words of one's own, with the city's for that code.

    Raises what ``step.take`` raises.
    """
    said = reason.strip()
    if not code:
        raise Refused("请选择退回原因", field="send_back")
    if not said:
        said = str(rules_store.current().reasons.get("send_back", {}).get(code, {}).get("text", ""))
    return step.take(number, "send_back", by=by, now=now, facts={"send_back": code, "reason": said}, seen=seen)
