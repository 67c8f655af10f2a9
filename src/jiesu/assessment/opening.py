"""A figure opened on a page: what it is made of, its orders as the reader may list them, and why one of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiesu.assessment.board import Source, name_of, sourced
from jiesu.assessment.explaining import Figure
from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import BY_END, DAYS_ZH, DIMENSIONS, EXCLUSIONS, OWNERS, WORDS, Metric, Profile, RateRule
from jiesu.domain.rules import Rules
from jiesu.domain.standing import Share
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import behind, boards, metric_sql
from jiesu.store.behind import EVERYBODY, START, Case, Reader, Weighed
from jiesu.store.figures import PAGE, Cell
from jiesu.store.publications import Published


@dataclass(frozen=True, slots=True)
class Made:
    """How a rate is counted, in words: by which day, what counts, what is left out, what is good, and in part."""

    by: str
    owner: str
    counted: Sequence[str]
    left_out: Sequence[str]
    good: Sequence[str]
    part: Sequence[str]


@dataclass(frozen=True, slots=True)
class Opening:
    """``share`` as its board shows it; ``recounted`` from the facts one by one, None for a very large figure; ``mine``:
    those of its cases that the reader may list, of which ``cases`` is a page, one more if others follow."""

    figure: Figure
    name: str
    rule: RateRule
    profile: Profile
    made: Made
    share: Share
    recounted: Share | None
    mine: Share
    cases: Sequence[Case]
    published: Published | None
    told: Sequence[Published]
    filled_at: datetime | None


def opened(
    figure: Figure,
    *,
    rules: Rules,
    profile: str = "",
    live: bool = False,
    publication: int = 0,
    good: bool | None = None,
    reader: Reader = EVERYBODY,
    after: tuple[int, int, int] = START,
    limit: int = PAGE,
) -> Opening:
    """The figure as its board shows it, with a page of its cases. Raises Refused. Two statements, bounded by the
    window."""
    source, rule, ground = _asked(figure, profile=profile, live=live, publication=publication)
    held = source.held
    found = behind.opened(
        rule.metric,
        figure.window,
        figure.dimension,
        figure.code,
        rate=rule.code,
        publication=held.id if held else 0,
        fill=held.fill if held else None,
        good=good,
        reader=reader,
        after=after,
        limit=limit,
    )
    # Under a profile that no rollup holds there is no figure to show but the one that was counted now.
    unknown = held is None and rule.metric.digest in ground.unfilled
    return Opening(
        figure=figure,
        name=name_of(figure.dimension, figure.code, rules),
        rule=rule,
        profile=source.profile,
        made=made(rule.metric),
        share=_share(rule, found.counted if unknown and found.counted else found.shown),
        recounted=_share(rule, found.counted) if found.counted else None,
        mine=_share(rule, found.mine),
        cases=found.cases,
        published=held,
        told=tuple(ground.published),
        filled_at=ground.filled_at,
    )


def _asked(figure: Figure, *, profile: str, live: bool, publication: int) -> tuple[Source, RateRule, boards.Ground]:
    ground = boards.ground([figure.window], profile=profile)
    source = sourced(ground, figure.window, profile=profile, live=live, publication=publication)
    rule = source.profile.rate(figure.rate)
    if figure.dimension not in metric_sql.dimensions(rule.metric):
        raise Refused(f"“{rule.zh}”不按{DIMENSIONS[figure.dimension]}统计")
    return source, rule, ground


def _share(rule: RateRule, cell: Cell) -> Share:
    return Share(cell.n, cell.good, cell.part, rule.weight)


def made(metric: Metric) -> Made:
    """How a metric counts, in words."""
    told = {"count": metric.count, "good": metric.good, "part": metric.part}
    held = {name: [word_of(metric, one) for one in words_] for name, words_ in told.items()}
    clock = f"{words.zh(words.CLOCKS, metric.clock)}时限" if metric.clock else ""
    return Made(
        by=f"{clock or DAYS_ZH[metric.by if metric.table == 'order' else metric.table]}落在本期的",
        owner=OWNERS[metric.owner],
        counted=held["count"],
        left_out=[EXCLUSIONS[one] for one in metric.leave_out],
        good=held["good"],
        part=held["part"],
    )


def word_of(metric: Metric, word: str) -> str:
    """One condition of a metric in words."""
    if word == BY_END:
        return "在本期末前办"
    zh = WORDS[metric.table][word.removeprefix("not ")]
    return f"不是“{zh}”" if word.startswith("not ") else zh


def verdict(rule: RateRule, *, good: bool, in_part: bool) -> str:
    """What a case is to a rate: 合格, or 计入 where the rate counts what happens and not what is well done."""
    if in_part:
        return "部分合格"
    if rule.lower_is_better or rule.metric.table == "order":
        return "计入" if good else "未计入"
    return "合格" if good else "不合格"


def said(rule: RateRule, case: Case) -> str:
    """What makes a case what it is, in one sentence without its full stop."""
    metric = rule.metric
    if metric.table == "limit":
        return _of_limit(case, late=not case.good)
    if metric.table == "rating":
        first = any(word.startswith("first_") for word in metric.good)
        solved, rating = (case.first_resolved, case.first_rating) if first else (case.resolved, case.rating)
        told = [words.zh(words.SOLVED, solved) if solved else "", words.zh(words.RATINGS, rating) if rating else ""]
        return f"{'首次' if first else ''}回访：{'、'.join(one for one in told if one) or '没有回答'}"
    return ""


def _of_limit(case: Case, *, late: bool) -> str:
    if case.due is None:
        return f"没有时限，{at(case.done)} 办" if case.done else "没有时限"
    if case.done is None:
        return f"时限 {at(case.due)}，没有办"
    if case.done > case.due:
        return f"时限 {at(case.due)}，{at(case.done)} 才办"
    if late and case.given is None:
        return f"时限 {at(case.due)}，{at(case.done)} 已答复，还没有审核通过"
    return f"时限 {at(case.due)}，{at(case.done)} 办"


def at(moment: datetime) -> str:
    """A moment in city time: 10-12 17:30."""
    return f"{moment.astimezone(CITY_ZONE):%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, and whether an order's fact meets it."""

    said: str
    kind: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Weight:
    """One fact of an order held against a figure. ``verdict``: what comes of it, in words."""

    unit: str
    verdict: str
    counted: bool
    checks: Sequence[Check]
    due: datetime | None
    done: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """How one order stands in one figure; ``facts`` is empty where the order has nothing of the kind."""

    figure: Figure
    name: str
    rule: RateRule
    profile: Profile
    published: Published | None
    facts: Sequence[Weight]


def judged(
    figure: Figure,
    number: int,
    *,
    rules: Rules,
    profile: str = "",
    live: bool = False,
    publication: int = 0,
    units: Sequence[str] | None = None,
) -> Judged:
    """Each fact of an order that a figure looks at, with every condition; ``units``: only facts of these. Raises
    Refused. Two statements."""
    source, rule, _ = _asked(figure, profile=profile, live=live, publication=publication)
    if rule.metric.table == "call":
        raise Refused(f"“{rule.zh}”数的是电话，不是工单")
    fill = source.held.fill if source.held else None
    found = behind.weighed(rule.metric, figure.window, figure.dimension, figure.code, number, fill=fill)
    name = name_of(figure.dimension, figure.code, rules)
    facts = [_weight(rule, one, figure, name, rules) for one in found if units is None or one.unit in units]
    return Judged(figure, name, rule, source.profile, source.held, facts)


def _weight(rule: RateRule, one: Weighed, figure: Figure, name: str, rules: Rules) -> Weight:
    checks = [
        Check(_condition(rule.metric, kind, word, one, figure, name), kind, holds)
        for (kind, word), holds in one.holds.items()
        if not (kind == "window" and word == "code" and figure.dimension == "all")
    ]
    in_part = bool(rule.metric.part) and all(held for (kind, _), held in one.holds.items() if kind == "part")
    return Weight(
        unit=rules.unit_name(one.unit) if one.unit else "",
        verdict=verdict(rule, good=one.good, in_part=in_part and not one.good) if one.counted else "不计",
        counted=one.counted,
        checks=checks,
        due=one.due,
        done=one.done,
    )


def _condition(metric: Metric, kind: str, word: str, one: Weighed, figure: Figure, name: str) -> str:
    if kind == "leave_out":
        return f"没有因“{EXCLUSIONS[word]}”剔出"
    if kind != "window":
        return word_of(metric, word)
    if word == "day":
        day = f"（{one.day.month}月{one.day.day}日）" if one.day else ""
        return f"{made(metric).by.removesuffix('落在本期的')}{day}落在{figure.window.zh}"
    if word == "code":
        return f"属于“{name}”"
    return "这个时限到本期末仍有效，没有被延期、改派换掉" if word == "effect" else "时限到期前单位没有被解除"
