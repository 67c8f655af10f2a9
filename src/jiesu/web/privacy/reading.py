"""Who opened what and why: unusual reading first, then every opening, by person, unit, day, sort and reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain import openings as rules_of
from jiesu.domain import words
from jiesu.domain.openings import SIGNS, WHAT, Day, unusual
from jiesu.domain.privacy import mask_text
from jiesu.domain.rules import Rules
from jiesu.store import names
from jiesu.store import openings as reads
from jiesu.store.openings import PAGE, After, Opening, Wanted, Who
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order.forms import matter_name
from jiesu.web.order.seen import fields
from jiesu.web.privacy import seat

BACK: Final = {"7": "近 7 天", "31": "近 31 天"}
_MOST_UNUSUAL: Final = 12
_LONGEST: Final = 40
_FORMS: Final = {"docx": "Word", "pdf": "PDF"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. ``day`` None: the last ``back`` days."""

    day: date | None
    back: str
    name: str
    unit: str
    what: str

    @property
    def query(self) -> str:
        given = {"day": self.day.isoformat() if self.day else "", "back": self.back if self.back != "7" else ""}
        given |= {"name": self.name, "unit": self.unit, "what": self.what}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Unusual:
    """One person's day that bears signs, in words, and the address of its openings."""

    name: str
    role: str
    unit: str
    day: date
    orders: int
    said: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One opening in words. ``signs``: those of ``SIGNS`` and thin reasons."""

    at: datetime
    name: str
    role: str
    unit: str
    did: str
    number: int
    matter: str
    reason: str
    gone: bool
    signs: list[str]


@signed_in
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The desk. Five statements. Words of a reason travel in the body: they may hold what no address should."""
    if not seat.may(who, "privacy"):
        return _elsewhere(request, who)
    given = seat.seated(request, who, "privacy")
    rules: Rules = given["rules"]
    asked = _asked(request.GET, rules)
    wanted = Wanted(*reads.window(asked.day, int(asked.back), who.now), asked.name, asked.unit, asked.what)
    night = rules_of.night(rules.params)
    held = dict(reads.days(wanted, night=night, now=who.now))
    strange = unusual(held, rules.params)
    sought = request.POST.get("reason", "").strip()[:_LONGEST]
    after = None if sought else _after(request.GET.get("after", ""))
    limit = reads.READ_FOR_WORDS if sought else PAGE
    rows = reads.page(wanted, night=night, now=who.now, after=after, limit=limit)
    if sought:
        rows = [one for one in rows if sought in (one.reason or "")]
    given.update(
        asked=asked,
        sought=sought,
        backs=list(BACK.items()),
        whats=list(WHAT.items()),
        units=[(one.code, one.name) for one in rules.units.values()],
        strange=[_strange(day, signs, held[day], rules) for day, signs in strange[:_MOST_UNUSUAL]],
        more_strange=max(0, len(strange) - _MOST_UNUSUAL),
        people=len({day.by for day in held}),
        orders=sum(day.orders for day in held),
        rows=[_row(one, rules) for one in rows[:PAGE]],
        found=len(rows),
        read=reads.READ_FOR_WORDS,
        next=_next(asked, rows[PAGE - 1]) if len(rows) > PAGE and not sought else "",
    )
    return answer(request, "privacy/reading.html", given)


def _elsewhere(request: HttpRequest, who: Person) -> HttpResponse:
    """Who sits here only as the second person of an erasure goes to those."""
    if seat.may(who, "privacy-requests"):
        return HttpResponseRedirect(reverse("privacy-requests"))
    return failures.forbidden(request)


def _asked(given: Mapping[str, str], rules: Rules) -> Asked:
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        day = None
    if day and not 1990 <= day.year < 2200:
        day = None
    back = given.get("back", "")
    unit, what = given.get("unit", ""), given.get("what", "")
    return Asked(
        day,
        back if back in BACK else "7",
        given.get("name", "").replace("\0", "").strip()[:_LONGEST],
        unit if unit in rules.units else "",
        what if what in WHAT else "",
    )


def _after(text: str) -> After | None:
    at, _, rest = text.partition("~")
    what, _, ref = rest.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    if moment.tzinfo is None or what not in WHAT or not ref.isdecimal() or len(ref) > 18:
        return None
    return After(moment, what, int(ref))


def _next(asked: Asked, last: Opening) -> str:
    at = f"{last.at.isoformat()}~{last.what}~{last.ref}"
    query = f"{asked.query}&" if asked.query else ""
    return f"{reverse('privacy')}?{query}{urlencode({'after': at})}"


_SAID: Final = {
    "many": "打开了 {n} 张工单的个人信息",
    "beside": "其中 {n} 张没有经手",
    "night": "夜间打开 {n} 张不急的工单，没有办理",
}


def _strange(day: Day, signs: list[str], who: Who, rules: Rules) -> Unusual:
    name = who.name or names.of_actor(day.by, {})
    said = [_SAID[sign].format(n=day.count(sign)) for sign in signs]
    if "many" not in signs:
        said.insert(0, f"打开了 {day.orders} 张")
    query = urlencode({"day": day.day.isoformat(), **({"name": who.name} if who.name else {})})
    return Unusual(
        name,
        words.zh(words.ROLES, who.role) if who.role else "",
        rules.unit_name(who.unit) if who.unit else "",
        day.day,
        day.orders,
        "，".join(said),
        f"{reverse('privacy')}?{query}#rows",
    )


def _row(one: Opening, rules: Rules) -> Row:
    signs = [SIGNS[name] for name in ("beside", "night") if getattr(one, name)]
    reason = mask_text(one.reason or "")
    if one.reason is not None and _asks(one) and rules_of.thin(reason):
        signs.append("理由过简")
    return Row(
        one.at,
        one.name or names.of_actor(one.by, {}),
        words.zh(words.ROLES, one.role) if one.role else "",
        rules.unit_name(one.unit) if one.unit else "",
        _did(one),
        one.number,
        matter_name(rules, one.matter) if one.matter else "",
        reason,
        one.reason is None,
        signs,
    )


def _asks(one: Opening) -> bool:
    """Whether a reason was asked for: always, but for papers without personal data and one's own recordings."""
    return one.what in ("reveal", "copy") or (one.what == "print" and bool(one.fields)) or bool(one.reason)


def _did(one: Opening) -> str:
    if one.what == "reveal":
        return f"打开{fields(one.fields)}"
    if one.what == "print":
        shown = f"，印有{fields(one.fields)}" if one.fields else "，个人信息已隐去"
        return f"打印（{_FORMS.get(one.form, one.form)}{shown}）"
    return WHAT[one.what]
