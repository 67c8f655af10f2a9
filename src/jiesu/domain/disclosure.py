"""Which figures may be shown to everybody: a small number could point to a person, also when it is only what is left of
a total after everything else is taken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DEFAULTS: Final[Mapping[str, Any]] = {"open_figures": True, "open_least": 10}


def withheld(counts: Mapping[str, int], least: int) -> frozenset[str]:
    """The codes whose figures are withheld: those of fewer than ``least`` cases, and the smallest of the others until
    what is withheld is together ``least`` cases or more, so that no total gives away the rest."""
    small = {code for code, n in counts.items() if n < least}
    left = sorted((code for code in counts if code not in small), key=lambda code: (counts[code], code))
    together = sum(counts[code] for code in small)
    while left and 0 < together < least:
        together += counts[left[0]]
        small.add(left.pop(0))
    return frozenset(small)
