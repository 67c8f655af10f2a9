"""Erasures that were asked for: a second person agrees or refuses, the officer carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.person_requests import GROUNDS, STATES
from jiesu.store import names
from jiesu.store import person_requests as reads
from jiesu.store.person_requests import Asked
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.privacy import seat
from jiesu.workflow import privacy as verbs

_DONE: Final = {
    "asked": "已提出删除申请，请另一位数据保护官或督办员在这里确认；还没有删除任何内容",
    "agree": "已确认，由数据保护官执行",
    "refuse": "已记下不予删除，请把理由告诉诉求人",
    "erase": "已删除。流转记录、评价和各项数字不变",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A request with who asked and answered, and what this person can do about it."""

    one: Asked
    ground: str
    state: str
    asked_by: str
    answered_by: str
    done_by: str
    answers: bool
    carries: bool
    why: str
    wrong: dict[str, str]


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """What waits, then what was decided. Five statements."""
    if not seat.may(who, "privacy-requests"):
        return failures.forbidden(request)
    return _page(request, who)


@signed_in
@require_POST
def act(request: HttpRequest, who: Person, request_id: int, what: str) -> HttpResponse:
    """agree, refuse, erase."""
    if not seat.may(who, "privacy-requests"):
        return failures.forbidden(request)
    if what not in ("agree", "refuse", "erase") or request_id >= 2**63:
        return failures.not_found(request)
    said = request.POST.get("said", "")
    try:
        if what == "erase":
            if request.POST.get("sure") != "yes":
                raise Refused("删除不能恢复，请先勾选“我知道”", field="sure")
            verbs.carry_out(request_id, by=who.actor, now=who.now)
        else:
            verbs.answer_erasure(request_id, agree=what == "agree", by=who.actor, now=who.now, said=said)
    except (Refused, NotFound, Conflict) as no:
        wrong = {"id": str(request_id), "said": said, "message": no.message}
        return _page(request, who, wrong, 409 if isinstance(no, Conflict) else 422)
    return HttpResponseRedirect(f"{reverse('privacy-requests')}?done={what}")


def _page(request: HttpRequest, who: Person, wrong: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    given = seat.seated(request, who, "privacy-requests", wrong=wrong)
    waiting, ended = reads.waiting(), reads.ended()
    rows = [_row(one, who, wrong) for one in waiting]
    if wrong and any(row.wrong for row in rows):
        given["wrong"] = None
    given.update(
        waiting=rows,
        ended=[_row(one, who, None) for one in ended],
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "privacy/requests.html", given, status=status)


def _row(one: Asked, who: Person, wrong: dict[str, str] | None) -> Row:
    own = one.asked_by == who.actor.id
    mine = wrong if wrong and wrong["id"] == str(one.id) else {}
    carries = one.state == "agreed" and "dpo" in who.roles
    why = ""
    if one.open:
        why = f"还有 {one.open} 张工单没办结，办结以后才能删除"
    elif one.state == "asked" and own:
        why = "您提出的，请另一位数据保护官或督办员确认"
    elif one.state == "agreed" and not carries:
        why = "由数据保护官执行"
    return Row(
        one,
        GROUNDS[one.ground],
        STATES[one.state],
        *(names.of_actor(by) if by else "" for by in (one.asked_by, one.answered_by, one.done_by)),
        answers=one.state == "asked" and not own,
        carries=carries and not one.open,
        why=why,
        wrong=mine,
    )
