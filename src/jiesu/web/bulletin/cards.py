"""Cards: those that wait for whom the profile names, those in force, those that were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import cards as rules_of
from jiesu.domain import words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import cards
from jiesu.store.cards import Card
from jiesu.web.bulletin.seat import DRAFTS, has, surrounded
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.workflow import cards as verbs

_DONE: Final = {"agree": "已批准，从今天起生效。", "refuse": "已写明不予亮牌。", "lift": "已提前解除。"}


@dataclass(frozen=True, slots=True)
class Row:
    """A card as the list shows it. ``mine``: the reader is whom the profile names."""

    one: Card
    unit: str
    colour: str
    state: str
    approver: str
    stands: bool
    mine: bool
    wrong: str = ""
    written: str = ""


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The newest cards, those that wait first. Four statements."""
    return _page(request, who)


def _page(request: HttpRequest, who: Person, wrong: str = "", at: int = 0) -> HttpResponse:
    if not has(who, DRAFTS):
        return failures.forbidden(request)
    given = surrounded(request, who, "cards")
    rules: Rules = given["rules"]
    given.update(
        rows=[_row(one, rules, who, request, wrong if one.id == at else "") for one in cards.listed()],
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "bulletin/cards.html", given, status=422 if wrong else 200)


def _row(one: Card, rules: Rules, who: Person, request: HttpRequest, wrong: str) -> Row:
    stands = rules_of.in_force(one.state, one.lifts_on, who.now.astimezone(CITY_ZONE).date())
    ended = one.state == "approved" and not stands
    return Row(
        one,
        rules.unit_name(one.unit),
        rules_of.COLOURS[one.colour],
        "到期解除" if ended else rules_of.STATES[one.state],
        words.zh(words.ROLES, one.approver),
        stands,
        who.actor.has(one.approver),
        wrong,
        request.POST.get("note", "") if wrong else "",
    )


@signed_in
@require_POST
def act(request: HttpRequest, who: Person, id_: int, verb: str) -> HttpResponse:
    """Agree, refuse, lift."""
    note = request.POST.get("note", "")
    try:
        if verb in ("agree", "refuse"):
            verbs.decide(id_, agrees=verb == "agree", note=note, by=who.actor, now=who.now)
        elif verb == "lift":
            verbs.lift(id_, note, by=who.actor, now=who.now)
        else:
            return failures.not_found(request)
    except Forbidden:
        return failures.forbidden(request)
    except NotFound:
        return failures.not_found(request)
    except Refused as no:
        return _page(request, who, no.message, id_)
    return HttpResponseRedirect(f"{reverse('bulletin-cards')}?done={verb}")
