"""One sheet after another by keyboard: the form in the order of the paper, the next sheet's number already in it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain import offline as rules_of
from jiesu.domain import words
from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.facts import FACTS
from jiesu.domain.offline import Filled
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import offline
from jiesu.store.people import Known
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order import forms
from jiesu.web.outage import seats
from jiesu.workflow import offline as verbs

PERSON: Final = {"name": "姓名", "phone": "来电号码", "address": "住址", "company": "企业名称"}
_FACTS: Final = ("place", "region", "matter", "kind", "urgency", "channel")
_WORDS: Final = ("sheet", "day", "time", "text", "since", "told", "answer", "writer", "reason")
_TICKS: Final = ("anonymous", "secret", "apart")
_SHOWN: Final = frozenset(
    ("sheet", "time", "claimed_at", "text", "place", "since", "matter", "name", "phone", "anonymous", "public_reply")
    + ("told", "writer", "apart")
)
"""Inputs with a place for what is wrong with them; the rest is said at the head."""
_CLOCK: Final = re.compile(r"(?P<h>\d{1,2})\s*[:.点时]?\s*(?P<m>\d{2})分?")
"""A time as hands write it: 1112, 912, 11:12, 11点12分."""
_LONGEST: Final = 200
_CHANNELS: Final = ("phone", "visit", "letter")


@signed_in
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The form, and what comes of it: the next one."""
    if not seats.enters(who):
        return failures.forbidden(request)
    if request.method == "GET":
        return _page(request, who, _fresh(request, who))
    held = _held(request)
    try:
        filled, demander = _filled(request, held)
        made = verbs.enter(filled, by=who.actor, now=who.now, demander=demander)
    except (Refused, Conflict, NotFound) as no:
        field = getattr(no, "field", None)
        return _page(request, who, held, {field if field in _SHOWN else "": no.message})
    kept = {"done": made.number, "after": filled.serial, "day": held["day"], "writer": held["writer"]}
    if made.known:
        kept["known"] = 1
    return HttpResponseRedirect(f"{reverse('outage-entry')}?{urlencode(kept)}")


def _fresh(request: HttpRequest, who: Person) -> dict[str, str]:
    """An empty form with the next sheet's number, and what most likely stays: the day, who wrote them."""
    after = request.GET.get("after", "")
    serial = offline.next_out(int(after) if after.isdecimal() and len(after) == 7 else rules_of.FIRST - 1)
    day = request.GET.get("day", "") or f"{who.now.astimezone(CITY_ZONE):%Y-%m-%d}"
    usual = {"channel": "phone", "urgency": "normal", "reason": "outage"}
    return {"sheet": str(serial or ""), "day": day, "writer": request.GET.get("writer", "")[:_LONGEST], **usual}


def _held(request: HttpRequest) -> dict[str, str]:
    """What stood in the form."""
    return {name: request.POST.get(name, "").strip() for name in (*_WORDS, *_FACTS, *PERSON, *_TICKS)}


def _filled(request: HttpRequest, held: dict[str, str]) -> tuple[Filled, Known | None]:
    """The sheet as the form tells it. Raises Refused."""
    claimed = _claimed(held)
    serial = rules_of.serial_in(held["sheet"], claimed.astimezone(CITY_ZONE).date())
    if not held["text"]:
        raise Refused("请填写诉求内容", field="text")
    for name in (*PERSON, "writer", "told", "since"):
        if len(held[name]) > _LONGEST or "\0" in held[name]:
            raise Refused(f"太长或有无法保存的字符，请缩短到 {_LONGEST} 字以内", field=name)
    known = Known(**{name: held[name] for name in PERSON})
    facts: dict[str, Any] = {"text": rules_of.told_text(held["text"], held["since"])}
    facts.update(forms.facts_in(request, _FACTS))
    if held["anonymous"] and known:
        raise Refused("勾了“匿名”就不留姓名和号码，请清空，或去掉“匿名”", field="anonymous")
    if not known:
        facts["anonymous"] = True
    if held["secret"]:
        facts["secret"] = True
    more = {name: held[name] for name in ("reason", "writer", "told", "answer")}
    return Filled(serial, claimed, facts, apart=bool(held["apart"]), **more), known or None


def _claimed(held: dict[str, str]) -> datetime:
    if not held["day"] or not held["time"]:
        raise Refused("请填写接电话的日期和时间", field="time")
    found = _CLOCK.fullmatch(normalize("NFKC", held["time"]))
    if not found or int(found["h"]) > 23 or int(found["m"]) > 59:
        raise Refused("时间写成 1112 或 11:12", field="time")
    return forms.moment_of(f"{held['day']}T{int(found['h']):02}:{found['m']}", FACTS["claimed_at"])


def _page(
    request: HttpRequest, who: Person, held: dict[str, str], errors: dict[str, str] | None = None
) -> HttpResponse:
    given = seats.given(request, who, "entry")
    rules: Rules = given["rules"]
    wrong = errors or {}
    given.update(
        held=held,
        errors=wrong,
        wrong=wrong.get("", ""),
        apart=held.get("apart") or "apart" in wrong,
        matters=forms.matters(rules),
        regions=forms.regions(rules),
        kinds=list(words.KINDS.items()),
        urgencies=list(words.URGENCIES.items()),
        channels=[(one, words.CHANNELS[one]) for one in _CHANNELS],
        reasons=[(code, str(one["name"])) for code, one in rules.reasons.get("late_entry", {}).items()],
        done=_number(request.GET.get("done", "")),
        known=bool(request.GET.get("known")),
    )
    return answer(request, "outage/entry.html", given, status=422 if wrong else 200)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 13 else None
