"""What if: a past window under another profile, beside what it was. Nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from jiesu.assessment import shipped
from jiesu.assessment.board import Board, Line, Shown, board, group_name, what_if
from jiesu.assessment.explaining import Figure
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.windows import Window
from jiesu.store import metric_sql, profiles
from jiesu.web.figures import asked as wanted
from jiesu.web.figures import said
from jiesu.web.figures.board import around_window
from jiesu.web.figures.seat import READS_ALL, has, surrounded
from jiesu.web.figures.stand import stand
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in

_SLICES: Final = {
    "unit": "单位",
    "group": "单位组",
    "matter": "事项",
    "region": "区域",
    "channel": "渠道",
    "kind": "类型",
}
_SPANS: Final = ("day", "week", "month", "quarter")


@dataclass(frozen=True, slots=True)
class Pair:
    """A rate as it was and as it would be, with the points between them; each with where it opens."""

    was: str = said.NOTHING
    was_of: str = ""
    was_address: str = ""
    would: str = said.NOTHING
    would_of: str = ""
    would_address: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    pairs: Sequence[Pair]
    was_score: str
    would_score: str


@signed_in
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The board of a window beside the same under another profile, one that is kept or one that was just sent."""
    if not has(who, READS_ALL):
        return failures.forbidden(request)
    given = surrounded(request, who, "trial")
    told = request.POST if request.method == "POST" else request.GET
    window = wanted.window(told, who.now)
    if not request.GET and request.method == "GET":
        window = window.before
    by = told.get("by", "") if told.get("by") in _SLICES else "unit"
    asked = wanted.Asked(window, by=by)
    held = profiles.every()
    given.update(
        asked=asked,
        windows=around_window(asked, who.now),
        slices=_SLICES,
        profiles=[(one.name, one.zh, one.version) for one in _newest(held)],
        chosen=told.get("profile", "")[:40],
    )
    try:
        other = _other(request, told.get("profile", "")[:40], _newest(held), window)
        if other is not None:
            given.update(_compared(window, by, other, given, sent="file" in request.FILES))
    except Refused as no:
        return answer(request, "figures/trial.html", {**given, "problem": no.message}, status=422)
    return answer(request, "figures/trial.html", given)


def _newest(held: Sequence[tuple[int, Profile]]) -> list[Profile]:
    """The last version of each."""
    found: dict[str, Profile] = {}
    for _, one in held:
        found.setdefault(one.name, one)
    return list(found.values())


def _other(request: HttpRequest, name: str, held: Sequence[Profile], window: Window) -> Profile | None:
    """The profile that is tried; None before one is chosen. Raises Refused."""
    file = request.FILES.get("file")
    if not name and not file:
        return None
    if window.span not in _SPANS:
        raise Refused("试算按日、周、月、季；一年的太多，请分季试算")
    if file:
        return shipped.read_sent(file.read(shipped.MOST_BYTES + 1))
    found = next((one for one in held if one.name == name), None)
    if found is None:
        raise Refused(f"没有“{name}”这个口径，请从列表里选")
    return found


def _compared(window: Window, by: str, other: Profile, given: dict[str, Any], *, sent: bool) -> dict[str, Any]:
    was = board(window, by=by, rules=given["rules"])
    would = what_if(window, other, by=by, rules=given["rules"])
    rates = [one for one in _rates(was, would) if by in metric_sql.dimensions(one.metric)]
    lines = {one.code: one for one in was.lines}
    trial = {one.code: one for one in would.lines}
    shown = [lines.get(code) or trial[code] for code in sorted({*lines, *trial})]
    pairing = _Pairing(was, would, rates, "" if sent else other.name)
    sections: dict[str, list[Row]] = {}
    for line in shown:
        row = pairing.row(by, line, lines.get(line.code), trial.get(line.code))
        if any(pair.was != said.NOTHING or pair.would != said.NOTHING for pair in row.pairs):
            sections.setdefault(line.group, []).append(row)
    whole = Line("", "全市合计", "", {})
    return {
        "was": was,
        "would": would,
        "stand": stand(was, wanted.Asked(window, by=by)),
        "rates": rates,
        "scored": bool(was.profile.scores or would.profile.scores),
        "total": pairing.row("all", whole, Line("", "", "", was.total), Line("", "", "", would.total)),
        "sections": [
            (group_name(code) if by == "unit" else _SLICES[by], rows) for code, rows in sorted(sections.items())
        ],
        "same": was.profile.digest == would.profile.digest,
    }


def _rates(was: Board, would: Board) -> list[RateRule]:
    """The main rates of either, and what either scores, each once."""
    codes = [*would.profile.main, *was.profile.main]
    codes += [str(one["rate"]) for profile in (would.profile, was.profile) for one in profile.scores]
    known = {one.code: one for profile in (was.profile, would.profile) for one in profile.rates}
    return [known[code] for code in dict.fromkeys(codes)]


class _Pairing:
    def __init__(self, was: Board, would: Board, rates: Sequence[RateRule], name: str) -> None:
        self.was, self.would, self.rates, self.name = was, would, rates, name

    def row(self, by: str, line: Line, was: Line | None, would: Line | None) -> Row:
        before, after = (one.shown if one else {} for one in (was, would))
        pairs = [
            self._pair(by, line.code, rule.code, before.get(rule.code), after.get(rule.code)) for rule in self.rates
        ]
        return Row(line.name, pairs, _score(before), _score(after))

    def _pair(self, by: str, code: str, rate: str, was: Shown | None, would: Shown | None) -> Pair:
        figure = Figure(self.was.window, rate, by, code)
        percents = [one.share.percent if one else None for one in (was, would)]
        change = percents[1] - percents[0] if percents[0] is not None and percents[1] is not None else None
        return Pair(
            said.percent(was.share if was else None),
            said.fraction(was.share) if was else "",
            said.address(figure) if was else "",
            said.percent(would.share if would else None),
            said.fraction(would.share) if would else "",
            said.address(figure, profile=self.name) if would and self.name else "",
            said.points(change) if change else "",
        )


def _score(shown: Any) -> str:
    """The points of all rates that are scored together; empty where none is."""
    held = [one.score for one in shown.values() if one.score is not None]
    return f"{sum(held, Decimal(0)):.2f}" if held else ""
