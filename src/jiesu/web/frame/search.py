"""The search box: a number, its end, a phone, words, a place, a person's name; grouped, within the reader's scope.

What was asked for travels in the body, so that no phone number or name stands in an address or a log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain import privacy, words
from jiesu.domain.rules import Rules
from jiesu.store import rules as rules_store
from jiesu.store import search
from jiesu.store.search import Hit
from jiesu.web.frame import lines
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import part

_NUMBER: Final = re.compile(r"[0-9]{13}")
_TAIL: Final = re.compile(r"[0-9]{3,12}")
_PHONE: Final = re.compile(r"(?:\+?86)?1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
_MAY_SEARCH_PEOPLE: Final = frozenset({"agent", "callback_clerk", "dispatcher", "supervisor"})
_LONGEST: Final = 100
_SUGGESTED: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One order with what the page says beside it."""

    hit: Hit
    told: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in one way."""

    zh: str
    found: list[Found]


@signed_in
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """What the box finds, as a page, or a few of each kind while somebody types. A whole number goes to its order."""
    asked = request.POST.get("q", "").replace("\0", "").strip()[:_LONGEST]
    number = _NUMBER.fullmatch(asked) is not None and _PHONE.fullmatch(asked) is None
    given: dict[str, Any] = {"q": asked, "days": search.WINDOW.days}
    if part(request) == "suggest":
        rules = rules_store.current()
        groups = [] if number else _groups(asked, who, rules, limit=_SUGGESTED)
        more = {"groups": groups, "number": int(asked) if number else 0}
        return answer(request, "frame/suggested.html", {**bare(request, who), **given, **more})
    if number:
        return HttpResponseRedirect(reverse("order", args=[int(asked)]))
    given = around(request, who, **given)
    groups = _groups(asked, who, given["rules"], limit=search.MOST)
    given.update(groups=groups, count=sum(len(one.found) for one in groups))
    return answer(request, "frame/found.html", given)


def _groups(asked: str, who: Person, rules: Rules, *, limit: int) -> list[Group]:
    found = [(zh, hits) for zh, hits in _ways(asked, who, limit) if hits]
    return [Group(zh, [_found(hit, who, rules) for hit in hits]) for zh, hits in found]


def _ways(asked: str, who: Person, limit: int) -> list[tuple[str, list[Hit]]]:
    people = bool(_MAY_SEARCH_PEOPLE & set(who.roles))
    units = who.units if set(who.roles) <= words.UNIT_ROLES else None
    if _PHONE.fullmatch(asked):
        return [("电话", search.by_phone(asked, limit=limit) if people else [])]
    if _TAIL.fullmatch(asked):
        return [("工单号尾号", search.by_tail(asked, now=who.now, units=units, limit=limit))]
    if not asked or not _reads_texts(who):
        return []
    name = asked if people and 2 <= len(asked) <= 4 else ""
    near = search.NEAR
    hits, named = search.by_words_and_name(asked, name, now=who.now, units=units, limit=limit, window=near)
    if len(hits) < limit:
        hits = search.by_words(asked, now=who.now, units=units, limit=limit)
    return [("词语和地点", hits), ("姓名", named)]


def _found(hit: Hit, who: Person, rules: Rules) -> Found:
    unit = rules.unit_name(hit.lead_unit) if hit.lead_unit else ""
    return Found(hit, lines.reads_titles(who.actor, hit), unit)


def _reads_texts(who: Person) -> bool:
    """Whether any role of this person may read what residents say: finding by words tells of them."""
    return any(
        privacy.sees(role, "text", own_unit=True, secret=False, kind="") != "nothing"
        for role in who.roles
        if role in privacy.ROLES
    )
