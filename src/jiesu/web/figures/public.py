"""What everybody may read: the figures of frozen months without a sign-in, small ones withheld; and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiesu.assessment.board import Board, Line, Shown, board, group_name
from jiesu.domain import disclosure
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.rules import Rules
from jiesu.store import metric_sql, open_figures
from jiesu.store import rules as rules_store
from jiesu.store.publications import Published
from jiesu.web.figures import files, said
from jiesu.web.figures.files import Table, Value
from jiesu.web.figures.stand import moment
from jiesu.web.frame import failures
from jiesu.web.frame.around import bare

SLICES: Final = {"unit": "单位", "matter": "事项", "region": "区域", "channel": "渠道", "kind": "类型"}
_KEPT: Final = "public, max-age=300"
_HEAD: Final = (
    "月份",
    "按",
    "组",
    "名称",
    "指标",
    "率（%）",
    "分子",
    "分母",
    "更正后的率（%）",
    "更正后分子",
    "更正后分母",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, or that it is withheld; ``corrected``: what a later correction says of it."""

    percent: str
    fraction: str = ""
    beside: str = ""
    corrected: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A frozen month as everybody may read it. ``firm``: frozen months, which alone may be compared with."""

    board: Board
    rates: Sequence[RateRule]
    withheld: Mapping[str, frozenset[str]]
    firm: frozenset[Any]
    least: int

    def changed(self, one: Shown) -> str:
        """Against the month before and the year before, as far as those are frozen too."""
        window = self.board.window
        before = one.before if window.before in self.firm else None
        year_before = one.year_before if window.year_before in self.firm else None
        return said.change(replace(one, before=before, year_before=year_before), window)

    def hides(self, rate: str, code: str) -> bool:
        return code in self.withheld[rate]


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """One frozen month by units, matters ... Four statements, and no session."""
    given = bare(request, None)
    rules, months = _ground()
    asked = request.GET.get("window", "")
    chosen = next((one for one in months if one.window.code == asked), months[0] if months and not asked else None)
    if chosen is None:
        status = 404 if asked else 200
        return _kept(render(request, "figures/public.html", {**given, "months": months}, status=status))
    by = request.GET.get("by", "") if request.GET.get("by") in SLICES else "unit"
    held = _open(chosen, by, months, rules)
    given.update(
        months=months,
        chosen=chosen,
        at=moment(chosen.at),
        by=by,
        slices=SLICES,
        rates=held.rates,
        tiles=[(rule, _cell(held, one), held.changed(one)) for rule, one in _whole(held)],
        sections=_sections(held, by),
        least=held.least,
        profile=held.board.profile,
        correction=held.board.correction,
        corrected_at=moment(held.board.correction.at) if held.board.correction else "",
    )
    return _kept(render(request, "figures/public.html", given))


@require_GET
def file_of(request: HttpRequest, window: str, by: str) -> HttpResponse:
    """The same as a table, one line a figure. Four statements."""
    rules, months = _ground()
    chosen = next((one for one in months if one.window.code == window), None)
    if chosen is None or by not in SLICES:
        return failures.not_found(request)
    held = _open(chosen, by, months, rules)
    return _kept(files.csv_of(f"12345热线公开数据-{window}-按{SLICES[by]}", _table(held, by, chosen)))


def _ground() -> tuple[Rules | None, list[Published]]:
    """The rules of now and the frozen months; none where the city publishes nothing."""
    try:
        rules = rules_store.current()
    except LookupError:
        return None, []
    return rules, open_figures.months() if _param(rules, "open_figures") else []


def _param(rules: Rules | None, name: str) -> Any:
    return (rules.params if rules else {}).get(name, disclosure.DEFAULTS[name])


def _open(chosen: Published, by: str, months: Sequence[Published], rules: Rules | None) -> Open:
    held = board(chosen.window, by=by, keep=_mains, rules=rules)
    if held.published is None or held.published.stage != "final":
        raise Refused(f"{chosen.window.zh}还没有定稿")
    rates = [one for one in _mains(held.profile) if by in metric_sql.dimensions(one.metric)]
    least = int(_param(rules, "open_least"))
    withheld = {rate.code: disclosure.withheld(_least(held, rate.code), least) for rate in rates}
    return Open(held, rates, withheld, frozenset(one.window for one in months), least)


def _mains(profile: Profile) -> list[RateRule]:
    return [profile.rate(code) for code in profile.main]


def _least(held: Board, rate: str) -> dict[str, int]:
    """The cases of each line, as published or as corrected, whichever are fewer."""
    shown = {line.code: line.shown[rate] for line in held.lines if rate in line.shown}
    return {code: min(one.share.n, one.corrected.n if one.corrected else one.share.n) for code, one in shown.items()}


def _whole(held: Open) -> list[tuple[RateRule, Shown]]:
    return [(rule, held.board.total[rule.code]) for rule in _mains(held.board.profile) if rule.code in held.board.total]


def _cell(held: Open, one: Shown | None, *, hidden: bool = False) -> Cell:
    if one is None:
        return Cell(said.NOTHING)
    if hidden or one.share.n < held.least:
        return Cell("不公开", withheld=True)
    later = f"更正 {said.percent(one.corrected)}（{said.fraction(one.corrected)}）" if one.corrected else ""
    return Cell(said.percent(one.share), said.fraction(one.share), said.mostly(one.share), later)


@dataclass(slots=True)
class Section:
    """A group of units, or all lines of another slice; ``kept``: names of those of which nothing may be told."""

    name: str
    rows: list[tuple[str, list[tuple[RateRule, Cell]]]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def _sections(held: Open, by: str) -> list[Section]:
    """Lines by name inside their groups; nobody is ranked before everybody."""
    found: dict[str, Section] = {}
    for line in sorted(held.board.lines, key=lambda one: (one.group, one.name)):
        name = group_name(line.group) if by == "unit" else ""
        cells = [
            (one, _cell(held, line.shown.get(one.code), hidden=held.hides(one.code, line.code))) for one in held.rates
        ]
        section = found.setdefault(name, Section(name))
        if any(cell.fraction for _, cell in cells):
            section.rows.append((line.name, cells))
        elif any(cell.withheld for _, cell in cells):
            section.kept.append(line.name)
    return [one for one in found.values() if one.rows or one.kept]


def _table(held: Open, by: str, chosen: Published) -> Table:
    month = chosen.window.code
    rows: list[Sequence[Value]] = [_HEAD]
    rows += [(month, "全市", "", "全市", rule.zh, *_values(held, one, hidden=False)) for rule, one in _whole(held)]
    for line in sorted(held.board.lines, key=lambda one: (one.group, one.name)):
        rows += _lines_of(held, line, month, by)
    words = f"{held.board.profile.zh}第 {held.board.profile.version} 版，{moment(chosen.at)} 定稿，摘要 {chosen.inputs}"
    rows.append((f"{words}；不到 {held.least} 件的不公开",))
    return rows


def _lines_of(held: Open, line: Line, month: str, by: str) -> list[Sequence[Value]]:
    group = group_name(line.group) if by == "unit" else ""
    return [
        (
            *(month, SLICES[by], group, line.name, rule.zh),
            *_values(held, line.shown[rule.code], hidden=held.hides(rule.code, line.code)),
        )
        for rule in held.rates
        if rule.code in line.shown
    ]


def _values(held: Open, one: Shown, *, hidden: bool) -> list[Value]:
    if hidden or one.share.n < held.least:
        return ["不公开", None, None, None, None, None]
    found: list[Value] = []
    for share in (one.share, one.corrected):
        found += [None, None, None] if share is None else [share.percent, said.numerator(share), share.n]
    return found


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = _KEPT
    return response
