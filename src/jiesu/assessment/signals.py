"""Signals of gaming in a window: found in the record, told to the unit and to quality sampling, read by no score."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from jiesu.domain import gaming
from jiesu.domain.gaming import Signal
from jiesu.domain.windows import Window
from jiesu.store import signal_facts

Looking = Callable[[str, int, int], None]
"""Is told again and again what is looked at: the kind, how many kinds are done, of how many. May raise to end it."""

_OWN: Final = re.compile(r"[0-9A-Za-z]+|[一二三四五六七八九十百两]+[号栋幢楼单元室层天日月时点]")


def signals(window: Window, looking: Looking = lambda *_: None) -> list[Signal]:
    """Every signal of a window, by unit and kind. Six statements, each bounded by the window."""
    found: list[Signal] = []
    kinds = [*signal_facts.COUNTED, *signal_facts.WRITTEN]
    for done, kind in enumerate(kinds):
        looking(kind, done, len(kinds))
        cases = signal_facts.cases(kind, window) if kind in signal_facts.COUNTED else {}
        for unit, held in _written(kind, window).items():
            looking(kind, done, len(kinds))
            cases[unit] = len(held), _FINDS[kind](held)
        found += gaming.stand_out(kind, cases)
    return sorted(found, key=lambda one: (one.unit, one.kind))


def _written(kind: str, window: Window) -> dict[str, list[tuple[int, str]]]:
    """Of each unit what it wrote, for a kind that is found in words."""
    of_unit: dict[str, list[tuple[int, str]]] = defaultdict(list)
    if kind in signal_facts.WRITTEN:
        for unit, number, text in signal_facts.texts(kind, window):
            of_unit[unit].append((number, text))
    return of_unit


def _copied(texts: Sequence[tuple[int, str]]) -> list[int]:
    return gaming.alike(texts, _without_own)


def _without_own(text: str) -> str:
    """A text without what is its order's own: numbers, dates, houses."""
    return _OWN.sub("", text)


_FINDS: Final[Mapping[str, Callable[[Sequence[tuple[int, str]]], list[int]]]] = {
    "copied_replies": _copied,
    "bare_contacts": gaming.bare,
}
