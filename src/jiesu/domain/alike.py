"""Which of many texts are almost the same: the same words with another date or number, or a template filled in.

Texts are compared by the pairs of characters they share, digits left out. Only those that agree in one of a few
smallest hashes are compared at all, each with the first of its kind, so that the work grows with their number.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeVar
from zlib import crc32

from jiesu.domain.text import bigrams

K = TypeVar("K", bound=Hashable)
_HASHES: Final = 8
_TRIED: Final = 40
"""How many firsts under one hash a text is compared with: what everybody writes would else be compared with all."""
_DIGITS: Final = re.compile(r"\d+")
_COMPARED: Final = 2000
"""Characters of one text that are looked at."""


def alike(texts: Sequence[tuple[K, str]], *, share: float, least: int) -> list[list[K]]:
    """Groups of at least ``least`` texts of which each shares ``share`` (0..1) of its pairs with the group's first.

    Keys in the order in which they came; a text is in one group. Blank texts are in none.
    """
    first_of: dict[tuple[int, int], list[K]] = {}
    pairs: dict[K, frozenset[str]] = {}
    groups: dict[K, list[K]] = {}
    for key, text in texts:
        mine = frozenset(bigrams(_DIGITS.sub("", text[:_COMPARED])))
        if not mine:
            continue
        found = _like(mine, first_of, pairs, share)
        if found is not None:
            groups[found].append(key)
            continue
        groups[key], pairs[key] = [key], mine
        for sign in _signs(mine):
            first_of.setdefault(sign, []).append(key)
    return [one for one in groups.values() if len(one) >= least]


def _like(
    mine: frozenset[str], first_of: Mapping[tuple[int, int], list[K]], pairs: Mapping[K, frozenset[str]], share: float
) -> K | None:
    for sign in _signs(mine):
        for one in first_of.get(sign, [])[-_TRIED:]:
            if len(mine & pairs[one]) >= share * len(mine | pairs[one]):
                return one
    return None


def _signs(pairs: frozenset[str]) -> list[tuple[int, int]]:
    """The smallest hash of the pairs under each of a few keys: sets that share much agree in one of them."""
    coded = [one.encode() for one in pairs]
    return [(key, min(crc32(one, key) for one in coded)) for key in range(1, _HASHES + 1)]
