"""The board of a window: units inside their groups, or another slice, with filters that live in the address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.assessment.board import Board, board
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import SPANS
from jiesu.domain.workdays import CITY_ZONE
from jiesu.web.figures import asked as wanted
from jiesu.web.figures import files
from jiesu.web.figures.asked import ORDERS, SETS, SLICES, Asked
from jiesu.web.figures.rows import Drawing
from jiesu.web.figures.seat import READS_ALL, has, reads, surrounded
from jiesu.web.figures.stand import stand
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The board; a unit is first shown its own figures. Five statements."""
    if not reads(who):
        return failures.forbidden(request)
    given = surrounded(request, who, "board")
    if given["own"] and not has(who, READS_ALL) and not request.GET:
        return HttpResponseRedirect(reverse("figures-unit", args=[given["own"][0]]))
    asked = wanted.board(request.GET, who.now)
    try:
        held = _board(asked, given)
    except Refused as no:
        return answer(request, "figures/nothing.html", {**given, "said": no.message}, status=404)
    given.update(
        asked=asked,
        board=held,
        drawn=Drawing(held, asked, given["own"]).drawn(),
        stand=stand(held, asked),
        unfilled=[one.zh for one in held.profile.rates if one.code in held.unfilled],
        few=held.profile.min_sample,
        windows=around_window(asked, who.now),
        choices={"span": SPANS, "by": SLICES, "columns": SETS, "order": ORDERS},
    )
    return answer(request, "figures/board.html", given)


def _board(asked: Asked, given: dict[str, Any]) -> Board:
    return board(
        asked.window,
        by=asked.by,
        live=asked.live,
        publication=asked.publication,
        keep=lambda profile: wanted.kept(profile, asked.columns),
        rules=given["rules"],
    )


def around_window(asked: Asked, now: datetime) -> dict[str, str]:
    """The window before, and the one after while it has begun."""
    today = now.astimezone(CITY_ZONE).date()
    found = {"before": asked.but(window=asked.window.before, publication=0), "before_zh": asked.window.before.zh}
    if asked.window.after <= today:
        after = type(asked.window)(asked.window.span, asked.window.after)
        found.update(after=asked.but(window=after, publication=0), after_zh=after.zh)
    found["last"] = f"{asked.window.after - timedelta(days=1):%Y-%m-%d}"
    return found


@signed_in
@require_GET
def file_of(request: HttpRequest, who: Person, form: str) -> HttpResponse:
    """The board with all its lines as a table: csv, or xlsx."""
    if not reads(who):
        return failures.forbidden(request)
    asked = wanted.board(request.GET, who.now)
    given = surrounded(request, who, "board")
    try:
        held = _board(asked, given)
    except Refused as no:
        return answer(request, "figures/nothing.html", {**given, "said": no.message}, status=404)
    rows = files.table(held, wanted.columns(held.profile, asked.columns), stand(held, asked))
    name = f"{held.window.zh}{SETS[asked.columns]}-按{SLICES[asked.by]}"
    return files.xlsx(name, rows) if form == "xlsx" else files.csv_of(name, rows)
