"""Which of a few thousand short texts speak of what somebody just said: shared lexemes, the rare ones worth more.

A text's lexemes are those of search (text.bigrams). The lists are small enough to be kept by a process, so one that
changes is simply built anew.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Ranking(Generic[Key]):
    """Texts by key, each with the weight of its lexemes: 1 for a mention in the body, more for one in the title."""

    def __init__(self, texts: Mapping[Key, Mapping[str, float]]) -> None:
        self._held: dict[str, list[tuple[Key, float]]] = {}
        for key, lexemes in texts.items():
            for lexeme, weight in lexemes.items():
                self._held.setdefault(lexeme, []).append((key, weight))
        count = len(texts)
        self._worth = {lexeme: math.log(1 + count / len(keys)) for lexeme, keys in self._held.items()}

    def score(self, lexemes: Iterable[str]) -> dict[Key, float]:
        """What each text that shares one of the lexemes is worth; the others are left out."""
        found: dict[Key, float] = {}
        for lexeme in set(lexemes):
            worth = self._worth.get(lexeme)
            for key, weight in self._held.get(lexeme, ()) if worth else ():
                found[key] = found.get(key, 0.0) + weight * (worth or 0.0)
        return found


def weighed(*parts: tuple[float, Iterable[str]]) -> dict[str, float]:
    """Lexemes with the greatest weight that any part gives them."""
    found: dict[str, float] = {}
    for weight, lexemes in parts:
        for lexeme in lexemes:
            found[lexeme] = max(weight, found.get(lexeme, 0.0))
    return found
