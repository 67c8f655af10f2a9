"""The board of a window: every rate of a profile by one dimension, compared, ranked inside its groups, with both
averages. Pages, the bulletin, the command line and the interface show this and compute nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from jiesu.domain import standing, words
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.rules import Rules
from jiesu.domain.scoring import score
from jiesu.domain.standing import Place, Share
from jiesu.domain.windows import Window
from jiesu.store import figures, metric_sql, publications
from jiesu.store import profiles as profiles_store
from jiesu.store import rules as rules_store
from jiesu.store.publications import Published

_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "all": {"": "全市"},
    "channel": words.CHANNELS,
    "kind": words.KINDS,
    "enterprise": {"enterprise": "企业", "person": "个人"},
    "joint": {"joint": "多单位联办", "single": "单一单位"},
}
_KINDS: Final = {
    "bureau": "部门",
    "subdistrict": "街道乡镇",
    "company": "企业",
    "institution": "事业单位",
    "section": "科室",
    "centre": "热线中心",
}
_SIZES: Final = {"large": "件数多", "middle": "件数中", "small": "件数少"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as it is shown: the share, how it changed, where it stands."""

    share: Share
    before: Share | None
    year_before: Share | None
    place: Place
    score: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Percentage points against the window before (环比)."""
        return standing.points(self.share, self.before)

    @property
    def year_change(self) -> Decimal | None:
        """Percentage points against the year before (同比)."""
        return standing.points(self.share, self.year_before)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit, matter, region ... with its figures by rate code; a rate without any case of it is left out."""

    code: str
    name: str
    group: str
    shown: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class Board:
    """All of a window. ``total``: the whole city pooled; ``means``: the mean of the lines by rate code.

    ``published``: what these figures are from, None while they are live (and may change until the month is frozen).
    """

    window: Window
    profile: Profile
    dimension: str
    lines: Sequence[Line]
    total: Mapping[str, Shown]
    means: Mapping[str, Decimal | None]
    published: Published | None
    filled_at: datetime | None

    def groups(self) -> dict[str, list[Line]]:
        """The lines by their group, in the order of the group's code."""
        found: dict[str, list[Line]] = {}
        for line in sorted(self.lines, key=lambda one: (one.group, one.code)):
            found.setdefault(line.group, []).append(line)
        return found


Cells = Mapping[tuple[str, Window, str], figures.Cell]


def board(window: Window, *, by: str = "unit", profile: str = "", live: bool = False) -> Board:
    """The figures of a window by one dimension. Raises Refused for a profile that there is not.

    A published window shows what was published, unless ``live``. Another profile than the city's own is counted from
    the facts where no rollup holds it, and nothing is kept. Six statements, each bounded by the window.
    """
    _, chosen = profiles_store.named(profile) if profile else profiles_store.in_force(window.first)
    windows = (window, window.before, window.year_before)
    frozen = {} if live or profile else publications.finals(windows)
    if window in frozen:
        chosen = profiles_store.of(frozen[window].profile)
    cells = _cells(chosen, windows, by, frozen)
    total = cells if by == "all" else _cells(chosen, windows, "all", frozen)
    return _made(window, chosen, by, cells, total, frozen.get(window))


def what_if(window: Window, profile: str, *, by: str = "unit") -> Board:
    """A window under another profile, counted from its facts; nothing is kept. A statement a rate, window and side."""
    _, chosen = profiles_store.named(profile)
    windows = (window, window.before, window.year_before)
    return _made(window, chosen, by, _counted(chosen, windows, by), _counted(chosen, windows, "all"), None)


def _counted(chosen: Profile, windows: Sequence[Window], by: str) -> Cells:
    return {
        (digest, window, code): cell
        for digest, metric in chosen.metrics.items()
        if by in metric_sql.dimensions(metric)
        for window in windows
        for code, cell in figures.of_window(metric, window, by).items()
    }


def _made(window: Window, chosen: Profile, by: str, cells: Cells, total: Cells, held: Published | None) -> Board:
    rules = rules_store.current()
    windows = (window, window.before, window.year_before)
    codes = sorted({code for _, one, code in cells if one == window})
    groups = {code: rules.group_of(code) if by == "unit" else "" for code in codes}
    shown = {rule.code: _rate(rule, chosen, cells, windows, groups, codes) for rule in chosen.rates}
    whole = {rule.code: _rate(rule, chosen, total, windows, {"": ""}, [""]).get("") for rule in chosen.rates}
    return Board(
        window=window,
        profile=chosen,
        dimension=by,
        lines=[
            Line(
                code, name_of(by, code, rules), groups[code], {r: one[code] for r, one in shown.items() if code in one}
            )
            for code in codes
        ],
        total={rate: one for rate, one in whole.items() if one is not None},
        means={rate: standing.mean(one.share for one in held.values()) for rate, held in shown.items()},
        published=held,
        filled_at=figures.filled_at(),
    )


def _cells(chosen: Profile, windows: Sequence[Window], by: str, frozen: Mapping[Window, Published]) -> Cells:
    """The figures of the windows; what was published of a window takes the place of what the facts say now."""
    rules = {rule.code: rule.metric.digest for rule in chosen.rates}
    found = dict(figures.board(sorted(set(rules.values())), windows, by))
    if not frozen:
        return found
    live = {key: cell for key, cell in found.items() if key[1] not in frozen}
    of = {held.id: window for window, held in frozen.items()}
    for id_, rate, code, cell in publications.figures_of(list(frozen.values()), by):
        if rate in rules:
            live[rules[rate], of[id_], code] = cell
    return live


def _rate(
    rule: RateRule,
    chosen: Profile,
    cells: Cells,
    windows: Sequence[Window],
    groups: Mapping[str, str],
    codes: Sequence[str],
) -> dict[str, Shown]:
    """One rate for every code that has a case of it in the first of the windows."""
    shares = [{code: _share(rule, cells, window, code) for code in codes} for window in windows]
    now = {code: one for code, one in shares[0].items() if one is not None}
    places = standing.places(now, groups, least=chosen.min_sample, lower_is_better=rule.lower_is_better, by=chosen.rank)
    scoring = next((one for one in chosen.scores if one["rate"] == rule.code), None)
    return {
        code: Shown(
            share,
            shares[1][code],
            shares[2][code],
            places[code],
            score(scoring, share, least=chosen.min_sample) if scoring else None,
        )
        for code, share in now.items()
    }


def _share(rule: RateRule, cells: Cells, window: Window, code: str) -> Share | None:
    cell = cells.get((rule.metric.digest, window, code))
    return Share(cell.n, cell.good, cell.part, rule.weight) if cell else None


def name_of(by: str, code: str, rules: Rules) -> str:
    """What a code of a dimension is called."""
    if by == "unit":
        return rules.unit_name(code) if code else "未派单位"
    if by == "group":
        return group_name(code)
    if by in ("matter", "region"):
        held = (rules.matters if by == "matter" else rules.regions).get(code)
        return str(held["name"]) if held else code or "未填"
    return _NAMES.get(by, {}).get(code, code)


def group_name(code: str) -> str:
    """A group of units as people say it: 部门（件数多）."""
    kind, _, size = code.partition(":")
    if not kind:
        return "未分组"
    return f"{_KINDS.get(kind, kind)}（{_SIZES.get(size, size)}）"
