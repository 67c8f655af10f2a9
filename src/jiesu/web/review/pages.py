"""The review desk: replies by the review clock, each beside what the catalog asks for; passed or sent back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import words
from jiesu.domain.checklist import Check, Returned, checklist, returned
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.rules import Rules
from jiesu.store import worklists
from jiesu.store.worklists import QUEUES
from jiesu.web.callback.panel import told
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order.sheet import Sheet, sheet
from jiesu.workflow import review
from jiesu.workflow.step import Taken

_QUEUE: Final = QUEUES["reviewer"][0]
_DONE: Final = {"pass_review": "已审核通过，转去回访", "send_back": "已退回单位重报"}
_LARGEST: Final = 2**63
_LETTERS: Final = "acdefghilmpqrstuvwxz123456789"
"""Keys of the reasons: none that the page or the frame has a use for while the list of reasons is open."""


@dataclass(frozen=True, slots=True)
class Code:
    """A reason for sending back, its key, and the words that may be changed before they go."""

    code: str
    zh: str
    text: str
    key: str


@dataclass(slots=True)
class Back:
    """Sending back: form and substance apart, and what either would mean for the unit now."""

    groups: list[tuple[str, Returned | None, list[Code]]] = field(default_factory=list)
    problem: str = ""
    chosen: str = ""
    reason: str = ""

    @property
    def open(self) -> bool:
        return bool(self.problem)


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply in its parts, as the reviewer reads it beside the checks."""

    unit: str
    parts: list[tuple[str, str]]
    checks: list[Check]
    backs: str


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The list and the reply whose turn it is. ``?order=``: another one."""
    return _page(request, who, wanted=_number(request.GET.get("order", "")))


def _page(
    request: HttpRequest, who: Person, *, wanted: int | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    if "reviewer" not in who.roles:
        return failures.forbidden(request)
    given = around(request, who, desk="review", shown=_QUEUE.name)
    rules: Rules = given["rules"]
    rows = worklists.page(_QUEUE, units=(), now=who.now, filters={})
    numbers = [row.number for row in rows]
    chosen = wanted if wanted in numbers else next(iter(numbers), None)
    given.update(
        rows=[lines.line(who, row, rules) for row in rows[: worklists.PAGE]],
        more=len(rows) > worklists.PAGE,
        chosen=chosen,
        after=_after(numbers, chosen),
        done=_done(request),
        missing=wanted if wanted and wanted not in numbers and not problem else 0,
        problem=problem,
    )
    if chosen is not None:
        held = sheet(request, who, chosen, moves=False, related=False)
        given.update(sheet=held, reply=_reply(held, rules), back=_back(request, who, held, rules, problem))
    return answer(request, "review/desk.html", given, status=status)


def _after(numbers: list[int], chosen: int | None) -> int:
    """The order below the one that is open: where one goes on; 0: the first of the list."""
    if chosen is None:
        return 0
    below = numbers[numbers.index(chosen) + 1 :]
    return below[0] if below else 0


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) < _LARGEST else None


def _done(request: HttpRequest) -> tuple[str, int] | None:
    said, of = _DONE.get(request.GET.get("done", "")), _number(request.GET.get("of", ""))
    return (said, of) if said and of else None


_PARTS: Final = (
    ("公开答复", "public_reply"),
    ("采取的措施", "measures"),
    ("内部办理情况", "internal_note"),
    ("未解决的原因", "why_not"),
    ("承诺", "promise_text"),
    ("案号", "statutory_number"),
    ("配合单位缺什么", "missing"),
)


def _reply(held: Sheet, rules: Rules) -> Reply:
    order = held.order
    said = [(zh, told(held, fact, ("reply", "submit"))) for zh, fact in _PARTS]
    public = said[0][1]
    unit = rules.unit_name(order.lead.unit) if order.lead else ""
    backs = [f"形式退回 {order.form_backs} 次"] if order.form_backs else []
    backs += [f"实质退回 {order.substance_backs} 次"] if order.substance_backs else []
    claim = words.zh(words.CLAIMS, order.claim)
    parts = [("办理结果", claim), *((zh, text) for zh, text in said if text)]
    return Reply(unit, parts, checklist(order, rules, held.now, public), "，".join(backs))


def _back(request: HttpRequest, who: Person, held: Sheet, rules: Rules, problem: str) -> Back:
    made = Back(problem=problem, chosen=request.POST.get("send_back", ""), reason=request.POST.get("reason", ""))
    codes: Mapping[str, Mapping[str, Any]] = rules.reasons.get("send_back", {})
    keys = dict(zip(codes, _LETTERS, strict=False))
    for form, zh in ((True, "形式"), (False, "实质")):
        mine = {code: one for code, one in codes.items() if (one.get("type") == "form") is form}
        first = next(iter(mine), "")
        means = returned(held.order, first, who.actor, rules, who.now) if first else None
        listed = [
            Code(code, str(one["name"]), str(one.get("text", "")), keys.get(code, "")) for code, one in mine.items()
        ]
        made.groups.append((zh, means, listed))
    return made


# -- what becomes of a reply


@signed_in
@require_POST
def let_pass(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The reply is good: on to the callback, and to the next one."""
    seen = _number(request.POST.get("seen", ""))
    return _made(request, who, number, lambda: review.let_pass(number, by=who.actor, now=who.now, seen=seen))


@signed_in
@require_POST
def send_back(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The reply goes back with a coded reason and words for the unit."""
    sent = request.POST
    return _made(
        request,
        who,
        number,
        lambda: review.send_back(
            number,
            sent.get("send_back", ""),
            sent.get("reason", ""),
            by=who.actor,
            now=who.now,
            seen=_number(sent.get("seen", "")),
        ),
    )


def _made(request: HttpRequest, who: Person, number: int, verb: Callable[[], Taken]) -> HttpResponse:
    try:
        move = verb().event.move
    except NotFound as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except Conflict as no:
        return _page(request, who, wanted=number, problem=no.message, status=409)
    except (Forbidden, Refused) as no:
        return _page(request, who, wanted=number, problem=no.message, status=422)
    then = {"done": move, "of": number, "order": _number(request.POST.get("after", "")) or ""}
    return HttpResponseRedirect(f"{reverse('review')}?{urlencode({k: v for k, v in then.items() if v})}")
