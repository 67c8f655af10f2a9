"""Signals that a unit may be working for the figures and not for the citizen (domain.md §6, §9).

A signal is a share of a unit's cases that stands out from what all other units do. It says where to look, never what is
true: it goes to quality sampling, the unit sees and answers it first, and no score reads it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from jiesu.domain.text import bigrams, normal

KINDS: Final[Mapping[str, str]] = {
    "deadline_burst": "到期前一小时内集中答复",
    "copied_replies": "答复雷同",
    "bare_contacts": "先行联系记录空泛",
    "claim_refuted": "报已解决而回访未解决",
    "retyped": "投诉、求助改为咨询",
    "reopened": "办结后又被重启",
}
LEAST: Final = 20  # cases below which nothing is said
TIMES: Final = 2.0  # how much more than the others is worth a look
_Z: Final = 2.576  # 99 %
_ALIKE: Final = 0.8
_COMPARED: Final = 40
_BARE: Final = 12  # characters in which nothing can be said of a talk


@dataclass(frozen=True, slots=True)
class Signal:
    """Of ``of`` cases of a unit ``cases`` are of a kind; others have ``usual`` of theirs. ``numbers``: orders to look
    at."""

    unit: str
    kind: str
    cases: int
    of: int
    usual: float
    numbers: tuple[int, ...]

    @property
    def share(self) -> float:
        return self.cases / self.of

    def words(self) -> str:
        """As the unit and the inspector read it."""
        return (
            f"{KINDS[self.kind]}：{self.of:,} 件中 {self.cases:,} 件（{self.share:.0%}），其他单位平均 {self.usual:.0%}"
        )


def stand_out(kind: str, cases: Mapping[str, tuple[int, Sequence[int]]]) -> list[Signal]:
    """Units whose share stands out from all the others'. ``cases``: of each unit how many there are, and which orders
    are of the kind. The lower end of the unit's interval (Wilson, 99 %) must be above twice the others' share."""
    whole = sum(of for of, _ in cases.values())
    found = sum(len(numbers) for _, numbers in cases.values())
    signals = []
    for unit, (of, numbers) in sorted(cases.items()):
        others = whole - of
        usual = (found - len(numbers)) / others if others else 0.0
        if of >= LEAST and others and _lower(len(numbers), of) > max(TIMES * usual, 0.02):
            signals.append(Signal(unit, kind, len(numbers), of, usual, tuple(numbers)))
    return signals


def _lower(cases: int, of: int) -> float:
    p = cases / of
    centre, width = p + _Z * _Z / (2 * of), _Z * sqrt(p * (1 - p) / of + _Z * _Z / (4 * of * of))
    return (centre - width) / (1 + _Z * _Z / of)


def alike(texts: Iterable[tuple[int, str]], strip: Callable[[str], str] = str) -> list[int]:
    """Orders whose text is nearly another one's: four fifths of their pairs of characters in common. Each text is
    compared with those that share its rarest pairs, so that the work grows with the texts and not with their square.
    """
    held = [(number, frozenset(bigrams(strip(text)))) for number, text in texts]
    often: dict[str, int] = defaultdict(int)
    for _, pairs in held:
        for pair in pairs:
            often[pair] += 1
    by_pair: dict[str, list[int]] = defaultdict(list)
    for place, (_, pairs) in enumerate(held):
        for pair in _rarest(pairs, often):
            by_pair[pair].append(place)
    found = set()
    for place, (number, pairs) in enumerate(held):
        rivals = {other for pair in _rarest(pairs, often) for other in by_pair[pair][:_COMPARED]} - {place}
        if any(_share(pairs, held[other][1]) >= _ALIKE for other in rivals):
            found.add(number)
    return sorted(found)


def bare(texts: Iterable[tuple[int, str]]) -> list[int]:
    """Orders whose note of a talk says only that there was one."""
    return sorted(number for number, text in texts if len(normal(text)) <= _BARE)


def _rarest(pairs: frozenset[str], often: Mapping[str, int]) -> list[str]:
    """The pairs that occur in other texts too, the rarest first, and the commonest: a template is of common ones."""
    shared = sorted((pair for pair in pairs if often[pair] > 1), key=lambda pair: (often[pair], pair))
    return shared[:4] + shared[-4:]


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
