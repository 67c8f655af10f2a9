"""A board as its page draws it: tiles of the whole city, then groups of lines with one rate as bars, each a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.urls import reverse

from jiesu.assessment.board import Board, Line, Shown, group_name
from jiesu.assessment.explaining import Figure
from jiesu.domain.profiles import DIMENSIONS, RateRule
from jiesu.domain.standing import Share
from jiesu.store import metric_sql
from jiesu.web.figures import said
from jiesu.web.figures.asked import Asked, columns, first_of
from jiesu.web.figures.said import Bar

MOST_LINES: Final = 40
"""So many matters or regions are drawn, those with the most cases; a file holds all of them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure with where it opens; ``corrected``: what a later correction says of it, in words."""

    code: str
    percent: str = said.NOTHING
    fraction: str = ""
    beside: str = ""
    address: str = ""
    few: bool = False
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its name and place, the bar of the rate that the board is sorted by, how that changed, all figures."""

    code: str
    name: str
    address: str
    mine: bool
    place: str
    bar: Bar | None
    interval: str
    change: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Section:
    """A group with its own figures; ``title`` states what is seen; ``few``: lines with too few cases for a place."""

    code: str
    name: str
    title: str
    total: list[Cell]
    means: list[str]
    rows: list[Row]
    few: list[Row] = field(default_factory=list)
    none: list[Row] = field(default_factory=list)

    @property
    def sums(self) -> list[tuple[Cell, str]]:
        """The group's pooled figure and the mean of its units, rate by rate."""
        return list(zip(self.total, self.means, strict=True))


@dataclass(frozen=True, slots=True)
class Tile:
    """A main rate of the whole city."""

    zh: str
    percent: str
    fraction: str
    change: str
    lines: list[str]
    address: str
    sorts: str
    open: bool
    corrected: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The whole board; ``hidden``: lines that a file holds and the page does not."""

    tiles: list[Tile]
    columns: list[tuple[RateRule, str, bool]]
    sort: RateRule | None
    sections: list[Section]
    groups: list[tuple[str, str]]
    hidden: int


class Drawing:
    """Draws one board for one reader."""

    def __init__(self, board: Board, asked: Asked, own: Sequence[str]) -> None:
        self.board, self.asked, self.own = board, asked, own
        shown = columns(board.profile, asked.columns)
        self.columns = [one for one in shown if asked.by in metric_sql.dimensions(one.metric)]
        self.sort = next((one for one in self.columns if one.code == asked.sort), None) or (
            self.columns[0] if self.columns else None
        )

    def drawn(self) -> Drawn:
        lines = [one for one in self.board.lines if any(rule.code in one.shown for rule in self.columns)]
        groups = sorted({one.group for one in lines}) if self.asked.by == "unit" else [""]
        chosen = [self.asked.group] if self.asked.group in groups and self.asked.group else groups
        shown = lines if self.asked.by == "unit" else self._most(lines)
        sections = [self._section(code, [one for one in shown if one.group == code]) for code in chosen]
        return Drawn(
            tiles=[self._tile(one) for one in self._tiled()],
            columns=[(one, self.asked.but(sort=one.code), one is self.sort) for one in self.columns],
            sort=self.sort,
            sections=[one for one in sections if one.rows or one.few or one.none],
            groups=[(code, group_name(code)) for code in groups if code],
            hidden=len(lines) - len(shown),
        )

    def _tiled(self) -> list[RateRule]:
        """What stands above the table: the main rates; of the centre's view its own."""
        wanted = "centre" if self.asked.columns == "centre" else "main"
        return [one for one in columns(self.board.profile, wanted) if one.code in self.board.total]

    def _most(self, lines: Sequence[Line]) -> list[Line]:
        if len(lines) <= MOST_LINES:
            return list(lines)
        return sorted(lines, key=lambda one: (-self._cases(one), one.code))[:MOST_LINES]

    def _cases(self, line: Line) -> int:
        if self.sort is None or self.sort.code not in line.shown:
            return 0
        return line.shown[self.sort.code].share.n

    # -- tiles

    def _tile(self, rule: RateRule) -> Tile:
        one = self.board.total[rule.code]
        first = first_of(rule, self.board.profile.rates)
        of_first = self.board.total.get(first.code) if first else None
        mean = self.board.means.get(rule.code)
        lines = [
            f"单位平均 {mean}%" if mean is not None and self.asked.by == "unit" else "",
            f"其中{said.mostly(one.share)}" if one.share.part else "",
            f"首次 {said.percent(of_first.share)}，最终 {said.percent(one.share)}" if of_first else "",
            said.no_change(one, self.board.window),
        ]
        return Tile(
            rule.zh,
            said.percent(one.share),
            said.fraction(one.share),
            said.change(one, self.board.window),
            [line for line in lines if line],
            self._address(rule, "all", ""),
            self.asked.but(sort=rule.code) if rule in self.columns else "",
            rule is self.sort,
            self._corrected(one),
        )

    # -- sections

    def _section(self, code: str, lines: Sequence[Line]) -> Section:
        rows = {one.code: self._row(one, code) for one in lines}
        counted = [one for one in lines if self.sort and self.sort.code in one.shown]
        enough = self._sorted([one for one in counted if self._shown(one).place.enough])
        few = [one for one in counted if not self._shown(one).place.enough]
        none = [one for one in lines if one not in counted]
        of_group = self.board.of_groups.get(code, {}) if self.asked.by == "unit" else {}
        means = self.board.group_means.get(code, {})
        return Section(
            code,
            group_name(code) if self.asked.by == "unit" else DIMENSIONS[self.asked.by],
            self._title(code, enough, few),
            [self._cell(rule, of_group.get(rule.code), "group", code) for rule in self.columns] if of_group else [],
            [f"{held}%" if (held := means.get(rule.code)) is not None else said.NOTHING for rule in self.columns],
            [rows[one.code] for one in enough],
            [rows[one.code] for one in sorted(few, key=lambda one: one.name)],
            [rows[one.code] for one in none],
        )

    def _title(self, code: str, enough: Sequence[Line], few: Sequence[Line]) -> str:
        """What is seen, in words: 满意率：12 个单位，最高人社局 100.00%，本组合计 92.10%（竖线）."""
        if self.sort is None:
            return ""
        what = "单位" if self.asked.by == "unit" else DIMENSIONS[self.asked.by]
        said_ = [f"{self.sort.zh}：{len(enough) + len(few)} 个{what}" if what == "单位" else f"{self.sort.zh}按{what}"]
        if enough:
            top = max(enough, key=self._worth)
            edge = "最低" if self.sort.lower_is_better else "最高"
            said_.append(f"{edge}{top.name} {said.percent(self._shown(top).share)}")
        mean = self._mean(code)
        if mean is not None:
            said_.append(f"{'本组' if self.asked.by == 'unit' else '全市'}合计 {said.percent(mean)}（竖线）")
        return "，".join(said_)

    def _mean(self, group: str) -> Share | None:
        """What the bars stand beside: the group's pooled rate, or the city's."""
        if self.sort is None:
            return None
        held = self.board.of_groups.get(group, {}) if self.asked.by == "unit" else self.board.total
        return held[self.sort.code].share if self.sort.code in held else None

    def _row(self, line: Line, group: str) -> Row:
        shown = line.shown.get(self.sort.code) if self.sort else None
        return Row(
            line.code,
            line.name,
            self._line_address(line.code),
            self.asked.by == "unit" and line.code in self.own,
            _place(shown) if self.asked.by == "unit" else "",
            said.bar(shown.share, self._mean(group)) if shown else None,
            said.interval(shown.share) if shown else "",
            said.change(shown, self.board.window) if shown else "",
            [self._cell(rule, line.shown.get(rule.code), self.asked.by, line.code) for rule in self.columns],
        )

    def _line_address(self, code: str) -> str:
        if self.asked.by != "unit" or not code:
            return ""
        return f"{reverse('figures-unit', args=[code])}?window={self.board.window.code}"

    def _cell(self, rule: RateRule, one: Shown | None, by: str, code: str) -> Cell:
        if one is None:
            return Cell(rule.code)
        return Cell(
            rule.code,
            said.percent(one.share),
            said.fraction(one.share),
            said.mostly(one.share),
            self._address(rule, by, code),
            one.share.n < self.board.profile.min_sample,
            self._corrected(one),
        )

    def _corrected(self, one: Shown) -> str:
        if one.corrected is None:
            return ""
        return f"更正 {said.percent(one.corrected)}（{said.fraction(one.corrected)}）"

    def _address(self, rule: RateRule, by: str, code: str) -> str:
        figure = Figure(self.board.window, rule.code, by, code)
        return said.address(figure, publication=self.asked.publication, live=self.asked.live)

    # -- order

    def _shown(self, line: Line) -> Shown:
        return line.shown[self.sort.code if self.sort else ""]

    def _worth(self, line: Line) -> Decimal:
        percent = self._shown(line).share.percent or Decimal(0)
        return -percent if self.sort and self.sort.lower_is_better else percent

    def _sorted(self, lines: Sequence[Line]) -> list[Line]:
        by: dict[str, Callable[[Line], tuple[object, ...]]] = {
            "best": lambda one: (-self._worth(one), -self._cases(one), one.code),
            "worst": lambda one: (self._worth(one), -self._cases(one), one.code),
            "most": lambda one: (-self._cases(one), one.code),
            "name": lambda one: (one.name,),
        }
        return sorted(lines, key=by[self.asked.order])


def _place(shown: Shown | None) -> str:
    return f"{shown.place.place}/{shown.place.among}" if shown and shown.place.place else ""
