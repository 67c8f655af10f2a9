"""Any figure, opened: the formula, the clause, the orders behind it; and for one order why it counts (domain.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiesu.assessment.board import name_of
from jiesu.domain import windows, words
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import BY_END, DIMENSIONS, EXCLUSIONS, WORDS, Profile, RateRule
from jiesu.domain.standing import Share
from jiesu.domain.tally import LimitFact
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import fact_fill, figures, metric_sql, profiles, publications
from jiesu.store import rules as rules_store
from jiesu.store.figures import Behind
from jiesu.store.publications import Published


@dataclass(frozen=True, slots=True)
class Figure:
    """Names one figure: of a window, a rate, by a dimension's code."""

    window: Window
    rate: str
    dimension: str
    code: str

    def __str__(self) -> str:
        return f"{self.window.code}/{self.rate}/{self.dimension}/{self.code}".rstrip("/")


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure with all that it is made of. ``counted`` are the words of its conditions, ``cases`` a page of orders."""

    figure: Figure
    name: str
    rule: RateRule
    profile: Profile
    share: Share
    counted: Sequence[str]
    good: Sequence[str]
    left_out: Sequence[str]
    published: Published | None
    cases: Sequence[Behind]


def read(text: str) -> Figure:
    """The figure that ``str(Figure)`` names: 2026-10/on_time/unit/U0301, 2026-10/response/all. Raises Refused."""
    window, _, rest = text.partition("/")
    rate, _, rest = rest.partition("/")
    dimension, _, code = rest.partition("/")
    if not rate or (dimension or "all") not in DIMENSIONS:
        raise Refused(f"指标须写成 2026-10/on_time/unit/U0301 这样：{text}")
    return Figure(windows.read(window), rate, dimension or "all", code)


def explain(
    figure: Figure,
    *,
    profile: str = "",
    good: bool | None = None,
    after: tuple[int, int] = (0, -(2**15)),
    limit: int = figures.PAGE,
    live: bool = False,
) -> Explained:
    """The figure as it was published when its window is frozen, else as it stands; ``good``: which cases to list.

    Raises Refused for a rate, a dimension or a profile that there is not. Five statements, bounded by the window.
    """
    held = None if profile or live else publications.final(figure.window)
    if held is not None:
        chosen = profiles.of(held.profile)
    else:
        _, chosen = profiles.named(profile) if profile else profiles.in_force(figure.window.first)
    rule = chosen.rate(figure.rate)
    metric = rule.metric
    if figure.dimension not in metric_sql.dimensions(metric):
        raise Refused(f"“{rule.zh}”不按{DIMENSIONS[figure.dimension]}统计")
    fill = held.fill if held else None
    cell = figures.count_behind(metric, figure.window, figure.dimension, figure.code, fill=fill)
    cases = figures.behind(
        metric, figure.window, figure.dimension, figure.code, fill=fill, good=good, after=after, limit=limit
    )
    return Explained(
        figure=figure,
        name=name_of(figure.dimension, figure.code, rules_store.current()),
        rule=rule,
        profile=chosen,
        share=Share(cell.n, cell.good, cell.part, rule.weight),
        counted=[_said(metric.table, one) for one in metric.count],
        good=[_said(metric.table, one) for one in metric.good],
        left_out=[EXCLUSIONS[one] for one in metric.leave_out],
        published=held,
        cases=cases,
    )


def _said(table: str, word: str) -> str:
    if word == BY_END:
        return "在本期末前"
    zh = WORDS[table][word.removeprefix("not ")]
    return f"不是“{zh}”" if word.startswith("not ") else zh


@dataclass(frozen=True, slots=True)
class Why:
    """One limit of one order in words: by when, done when, and which event decided it."""

    fact: LimitFact
    clock: str
    unit: str
    said: str


def why(number: int) -> list[Why]:
    """Every limit that assessment reads from an order, and why it counts as it does. Raises Refused for no order."""
    found = list(fact_fill.read([number]))
    if not found:
        raise Refused(f"没有工单 {number}，请核对工单号")
    rules = rules_store.current()
    return [
        Why(one, words.zh(words.CLOCKS, one.clock), rules.unit_name(one.unit), _why(one)) for one in found[0].limits
    ]


def _why(one: LimitFact) -> str:
    if one.freed:
        return "时限到期前已不由该单位办，不计"
    if one.due is None:
        return "挂账期间不计时限" if one.shelved else "没有时限"
    if one.until is not None:
        return f"时限 {_at(one.due)}，{_at(one.until)} 起改为新的时限"
    if one.done is None:
        return f"时限 {_at(one.due)}，尚未办"
    if one.in_time:
        return f"时限 {_at(one.due)}，{_at(one.done)} 办，在限内"
    return f"时限 {_at(one.due)}，{_at(one.done)} 才办，超期"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
