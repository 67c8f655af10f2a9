"""What waits for the unit's leader: each submission with all its words and papers, to be answered or handed back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import privacy, sight, words
from jiesu.domain.facts import FACTS
from jiesu.domain.order import Leg, moment
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import roster, submissions
from jiesu.store.roster import Leader
from jiesu.store.rows import leg_clock
from jiesu.store.submissions import MOST, Submission
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order import forms
from jiesu.web.unit import marked
from jiesu.web.unit.marked import Report
from jiesu.workflow import unit as verbs

_PUBLIC = ("public_reply", "claim", "files", "promise_due", "promise_text")


@dataclass(frozen=True, slots=True)
class Card:
    """A submission as the leader reads it: ``rest`` are (label, words) of what stays inside."""

    one: Submission
    title: str
    place: str
    story: str
    matter: str
    unit: str
    claim: str
    rest: list[tuple[str, str]]
    promise: str
    clock: tuple[datetime, datetime, datetime] | None
    mark: str


def leads(who: Person) -> list[str]:
    """The units whose leader, or dated delegate, this person is."""
    return sorted({unit for role, unit in who.actor.roles if role == "unit_leader"})


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The leader's list; five statements."""
    if not leads(who):
        return failures.forbidden(request)
    return answer(request, "unit/approve.html", _held(request, who))


@signed_in
@require_POST
def send(request: HttpRequest, who: Person) -> HttpResponse:
    """Answer the marked ones, each in a transaction of its own; the list again, with what went and what did not."""
    if not leads(who):
        return failures.forbidden(request)
    results = verbs.approve_each(marked.marked_in(request), by=who.actor, now=who.now)
    return answer(request, "unit/approve.html", _held(request, who, marked.report(results, "已答复")))


def _held(request: HttpRequest, who: Person, report: Report | None = None) -> dict[str, Any]:
    given = around(request, who, desk="unit")
    units = leads(who)
    waiting = submissions.waiting(units)
    given.update(
        report=report,
        cards=[_card(who, one, given["rules"]) for one in waiting[:MOST]],
        others=len(waiting) > MOST,
        leaders=standing_in(roster.leaders(units, now=who.now)),
    )
    return given


def standing_in(leaders: list[Leader]) -> list[Leader]:
    """Those who stand in for a time."""
    return [one for one in leaders if one.until is not None]


def _card(who: Person, one: Submission, rules: Rules) -> Card:
    order = one.order
    how = sight.sight(who.actor, order, "text")
    leg = _leg(one, who)
    clock = leg_clock(leg) if leg else None
    return Card(
        one,
        title=one.title if how != "nothing" else "",
        place=one.place if how != "nothing" else "",
        story=privacy.shown("text", one.story, how),
        matter=forms.matter_name(rules, order.matter),
        unit=rules.unit_name(leg.unit) if leg else "",
        claim=words.zh(words.CLAIMS, one.claim),
        rest=[(FACTS[name].zh, said) for name, said in one.words.items() if name not in _PUBLIC],
        promise=_promise(one),
        clock=(clock.start, clock.amber, clock.due) if clock else None,
        mark=marked.value_of(order.number, order.version, lead=True),
    )


def _leg(one: Submission, who: Person) -> Leg | None:
    return next((leg for leg in map(one.order.leg_of, who.units) if leg is not None), None)


def _promise(one: Submission) -> str:
    due = one.facts.get("promise_due")
    return f"{moment(due).astimezone(CITY_ZONE):%Y-%m-%d %H:%M} 前：{one.words.get('promise_text', '')}" if due else ""
