"""The review meeting's list: what is open by its day, what is done, a form for a new item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import followups as rules_of
from jiesu.domain import windows
from jiesu.domain.bulletins import EDITIONS
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.followups import STATES
from jiesu.domain.rules import Rules
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import followups
from jiesu.store.followups import Followed
from jiesu.web.bulletin.seat import DRAFTS, UNITS, has, surrounded, window_of
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.asked import day_of
from jiesu.web.frame.gate import Person, signed_in
from jiesu.workflow import followups as verbs

_DONE: Final = {"add": "已记下。", "done": "已办，通报里会写上。", "dropped": "不再办，理由留着。", "moved": "已改期。",
                "open": "已重新办。"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An item as the list shows it. ``days``: how many are left, negative when it is late."""

    one: Followed
    owner: str
    days: int
    late: bool
    mine: bool
    note: str = ""
    wrong: str = ""


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """What is open, by its day; ``?ended=1``: what is done. A unit sees its own. Five statements."""
    return _page(request, who)


def _page(request: HttpRequest, who: Person, wrong: Refused | None = None, at: int = 0) -> HttpResponse:
    if not has(who, DRAFTS | UNITS):
        return failures.forbidden(request)
    given = surrounded(request, who, "followups")
    rules: Rules = given["rules"]
    ended = request.GET.get("ended") == "1"
    found = followups.listed(units=None if has(who, DRAFTS) else who.units, ended=ended)
    keeps = who.actor.has(rules_of.KEEPERS)
    said = wrong.message if wrong else ""
    given.update(
        rows=[_row(one, rules, who, request, said if one.id == at else "") for one in found],
        ended=ended,
        keeps=keeps,
        offered=_offered(who) if keeps else [],
        owners=[*(one.name for one in rules.units.values()), *_people(rules)] if keeps else [],
        wrong=said if not at else "",
        field=wrong.field if wrong and not at else "",
        written=request.POST,
        states=STATES,
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "bulletin/followups.html", given, status=422 if wrong else 200)


def _people(rules: Rules) -> dict[str, int]:
    return followups.people([str(rules.params["centre"])])


def _row(one: Followed, rules: Rules, who: Person, request: HttpRequest, wrong: str) -> Row:
    today = who.now.astimezone(CITY_ZONE).date()
    owner = rules.unit_name(one.item.unit) if one.item.unit else one.owner
    written = request.POST.get("note", "") if wrong else ""
    return Row(
        one,
        owner,
        (one.item.due - today).days,
        one.item.late(today),
        rules_of.owns(one.item, who.actor),
        written,
        wrong,
    )


def _offered(who: Person) -> list[tuple[Window, str]]:
    """The editions that an item may be put under: the windows just before, and those that run."""
    today = who.now.astimezone(CITY_ZONE).date()
    held = [windows.of(span, today) for span in ("month", "week", "quarter", "year")]
    return [(one, EDITIONS[one.span]) for window in held for one in (window.before, window)]


@signed_in
@require_POST
def add(request: HttpRequest, who: Person) -> HttpResponse:
    """A new item."""
    window = window_of(request.POST.get("window", ""))
    if window is None:
        return failures.bad_request(request)
    given: dict[str, Any] = {"owner": request.POST.get("owner", ""), "due": day_of(request.POST.get("due", ""))}
    try:
        verbs.add(window, request.POST.get("text", ""), by=who.actor, now=who.now, **given)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _page(request, who, no)
    return HttpResponseRedirect(f"{reverse('bulletin-followups')}?done=add")


@signed_in
@require_POST
def mark(request: HttpRequest, who: Person, id_: int) -> HttpResponse:
    """What became of an item."""
    state = request.POST.get("state", "")
    try:
        due = day_of(request.POST.get("due", ""))
        verbs.mark(id_, state, request.POST.get("note", ""), due=due, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    except NotFound:
        return failures.not_found(request)
    except Refused as no:
        return _page(request, who, no, id_)
    return HttpResponseRedirect(f"{reverse('bulletin-followups')}?done={state}")
