"""Does the search for signals of gaming find the units that the simulation let game, and leave the others alone?

    .venv/bin/python benchmarks/signals.py --data DIR [--span quarter|month]

Reads a data directory filled by `jiesu simulate` with the city's usual year (DIR is brought up to date in its facts).
Prints each signal of each whole window; then the recall over the truths of the scenario (unit x way of gaming), per
window and over all windows, and the false signals: of units that were not told to do what they are signalled for.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jiesu.demo.simulate.scenario import Scenario
    from jiesu.domain.gaming import Signal
    from jiesu.domain.windows import Window

LEAST: Final = 0.15
"""From this share of its orders on a unit games: below it is what careless people do."""
SEEN_BY: Final[Mapping[str, frozenset[str]]] = {
    "bursts": frozenset({"deadline_burst"}),
    "templates": frozenset({"copied_replies"}),
    "skips_contact": frozenset({"bare_contacts"}),
    "coaches": frozenset({"reopened", "claim_refuted"}),
}
"""Ways of gaming of the simulation, and the kinds of signal that show them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--span", choices=("quarter", "month"), default="quarter")
    asked = parser.parse_args()
    os.environ["JIESU_DATA"] = str(asked.data.resolve())
    from jiesu.cli import frame

    with frame.ready():
        from jiesu.assessment import filling
        from jiesu.demo.simulate import scenario

        begun = time.monotonic()
        read = filling.fill_due(datetime.now(UTC))
        print(f"{read:,} orders read into facts in {time.monotonic() - begun:.1f} s")
        truths = dict(_truths(scenario.load()))
        return _report({window: _found(window) for window in _windows(asked.span)}, truths)


def _truths(told: Scenario) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    """(unit, way of gaming) -> the kinds of signal that show it."""
    for unit, character in told.units.items():
        for way, kinds in SEEN_BY.items():
            if getattr(character, way) >= LEAST:
                yield (unit, way), kinds


def _windows(span: str) -> list[Window]:
    """The whole windows between the first limit and the last."""
    from jiesu.domain import windows
    from jiesu.store import sql

    first, last = (
        sql.one("SELECT min(day), max(day) FROM fact_limit WHERE clock = 'handle' AND gone IS NULL") or (None,) * 2
    )
    found = []
    window = windows.of(span, first) if first else None
    while window is not None and window.after <= last:
        if window.first >= first:
            found.append(window)
        window = windows.of(span, window.after)
    return found


def _found(window: Window) -> list[Signal]:
    from jiesu.assessment.signals import signals

    begun = time.monotonic()
    found = signals(window)
    print(f"{window.code}: {len(found)} signals in {time.monotonic() - begun:.1f} s")
    for one in found:
        print(f"  {one.unit} {one.words()}")
    return found


def _report(found: Mapping[Window, list[Signal]], truths: Mapping[tuple[str, str], frozenset[str]]) -> int:
    if not found:
        print("no whole window in this data", file=sys.stderr)
        return 1
    shown = {(one.unit, one.kind) for held in found.values() for one in held}
    hits = 0
    print(f"\n{'unit':8} {'games by':16} {'windows in which a signal shows it'}")
    for (unit, way), kinds in truths.items():
        seen = sum(any(one.unit == unit and one.kind in kinds for one in held) for held in found.values())
        hits += seen
        print(f"{unit:8} {way:16} {seen} of {len(found)}")
    every = len(truths) * len(found)
    recalled = sum(any((unit, kind) in shown for kind in kinds) for (unit, _), kinds in truths.items())
    told = [one for held in found.values() for one in held]
    false = [one for one in told if not any(one.unit == unit and one.kind in k for (unit, _), k in truths.items())]
    units = {unit for unit, _ in truths}
    print(
        f"\nrecall: {recalled} of {len(truths)} truths; {hits} of {every} truths x windows ({hits / max(every, 1):.0%})"
    )
    clean = sum(one.unit not in units for one in false)
    print(f"false: {len(false)} of {len(told)} signals, {clean} of them of units that do not game")
    for one in false:
        print(f"  {one.unit} {one.words()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
