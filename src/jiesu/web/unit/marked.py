"""Orders marked in a list, as a form sends them, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from jiesu.store.worklists import PAGE
from jiesu.workflow.unit import Marked, Result

_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, in words, and what was not, each with its reason."""

    words: str
    left: list[Result]


def marked_in(request: HttpRequest) -> list[Marked]:
    """The boxes that were ticked, ``number.version.lead`` each: at most a page; what is none is left out."""
    found = (_marked(text) for text in request.POST.getlist("mark")[:PAGE])
    return list({one.number: one for one in found if one is not None}.values())


def value_of(number: int, version: int, *, lead: bool) -> str:
    """What such a box says."""
    return f"{number}.{version}.{'lead' if lead else 'assist'}"


def _marked(text: str) -> Marked | None:
    number, _, rest = text.partition(".")
    seen, _, part = rest.partition(".")
    if not (number.isdecimal() and int(number) < _LARGEST and seen.isdecimal() and len(seen) < 9):
        return None
    return Marked(int(number), int(seen), part != "assist")


def report(results: Sequence[Result], did: str) -> Report:
    """已签收 20 张: what became of all of them."""
    left = [one for one in results if one.why]
    made = len(results) - len(left)
    said = f"{did} {made} 张" if made else ""
    if left:
        said += f"{'，' if said else ''}{len(left)} 张没有{did.removeprefix('已')}，原因在下面"
    return Report(f"{said}。" if results else "还没有选中工单。用 x 选一行，或用 a 全选。", left)
