"""Profiles: what each rate counts, with its clause, in every version; and a new one from a file, with its faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.assessment import opening, shipped
from jiesu.assessment.opening import Made
from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import profiles
from jiesu.store.documents import write_data
from jiesu.web.figures.seat import LOADS, has, reads, surrounded
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in

RANKS: Final = {"group": "在单位组内排名次", "city": "全市一起排名次", "none": "不排名次"}


@dataclass(frozen=True, slots=True)
class Told:
    """A rate with how it is counted, in words, and its score."""

    rule: RateRule
    made: Made
    score: str
    main: bool


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """Every profile and version. Four statements."""
    if not reads(who):
        return failures.forbidden(request)
    return _page(request, who)


def _page(request: HttpRequest, who: Person, *, status: int = 200, **more: Any) -> HttpResponse:
    given = surrounded(request, who, "profiles")
    held = profiles.every()
    done = next((one for id_, one in held if str(id_) == request.GET.get("done")), None)
    given.update(
        held=[one for _, one in held],
        loads=has(who, LOADS),
        now_in_force=_in_force(who, [one for _, one in held]),
        done=done,
        ranks=RANKS,
        **more,
    )
    return answer(request, "figures/profiles.html", given, status=status)


def _in_force(who: Person, held: Sequence[Profile]) -> str:
    """The digest of the profile by which this month is counted."""
    today = who.now.astimezone(CITY_ZONE).date().replace(day=1)
    now = [one for one in held if one.effective_from <= today]
    chosen = max(now, key=lambda one: (one.effective_from, one.version), default=None)
    return chosen.digest if chosen else ""


@signed_in
@require_GET
def one(request: HttpRequest, who: Person, name: str, version: int) -> HttpResponse:
    """One version: each rate with its clause and its conditions in words."""
    if not reads(who):
        return failures.forbidden(request)
    found = next((held for _, held in profiles.every() if held.name == name and held.version == version), None)
    if found is None:
        return failures.not_found(request)
    given = surrounded(request, who, "profiles")
    given.update(profile=found, rates=_told(found), cards=_cards(found), ranks=RANKS)
    return answer(request, "figures/profile.html", given)


@signed_in
@require_GET
def file_of(request: HttpRequest, who: Person, name: str, version: int) -> HttpResponse:
    """The document of a version, to begin the next one from."""
    if not reads(who):
        return failures.forbidden(request)
    found = next((held for _, held in profiles.every() if held.name == name and held.version == version), None)
    if found is None:
        return failures.not_found(request)
    response = HttpResponse(write_data(found.doc), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.name}-{found.version}.json"'
    return response


@signed_in
@require_POST
def load(request: HttpRequest, who: Person) -> HttpResponse:
    """Load a profile from a file, or only look whether it could be."""
    if not has(who, LOADS):
        return failures.forbidden(request)
    file = request.FILES.get("file")
    if file is None:
        return _page(request, who, status=422, problem="请选择口径文件（JSON）")
    content = file.read(shipped.MOST_BYTES + 1)
    try:
        if request.POST.get("only") == "check":
            read = shipped.read_sent(content)
            return _page(request, who, checked=read, rates=_told(read))
        read = shipped.load_sent(content, by=who.actor, now=who.now)
    except Refused as no:
        return _page(request, who, status=422, problem=f"{file.name}：{no.message}")
    number = next(id_ for id_, held in profiles.every() if held.digest == read.digest)
    return HttpResponseRedirect(f"{reverse('figures-profiles')}?done={number}")


def _told(profile: Profile) -> list[Told]:
    scores = {one["rate"]: one for one in profile.scores}
    return [
        Told(rule, opening.made(rule.metric), _score(scores.get(rule.code)), rule.code in profile.main)
        for rule in profile.rates
    ]


def _score(rule: Any) -> str:
    """满分 25，低于 98% 每个百分点扣 0.5，最低 12.5."""
    if rule is None:
        return ""
    return f"满分 {rule['full']}，低于 {rule['target']}% 的每个百分点扣 {rule['per_point']}，最低 {rule['floor']}"


def _cards(profile: Profile) -> list[tuple[str, str, str]]:
    """(colour, in which case, whether it is on)."""
    colours = {"yellow": "黄牌", "red": "红牌"}
    return [
        (
            colours[one["colour"]],
            f"{one['zh']}，由{words.zh(words.ROLES, one['approver'])}批准",
            "启用" if one.get("on") else "没有启用",
        )
        for one in profile.cards
    ]
