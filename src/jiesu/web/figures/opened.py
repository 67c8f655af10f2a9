"""A figure opened: how it is counted, the orders behind it in the reader's scope, and why one of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.assessment import explaining, opening
from jiesu.assessment.explaining import Figure
from jiesu.assessment.opening import Opening
from jiesu.domain import permissions, sight
from jiesu.domain.errors import Refused
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules
from jiesu.store import orders
from jiesu.store.behind import START, Case, Reader
from jiesu.store.figures import PAGE
from jiesu.web.figures import said
from jiesu.web.figures.seat import reader, reads, surrounded
from jiesu.web.figures.stand import moment, upto_words
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.lines import Line

_LARGEST: Final = 2**63
_SHOWN: Final = {"": None, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Shown:
    """A case on the page: its order as lists show it, what it is to the figure, why, and where that is explained."""

    case: Case
    line: Line | None
    verdict: str
    bad: bool
    said: str
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Tab:
    zh: str
    n: int
    address: str
    open: bool


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, window: str, rate: str, by: str, code: str = "") -> HttpResponse:
    """The figure and a page of its cases. Five statements."""
    if not reads(who):
        return failures.forbidden(request)
    given = surrounded(request, who, "board")
    rules: Rules = given["rules"]
    asked = _asked(request)
    mine = reader(who, rules)
    try:
        figure = explaining.read(f"{window}/{rate}/{by}/{code}")
        held = opening.opened(
            figure,
            rules=rules,
            profile=asked["profile"],
            live=asked["live"] == "1",
            publication=int(asked["publication"] or 0),
            good=_SHOWN[asked["good"]],
            reader=mine,
            after=_after(request.GET.get("after", "")),
        )
    except Refused as no:
        return answer(request, "figures/nothing.html", {**given, "said": no.message}, status=404)
    cases = [_shown(who, one, held, rules, asked) for one in held.cases[:PAGE]]
    given.update(
        held=held,
        figure=figure,
        percent=said.percent(held.share),
        fraction=said.fraction(held.share),
        mostly=said.mostly(held.share),
        interval=said.interval(held.share),
        agrees=held.recounted == held.share if held.recounted is not None else None,
        recounted=said.fraction(held.recounted) if held.recounted is not None else "",
        stand=_stand(held, bool(asked["profile"])),
        tabs_of=_tabs(held, figure, asked),
        cases=cases,
        calls=held.rule.metric.table == "call",
        scoped=mine.units is not None,
        others=held.share.n - held.mine.n,
        next=_next(held, figure, asked),
        asked_more=[(name, value) for name, value in asked.items() if value and name != "good"],
        back=_back(figure, asked),
    )
    return answer(request, "figures/opened.html", given)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Of what the figure is, and which of its cases are listed."""
    publication, good = request.GET.get("publication", ""), request.GET.get("good", "")
    return {
        "publication": publication if publication.isdecimal() and len(publication) < 9 else "",
        "live": "1" if request.GET.get("live") == "1" else "",
        "profile": request.GET.get("profile", "")[:40],
        "good": good if good in _SHOWN else "",
    }


def _after(text: str) -> tuple[int, int, int]:
    """Where the page before ended; a place that cannot be is the beginning."""
    try:
        number, part, turn = map(int, text.split("~"))
    except ValueError:
        return START
    return (number, part, turn) if 0 <= number < _LARGEST and abs(part) < 2**15 and 0 <= turn < 2**31 else START


def _shown(who: Person, case: Case, held: Opening, rules: Rules, asked: dict[str, str]) -> Shown:
    rule = held.rule
    return Shown(
        case,
        lines.line(who, case.row, rules) if case.row is not None else None,
        opening.verdict(rule, good=case.good, in_part=case.in_part),
        not case.good and not case.in_part and rule.metric.table != "order" and not rule.lower_is_better,
        opening.said(rule, case),
        rules.unit_name(case.unit) if case.unit else "",
        _why(held.figure, case.number, asked) if case.row is not None else "",
    )


def _why(figure: Figure, number: int, asked: dict[str, str]) -> str:
    kept = {name: asked[name] for name in ("publication", "live", "profile") if asked[name]}
    return f"{reverse('figure-order', args=[number])}?{urlencode({'figure': str(figure), **kept})}"


def _tabs(held: Opening, figure: Figure, asked: dict[str, str]) -> list[Tab]:
    """All cases of the reader's, the good ones, the others; those good in part are among the others."""
    share = held.mine
    counts = {"": share.n, "1": share.good, "0": share.n - share.good}
    good = opening.verdict(held.rule, good=True, in_part=False)
    bad = opening.verdict(held.rule, good=False, in_part=False)
    names = {"": "全部应计", "1": good, "0": f"{bad}和部分合格" if held.rule.metric.part else bad}
    kept = {"publication": int(asked["publication"] or 0), "live": bool(asked["live"]), "profile": asked["profile"]}
    return [
        Tab(names[one], counts[one], said.address(figure, good=one, **kept), asked["good"] == one)  # type: ignore[arg-type]
        for one in _SHOWN
    ]


def _next(held: Opening, figure: Figure, asked: dict[str, str]) -> str:
    if len(held.cases) <= PAGE:
        return ""
    last = held.cases[PAGE - 1]
    given = {name: value for name, value in asked.items() if value}
    given["after"] = f"{last.number}~{last.part}~{last.turn}"
    return f"{said.address(figure).partition('?')[0]}?{urlencode(given)}"


def _back(figure: Figure, asked: dict[str, str]) -> str:
    """The board that this figure stands on."""
    given = {
        "window": figure.window.code,
        "by": figure.dimension if figure.dimension not in ("all", "group") else "unit",
    }
    given |= {name: asked[name] for name in ("publication", "live") if asked[name]}
    return f"{reverse('figures')}?{urlencode(given)}"


def _stand(held: Opening, trial: bool) -> tuple[str, str]:
    """A word for what the figure is, and of which moment."""
    if trial:
        return "试算", "按另一个口径从记录里数的，没有存下"
    if held.published is not None:
        one = held.published
        return one.zh, f"{moment(one.at)}，摘要 {one.inputs[:16]}" + (f"，理由：{one.reason}" if one.reason else "")
    return (
        "未定稿",
        f"{upto_words(held.filled_at, held.figure.window)}；定稿前还会变" if held.filled_at else "还没有统计",
    )


@signed_in
@require_GET
def order(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """One order: each condition of a figure held against it, and every limit that assessment reads from it. A unit
    reads what concerns itself."""
    if not reads(who):
        return failures.forbidden(request)
    given = surrounded(request, who, "board")
    rules: Rules = given["rules"]
    found = orders.load(number)
    if found is None:
        return failures.page(request, 404, "没有这张工单", f"没有工单 {number}，请核对工单号。")
    held, mine = found[0], reader(who, rules)
    if not permissions.sees(who.actor, held.order):
        return failures.page(request, 403, "不能查看", "这张工单没有您单位的事，它怎么计只给经办单位和热线中心看。")
    asked = _asked(request)
    try:
        given.update(judged=_judged(request, number, mine, rules, asked, held.order, who), why=_limits(number, mine))
    except Refused as no:
        return answer(request, "figures/nothing.html", {**given, "said": no.message}, status=404)
    told = lines.reads_titles(who.actor, held.order)
    given.update(number=number, title=held.title if told else "", place=held.place if told else "", order=held.order)
    return answer(request, "figures/order.html", given)


def _judged(
    request: HttpRequest, number: int, mine: Reader, rules: Rules, asked: dict[str, str], order: Order, who: Person
) -> dict[str, Any] | None:
    """The figure that was asked about, with its conditions; None when the order is looked at by itself."""
    named = request.GET.get("figure", "")
    if not named:
        return None
    figure = explaining.read(named)
    held = opening.judged(
        figure,
        number,
        rules=rules,
        profile=asked["profile"],
        live=asked["live"] == "1",
        publication=int(asked["publication"] or 0),
        units=mine.own if mine.units is not None else None,
    )
    # What a resident said is not its unit's to read before it is final.
    hidden = held.rule.metric.table == "rating" and sight.calling(who.actor, order)
    back = said.address(figure, publication=int(asked["publication"] or 0), live=asked["live"] == "1")
    return {"held": held, "hidden": hidden, "back": back}


def _limits(number: int, mine: Reader) -> Sequence[explaining.Why]:
    found = explaining.why(number)
    return found if mine.units is None else [one for one in found if one.fact.unit in mine.own]


@signed_in
@require_GET
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """Where somebody who wrote an order's number beside a figure is sent: why that order counts in it, or not."""
    number = request.GET.get("number", "").strip()
    query = urlencode({name: value for name, value in request.GET.items() if name != "number" and value})
    if not number.isdecimal() or int(number) >= _LARGEST:
        return failures.page(request, 404, "没有这张工单", "工单号是一串数字，请核对后再查。")
    return HttpResponseRedirect(f"{reverse('figure-order', args=[int(number)])}?{query}")
