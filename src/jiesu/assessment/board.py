"""The board of a window: every rate of a profile by one dimension, compared, ranked inside its groups, with both
averages. Pages, the bulletin, the command line and the interface show this and compute nothing themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from jiesu.domain import standing, words
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.rules import Rules
from jiesu.domain.scoring import score
from jiesu.domain.standing import Place, Share
from jiesu.domain.windows import Window
from jiesu.store import boards, figures
from jiesu.store import profiles as profiles_store
from jiesu.store import rules as rules_store
from jiesu.store.boards import Asked, Ground, Told
from jiesu.store.figures import Cell
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
    """One figure as it is shown: the share, how it changed, where it stands. ``corrected``: as a later correction has
    it, None where none says otherwise."""

    share: Share
    before: Share | None
    year_before: Share | None
    place: Place
    score: Decimal | None = None
    corrected: Share | None = None

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


Means = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Board:
    """All of a window. ``total``: the whole city pooled; ``means``: the mean of the lines by rate code.

    ``published``: what these figures are from, None while they are live (and may change until the month is frozen);
    ``told``: everything that was published of the window; ``correction``: the newest one, its figures stand beside.
    ``of_groups`` and ``group_means``: of each group of units its pooled figures and the mean of its lines.
    ``unfilled``: rates whose figures wait for the next fill.
    """

    window: Window
    profile: Profile
    dimension: str
    lines: Sequence[Line]
    total: Mapping[str, Shown]
    means: Means
    published: Published | None
    filled_at: datetime | None
    told: Sequence[Published] = ()
    correction: Published | None = None
    of_groups: Mapping[str, Mapping[str, Shown]] = field(default_factory=dict)
    group_means: Mapping[str, Means] = field(default_factory=dict)
    unfilled: frozenset[str] = frozenset()

    def groups(self) -> dict[str, list[Line]]:
        """The lines by their group, in the order of the group's code."""
        found: dict[str, list[Line]] = {}
        for line in sorted(self.lines, key=lambda one: (one.group, one.code)):
            found.setdefault(line.group, []).append(line)
        return found


# Which rates of a profile a page wants.
Keep = Callable[[Profile], Sequence[RateRule]]
# (rate code, window, dimension) -> figure by the dimension's code
Cells = Mapping[tuple[str, Window, str], Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a window's figures come from: the profile, what of it is published, which rates are wanted."""

    window: Window
    profile: Profile
    rates: Sequence[RateRule]
    held: Published | None = None
    correction: Published | None = None

    @property
    def windows(self) -> tuple[Window, Window, Window]:
        return self.window, self.window.before, self.window.year_before


def board(
    window: Window,
    *,
    by: str = "unit",
    profile: str = "",
    live: bool = False,
    publication: int = 0,
    keep: Keep | None = None,
    rules: Rules | None = None,
) -> Board:
    """The figures of a window by one dimension. Raises Refused for a profile or a publication that there is not.

    A frozen window shows what was published, unless ``live``; ``publication``: as that one told it. Under another
    profile than the city's own everything is live. ``keep``: which
    rates of the profile are wanted; ``rules``: those of now, when they are at
    hand. Two statements, each bounded by the window, and one for the rules.
    """
    windows = (window, window.before, window.year_before)
    ground = boards.ground(windows, profile=profile)
    source = sourced(ground, window, profile=profile, live=live, publication=publication, keep=keep)
    frozen = {} if profile else {one: held for one, held in ground.frozen.items() if one != window}
    if source.held is not None:
        frozen[window] = source.held
    dims = _dims(by)
    told = boards.figures(wanted(source, windows, frozen, dims, cut=ground.cut))
    cells, corrected = cells_of(told, source, frozen)
    return _made(source, by, cells, corrected, ground=ground, rules=rules)


def sourced(
    ground: Ground,
    window: Window,
    *,
    profile: str = "",
    live: bool = False,
    publication: int = 0,
    keep: Keep | None = None,
) -> Source:
    """Which of what there is of a window is shown, and by which profile. Raises Refused."""
    if not ground.chosen:
        profiles_store.named(profile) if profile else profiles_store.in_force(window.first)
    held = None if profile or live else ground.frozen.get(window)
    if publication:
        held = next((one for one in ground.published if one.id == publication), None)
        if held is None:
            raise Refused(f"{window.zh}没有这一次公布")
    corrections = [one for one in ground.published if one.stage == "correction"]
    chosen = ground.profiles[held.profile] if held else ground.profile
    return Source(
        window,
        chosen,
        chosen.rates if keep is None else keep(chosen),
        held,
        corrections[-1] if corrections and held is not None and held.stage == "final" else None,
    )


def _dims(by: str) -> list[str]:
    """A dimension, and what stands beside it: the whole city, and the groups of the units."""
    return list(dict.fromkeys([by, "all", *(["group"] if by == "unit" else [])]))


def wanted(
    source: Source,
    windows: Sequence[Window],
    frozen: Mapping[Window, Published],
    dims: Sequence[str],
    codes: Sequence[str] | None = None,
    *,
    cut: date | None,
) -> list[Asked]:
    """What of these windows has to be read: published figures of the frozen ones, and live ones of the others."""
    live = [one for one in windows if one not in frozen]
    published = [held.id for one, held in frozen.items() if one in windows]
    if source.correction is not None:
        published.append(source.correction.id)
    metrics = {one.metric.digest: one.metric for one in source.rates}
    names = [one.code for one in source.rates]
    return [Asked(dims, metrics, live, published, names, codes, cut)]


def cells_of(told: Iterable[Told], source: Source, frozen: Mapping[Window, Published]) -> tuple[Cells, Cells]:
    """Figures by rate, window, dimension and code; those of the newest correction apart."""
    rates: dict[str, list[str]] = {}
    for rule in source.rates:
        rates.setdefault(rule.metric.digest, []).append(rule.code)
    of = {held.id: window for window, held in frozen.items()}
    found: dict[tuple[str, Window, str], dict[str, Cell]] = {}
    ahead: list[Told] = []
    corrected: dict[tuple[str, Window, str], dict[str, Cell]] = {}
    for one in told:
        if one.ahead:
            ahead.append(one)
        elif one.window is not None:
            for rate in rates[one.of]:
                found.setdefault((rate, one.window, one.dim), {}).update(one.cells)
        elif one.publication in of:
            found.setdefault((one.of, of[one.publication], one.dim), {}).update(one.cells)
        else:
            corrected.setdefault((one.of, source.window, one.dim), {}).update(one.cells)
    for one in ahead:
        for rate in rates[one.of]:
            held = found.get((rate, one.window, one.dim), {})  # type: ignore[arg-type]
            for code, cell in one.cells.items():
                _take_off(held, code, cell)
    return found, corrected


def _take_off(held: dict[str, Cell], code: str, less: Cell) -> None:
    """What does not count yet; a figure of which nothing is left is none."""
    whole = held.get(code, less)
    held[code] = Cell(whole.n - less.n, whole.good - less.good, whole.part - less.part)
    if not held[code].n:
        del held[code]


def what_if(window: Window, profile: str | Profile, *, by: str = "unit", rules: Rules | None = None) -> Board:
    """A window under another profile, by name or as it was just read, counted from its facts; nothing is kept. Two
    statements, bounded by the window and the two that it is compared with."""
    chosen = profiles_store.named(profile)[1] if isinstance(profile, str) else profile
    source = Source(window, chosen, chosen.rates)
    ground = Ground(filled_at=figures.filled_at())
    rates: dict[str, list[str]] = {}
    for rule in chosen.rates:
        rates.setdefault(rule.metric.digest, []).append(rule.code)
    cells: dict[tuple[str, Window, str], dict[str, Cell]] = {}
    for digest, of, dim, code, cell in boards.counted(
        chosen.metrics, source.windows, _dims(by), cut=ground.cut or window.first
    ):
        for rate in rates[digest]:
            cells.setdefault((rate, of, dim), {})[code] = cell
    return _made(source, by, cells, {}, ground=ground, rules=rules)


def _made(source: Source, by: str, cells: Cells, corrected: Cells, *, ground: Ground, rules: Rules | None) -> Board:
    # Names and groups are those of the day of publication: a unit that moves to another group later moves nothing.
    rules = rules_store.at(source.held.rules) if source.held else rules or rules_store.current()
    codes = sorted(
        {code for (_, one, dim), held in cells.items() if one == source.window and dim == by for code in held}
    )
    groups = {code: rules.group_of(code) if by == "unit" else "" for code in codes}
    ranked = source.profile.rank if by == "unit" else "none"
    shown = {rule.code: rate(rule, source, by, cells, corrected, groups=groups, ranked=ranked) for rule in source.rates}
    whole = _beside(source, "all", cells, corrected)
    return Board(
        window=source.window,
        profile=source.profile,
        dimension=by,
        lines=[
            Line(
                code, name_of(by, code, rules), groups[code], {r: one[code] for r, one in shown.items() if code in one}
            )
            for code in codes
        ],
        total=whole.get("", {}),
        means={code: _mean(held, codes) for code, held in shown.items()},
        published=source.held,
        filled_at=ground.filled_at,
        told=tuple(ground.published),
        correction=source.correction,
        of_groups=_beside(source, "group", cells, corrected) if by == "unit" else {},
        group_means={
            group: {code: _mean(held, members) for code, held in shown.items()} for group, members in _grouped(groups)
        }
        if by == "unit"
        else {},
        unfilled=frozenset(
            one.code for one in source.rates if source.held is None and one.metric.digest in ground.unfilled
        ),
    )


def _grouped(groups: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The groups in order, each with its units."""
    found: dict[str, list[str]] = {}
    for code, group in groups.items():
        found.setdefault(group, []).append(code)
    return sorted(found.items())


def _beside(source: Source, dim: str, cells: Cells, corrected: Cells) -> dict[str, dict[str, Shown]]:
    """The figures of a dimension that stands beside the lines, by its code; nobody is ranked there."""
    found: dict[str, dict[str, Shown]] = {}
    for rule in source.rates:
        for code, one in rate(rule, source, dim, cells, corrected, groups={}, ranked="none").items():
            found.setdefault(code, {})[rule.code] = one
    return found


def _mean(held: Mapping[str, Shown], codes: Sequence[str]) -> Decimal | None:
    """The mean of the units; what no unit has is of none."""
    return standing.mean(held[code].share for code in codes if code and code in held)


def rate(
    rule: RateRule,
    source: Source,
    dim: str,
    cells: Cells,
    corrected: Cells,
    *,
    groups: Mapping[str, str],
    ranked: str,
) -> dict[str, Shown]:
    """One rate for every code of a dimension that has a case of it in the first of the windows."""
    now, before, year_before = (_shares(rule, cells, one, dim) for one in source.windows)
    later = _shares(rule, corrected, source.window, dim)
    least = source.profile.min_sample
    places = standing.places(now, groups, least=least, lower_is_better=rule.lower_is_better, by=ranked)
    scoring = next((one for one in source.profile.scores if one["rate"] == rule.code), None)
    return {
        code: Shown(
            share,
            before.get(code),
            year_before.get(code),
            places[code],
            score(scoring, share, least=least) if scoring else None,
            later[code] if code in later and later[code] != share else None,
        )
        for code, share in now.items()
    }


def _shares(rule: RateRule, cells: Cells, window: Window, dim: str) -> dict[str, Share]:
    return {
        code: Share(cell.n, cell.good, cell.part, rule.weight)
        for code, cell in cells.get((rule.code, window, dim), {}).items()
    }


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
