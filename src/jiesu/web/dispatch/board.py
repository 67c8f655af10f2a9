"""The list of a desk that decides order by order: lists as tabs, filters in the address, a suggestion in each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest

from jiesu.domain import words
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules
from jiesu.domain.suggestion import Suggestion, suggest
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import dispatching, units, worklists
from jiesu.store.dispatching import Beside
from jiesu.store.worklists import PAGE, Queue, Row
from jiesu.web.dispatch.decision import Decision
from jiesu.web.frame import lines, queue
from jiesu.web.frame.around import around, said
from jiesu.web.frame.gate import Person
from jiesu.web.frame.lines import Line
from jiesu.web.order import forms

_LARGEST: Final = 2**63
_WAITS: Final = frozenset({"received", "accepted"})


@dataclass(frozen=True, slots=True)
class Board:
    """A desk of this kind. ``queues``: its lists in the order of its tabs; the first in which something waits opens.

    ``more``: what its own panes show beside the decision; ``then``: what is still to be done after a move, elsewhere.
    """

    desk: str
    zh: str
    address: str
    queues: tuple[str, ...]
    role: str
    more: Callable[[Decision], dict[str, Any]] = lambda made: {}
    then: Callable[[Order, Rules], str] = lambda order, rules: ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One list; ``key`` opens it."""

    name: str
    zh: str
    said: str
    address: str
    key: str
    open: bool


@dataclass(frozen=True, slots=True)
class Suggested:
    """A row with the unit that is suggested for it; ``unit`` and ``code`` are empty when none is."""

    line: Line
    unit: str
    code: str
    sure: str
    tried: int


def read(request: HttpRequest, who: Person, board: Board) -> dict[str, Any]:
    """What the desk's template is given for its list. Three statements: the frame, the rows, what stands beside."""
    shown = request.GET.get("queue", "")
    given = around(request, who, desk=board.desk, shown=shown if shown in board.queues else board.queues[0])
    mine: dict[str, tuple[Queue, int | None]] = {one.name: (one, count) for one, count in given["queues"]}
    chosen = _chosen(board, mine, shown)
    rules: Rules = given["rules"]
    filters = queue.filters_in(request.GET, rules)
    asked = queue.numbers_asked(request)
    rows = worklists.page(chosen, units=who.units, now=who.now, filters=filters, among=asked)
    sent = request.GET.get("sent", "")
    also = [int(sent)] if sent.isdecimal() and int(sent) < _LARGEST else []
    numbers = {*(row.number for row in rows), *(asked or ()), *also}
    held = dispatching.beside(sorted(numbers)) if numbers else {}
    kept = {name: written(value) for name, value in filters.items()}
    given.update(
        board=board,
        queue=chosen,
        tabs=[_tab(board, mine[name], at, chosen, kept) for at, name in enumerate(board.queues, 1) if name in mine],
        rows=[_suggested(who, row, rules, held.get(row.number)) for row in rows[:PAGE]],
        left=[(one, _state(held.get(one))) for one in sorted(set(asked or ()) - {row.number for row in rows})],
        filters=kept,
        filter_fields=choices(rules),
        matters=forms.matters(rules),
        follow=len(rows) > PAGE,
        back=urlencode({"queue": chosen.name, **kept}),
        firms=urlencode({"queue": chosen.name, **kept, **({"enterprise": ""} if "enterprise" in kept else _FIRMS)}),
        address=f"{board.address}?{urlencode({'queue': chosen.name, **kept})}",
        enters=" ".join(queue.entering(chosen)),
        units=units.spelt(rules),
        sent=_sent(also, held, rules),
    )
    return given


_SHORT: Final = {"returns": "退单", "asked": "申请"}
_FIRMS: Final = {"enterprise": "1"}


def _chosen(board: Board, mine: Mapping[str, tuple[Queue, int | None]], shown: str) -> Queue:
    """The list that is asked for; without one, the first in which something waits."""
    if shown in board.queues and shown in mine:
        return mine[shown][0]
    have = [mine[name] for name in board.queues if name in mine]
    return next((one for one, count in have if count), have[0][0])


def _tab(board: Board, one: tuple[Queue, int | None], at: int, chosen: Queue, kept: Mapping[str, str]) -> Tab:
    queue_, count = one
    address = f"{board.address}?{urlencode({'queue': queue_.name, **kept})}"
    zh = _SHORT.get(queue_.name, queue_.zh)
    return Tab(queue_.name, zh, said(count), address, str(at), queue_.name == chosen.name)


def _suggested(who: Person, row: Row, rules: Rules, held: Beside | None) -> Suggested:
    made = lines.line(who, row, rules)
    found = _suggestion(row, rules, held, who.now)
    tried = held.tried if held else 0
    if found is None:
        return Suggested(made, made.unit, "", "", tried)
    return Suggested(made, rules.unit_name(found.lead) if found.lead else "", found.lead, found.sure, tried)


def _suggestion(row: Row, rules: Rules, held: Beside | None, now: datetime) -> Suggestion | None:
    """Whom the catalog suggests for a row; None where nobody waits to be chosen."""
    if row.state not in _WAITS:
        return None
    excluded = list(held.excluded) if held else []
    told = Order(row.number, matter=row.matter, region=row.region, kind=row.kind, urgency=row.urgency)
    told.excluded = excluded
    return suggest(rules, told, now)


def _state(held: Beside | None) -> str:
    return words.zh(words.STATES, held.state) if held else ""


def _sent(numbers: Sequence[int], held: Mapping[int, Beside], rules: Rules) -> list[tuple[int, str]]:
    """What a browser without scripts is told of the order that it has just dealt with."""
    return [
        (one, f"{_state(held[one])} {rules.unit_name(held[one].lead_unit or '')}".strip())
        for one in numbers
        if one in held
    ]


def written(value: Any) -> str:
    """A filter as it stands in the address and in its form."""
    if isinstance(value, datetime):
        return f"{value.astimezone(CITY_ZONE):%Y-%m-%d}"
    return "1" if value is True else str(value)


def choices(rules: Rules) -> list[tuple[str, str, list[forms.Option]]]:
    """The filters of the list: name, label, what may be chosen."""
    roots = [(code, str(one["name"])) for code, one in rules.matters.items() if not one.get("parent")]
    return [
        ("urgency", "紧急程度", list(words.URGENCIES.items())),
        ("kind", "类型", list(words.KINDS.items())),
        ("matter", "事项", roots),
        ("region", "区域", forms.regions(rules)),
    ]


def number_shown(request: HttpRequest) -> int | None:
    """The order that the address wants beside the list."""
    asked = request.GET.get("order", "")
    return int(asked) if asked.isdecimal() and int(asked) < _LARGEST else None
