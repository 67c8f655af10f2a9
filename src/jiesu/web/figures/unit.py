"""A unit's own page: what is due today, the window so far beside its group, what each order cost it, a year back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.assessment import opening
from jiesu.assessment.board import group_name
from jiesu.assessment.explaining import Figure
from jiesu.assessment.own_board import Own, OwnBoard, Point, costs, own_board
from jiesu.domain import windows
from jiesu.domain.errors import Refused
from jiesu.domain.rules import Rules
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import inbox
from jiesu.store.behind import Cost
from jiesu.web.figures import asked as wanted
from jiesu.web.figures import said
from jiesu.web.figures.said import Bar
from jiesu.web.figures.seat import reader, reads, surrounded
from jiesu.web.figures.stand import Stand, moment, upto_words
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.unit.desk import midnight

_DAY: Final = (("sign", "待签收"), ("work", "办理中"), ("today", "今日到期"), ("red", "已超期"))
_WIDTH, _HEIGHT = 26, 56
_APPEALED: Final = 6  # months, as on the page of appeals


@dataclass(frozen=True, slots=True)
class Lost:
    """An order that is not good in a rate, and why; without a title where it may not be read."""

    number: int
    title: str
    said: str
    why: str


@dataclass(frozen=True, slots=True)
class Pole:
    """A window of the way back as a small bar; ``mean``: where its group stands, empty for none."""

    x: int
    y: str
    height: str
    mean: str
    label: str
    said: str
    address: str
    percent: str
    fraction: str
    of_group: str
    frozen: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of the unit on its page."""

    code: str
    zh: str
    percent: str
    fraction: str
    address: str
    change: str
    beside: str
    interval: str
    place: str
    few: bool
    corrected: str
    group: str
    group_address: str
    mean: str
    bar: Bar | None
    score: str
    price: str
    lost: Sequence[Lost]
    bad: int
    bad_address: str
    title: str
    poles: Sequence[Pole]


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, unit: str) -> HttpResponse:
    """The page of one unit: of his own for everybody there, of any for those who read all. Seven statements."""
    if not reads(who):
        return failures.forbidden(request)
    given = surrounded(request, who, "unit")
    rules: Rules = given["rules"]
    if unit not in rules.units:
        return failures.not_found(request)
    mine = unit in given["own"]
    window = wanted.window(request.GET, who.now)
    live = request.GET.get("live") == "1"
    try:
        held = own_board(unit, window, rules=rules, live=live)
    except Refused as no:
        return answer(request, "figures/nothing.html", {**given, "said": no.message}, status=404)
    scope = reader(who, rules)
    listed = mine or scope.units is None
    found = costs(held, reader=scope) if listed else []
    asked = wanted.Asked(window, live=live)
    day, appealed = _day(who, unit, mine, window)
    given.update(
        held=held,
        name=rules.unit_name(unit),
        group=group_name(held.group),
        group_address=f"{reverse('figures')}{asked.but(group=held.group)}",
        mine=mine,
        listed=listed,
        day=day,
        appeals=appealed,
        rates=[_rate(who, one, held, found, live) for one in held.rates],
        stand=_stand(held, live),
        unit=unit,
        asked=asked,
        windows=_windows(held, who),
        units=[(code, rules.unit_name(code)) for code in given["own"]] if len(given["own"]) > 1 else [],
    )
    return answer(request, "figures/unit.html", given)


def _windows(held: OwnBoard, who: Person) -> dict[str, str]:
    window = held.window
    address = reverse("figures-unit", args=[held.unit])
    found = {"before": f"{address}?window={window.before.code}", "before_zh": window.before.zh}
    now = wanted.window({}, who.now, span=window.span)
    if window < now:
        after = type(window)(window.span, window.after)
        found.update(after=f"{address}?window={after.code}", after_zh=after.zh)
    return found


def _day(
    who: Person, unit: str, mine: bool, window: Window
) -> tuple[list[tuple[str, int, str]], tuple[str, int] | None]:
    """What lies there now: (in words, how many, where it opens for those who work there). For them also where their
    appeals of the month stand, and how many wait."""
    units = who.units if mine else [unit]
    month = mine and window.span == "month" and window.code in _appealed(who)
    ring = inbox.ring(units, now=who.now, tomorrow=midnight(who.now), appeals_of=window if month else None)
    day = [(zh, getattr(ring, name), f"{reverse('unit')}?show={name}" if mine else "") for name, zh in _DAY]
    return day, (f"{reverse('bulletin-appeals')}?month={window.code}", ring.appeals) if month else None


def _appealed(who: Person) -> list[str]:
    """The months whose appeals have a page: this one and those just before it."""
    found = [windows.of("month", who.now.astimezone(CITY_ZONE).date())]
    while len(found) < _APPEALED:
        found.append(found[-1].before)
    return [one.code for one in found]


def _stand(held: OwnBoard, live: bool) -> Stand:
    final = next((one for one in held.told if one.stage == "final"), None)
    early = next((one for one in reversed(held.told) if one.stage == "preliminary"), None)
    if held.published is not None:
        one = held.published
        words = f"{moment(one.at)}，摘要 {one.inputs[:16]}"
        if held.correction is not None:
            words += f"；{moment(held.correction.at)} 更正（{held.correction.reason}），不同的数并列"
        return Stand(one.zh, words, firm=True, links=[("看现在的记录算出来的", "?live=1&window=" + held.window.code)])
    if held.filled_at is None:
        return Stand("未定稿", "还没有统计，后台每 5 分钟补一次，过几分钟再看", firm=False)
    words = f"{upto_words(held.filled_at, held.window)}；供核对，考核以定稿为准"
    if live and final is not None:
        return Stand("未定稿", words, firm=False, links=[("看定稿数", "?window=" + held.window.code)])
    if early is not None:
        words += f"；已于 {moment(early.at)} 预公布，有异议请在申诉期内对工单提出剔除申请"
    return Stand("未定稿", words, firm=False)


def _rate(who: Person, one: Own, held: OwnBoard, found: Sequence[Cost], live: bool) -> Rate:
    rule, shown = one.rule, one.shown
    figure = Figure(held.window, rule.code, "unit", held.unit)
    group = Figure(held.window, rule.code, "group", held.group)
    share = shown.share if shown else None
    bad = share.n - share.good - share.part if share else 0
    of_group = one.of_group.share if one.of_group else None
    return Rate(
        code=rule.code,
        zh=rule.zh,
        percent=said.percent(share),
        fraction=said.fraction(share) if share else "",
        address=said.address(figure, live=live) if share else "",
        change=said.change(shown, held.window) if shown else "",
        beside=said.mostly(share) if share else "",
        interval=said.interval(share) if share else "",
        place=f"本组第 {shown.place.place}（{shown.place.among} 个够样本的单位）"
        if shown and shown.place.place
        else "",
        few=bool(shown and not shown.place.enough),
        corrected=f"更正 {said.percent(shown.corrected)}（{said.fraction(shown.corrected)}）"
        if shown and shown.corrected
        else "",
        group=f"{said.percent(of_group)}（{said.fraction(of_group)}）" if of_group else "",
        group_address=said.address(group, live=live) if of_group else "",
        mean=f"{one.group_mean}%" if one.group_mean is not None else "",
        bar=said.bar(share, of_group) if share else None,
        score=_score(one),
        price=f"{_points(one.price)} 分" if one.price else "",
        lost=[_lost(who, cost, one, figure, live) for cost in found if cost.rate == rule.code],
        bad=bad,
        bad_address=said.address(figure, live=live, good="0") if bad else "",
        title=_title(one),
        poles=[_pole(at, point, rule.code, held.unit) for at, point in enumerate(one.trend)],
    )


def _points(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _score(one: Own) -> str:
    if one.shown is None or one.shown.score is None or one.lost is None:
        return ""
    return f"得 {_points(one.shown.score)} 分，失 {_points(one.lost)} 分"


def _lost(who: Person, cost: Cost, one: Own, figure: Figure, live: bool) -> Lost:
    why = f"{reverse('figure-order', args=[cost.case.number])}?figure={figure}" + ("&live=1" if live else "")
    title = cost.title if lines.reads_titles(who.actor, cost) else "（标题不在您的查看范围）"
    return Lost(cost.case.number, title, opening.said(one.rule, cost.case), why)


def _title(one: Own) -> str:
    """What the way back shows, in words."""
    held = [point for point in one.trend if point.share is not None]
    if len(held) < 2:
        return f"{one.rule.zh}：只有{held[0].window.zh}有数" if held else f"{one.rule.zh}还没有数"
    first, last = held[0], held[-1]
    ends = f"{first.window.zh}的 {said.percent(first.share)} 到{last.window.zh}的 {said.percent(last.share)}"
    return f"{one.rule.zh}从{ends}"


def _pole(at: int, point: Point, rate: str, unit: str) -> Pole:
    percent = point.share.percent if point.share else None
    height = _HEIGHT * (percent or Decimal(0)) / 100
    group = point.of_group.percent if point.of_group else None
    label = str(point.window.first.month) if point.window.span == "month" else point.window.code
    words = f"{point.window.zh} {said.percent(point.share)}" + (
        f"（{said.fraction(point.share)}）" if point.share else "，没有应计的"
    )
    return Pole(
        x=at * _WIDTH,
        y=f"{_HEIGHT - height:.1f}",
        height=f"{height:.1f}",
        mean=f"{_HEIGHT - _HEIGHT * group / 100:.1f}" if group is not None else "",
        label=label,
        said=words + (f"，本组 {group}%" if group is not None else ""),
        address=said.address(Figure(point.window, rate, "unit", unit)) if point.share else "",
        percent=said.percent(point.share),
        fraction=said.fraction(point.share) if point.share else "",
        of_group=f"{group}%" if group is not None else said.NOTHING,
        frozen=point.frozen,
    )
