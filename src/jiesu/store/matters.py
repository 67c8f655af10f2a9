"""The tree of matters in memory: found by name, path, keyword, pinyin or initials, told from a story, walked level by
level.

One reading of the table serves a process as long as the rules stay the same, or `KEPT` at the longest, because
keywords and spellings decide nothing and so are no part of the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, Final

from jiesu.domain.ranking import Ranking, weighed
from jiesu.domain.rules import Rules
from jiesu.domain.text import bigrams, normal
from jiesu.store import sql
from jiesu.store.documents import read_data

KEPT: Final = 300.0
BETWEEN: Final = " / "
_LATIN: Final = re.compile(r"[a-z]+")
_SHORTEST_CUE: Final = 2
_LEAST_SHARED: Final = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as the desk shows it. ``path``: the names from the root to it. ``leaf``: nothing lies below it."""

    code: str
    name: str
    path: tuple[str, ...]
    urgency: str
    kinds: tuple[str, ...]
    leaf: bool

    @property
    def words(self) -> str:
        return BETWEEN.join(self.path)


@dataclass(frozen=True, slots=True)
class Cue:
    """A matter that a story seems to be about, and the keywords in it that say so."""

    matter: Matter
    said: tuple[str, ...]


class Tree:
    """The matters of one rules snapshot with their keywords and spellings."""

    def __init__(self, rules: Rules, rows: list[tuple[Any, ...]]) -> None:
        extra = {code: (keywords, kinds, pinyin, initials) for code, keywords, kinds, pinyin, initials in rows}
        below: dict[str, list[str]] = {}
        for code, one in rules.matters.items():
            below.setdefault(str(one.get("parent") or ""), []).append(code)
        self._below = {code: sorted(codes) for code, codes in below.items()}
        self._all: dict[str, Matter] = {}
        self._spelt: dict[str, tuple[str, str]] = {}
        self._keywords: dict[str, tuple[str, ...]] = {}
        self._cues: dict[str, list[str]] = {}
        for code, one in rules.matters.items():
            keywords, kinds, pinyin, initials = extra.get(code, ([], [], "", ""))
            path = _path(code, rules)
            leaf = code not in self._below
            self._all[code] = Matter(code, str(one["name"]), path, str(one["urgency"]), tuple(kinds), leaf)
            self._spelt[code] = (pinyin, initials)
            self._keywords[code] = tuple(keywords)
            for cue in {str(one["name"]), *keywords}:
                if leaf and len(cue) >= _SHORTEST_CUE:
                    self._cues.setdefault(cue, []).append(code)
        self._ranking = Ranking({code: _lexemes(one.name, self._keywords[code]) for code, one in self._leaves()})

    def get(self, code: str) -> Matter | None:
        return self._all.get(code)

    def children(self, code: str = "") -> list[Matter]:
        """The matters right below ``code``, by code; the roots for the empty one."""
        return [self._all[one] for one in self._below.get(code, ())]

    def find(self, words: str, limit: int = 12) -> list[Matter]:
        """Matters that the words may mean, the likeliest first; several words must all fit, in name, path or keyword.

        A code finds itself and what lies below it. For equal fit the deeper matter, which decides more, comes first.
        """
        asked = normal(words).lower().split()
        if not asked:
            return []
        found = []
        for code, matter in self._all.items():
            fits = [self._fit(matter, one) for one in asked]
            if all(fits):
                found.append((-sum(fits), not matter.leaf, len(matter.name), code))
        return [self._all[code] for *_, code in sorted(found)[:limit]]

    def _fit(self, matter: Matter, word: str) -> int:
        """How well one word fits a matter; 0: not at all."""
        name, (pinyin, initials) = matter.name.lower(), self._spelt[matter.code]
        if word in (name, matter.code):
            return 100
        if _LATIN.fullmatch(word):
            return _best(
                (95, pinyin == word),
                (90, initials == word),
                (80, pinyin.startswith(word)),
                (70, initials.startswith(word)),
                (40, word in initials and len(word) > 1),
                (30, word in pinyin and len(word) > 2),
            )
        keywords = self._keywords[matter.code]
        return _best(
            (80, name.startswith(word) or matter.code.startswith(word)),
            (70, word in name),
            (60, word in keywords),
            (50, any(word in one for one in keywords)),
            (45, any(one in word for one in keywords if len(one) >= _SHORTEST_CUE)),
            (20, any(word in one for one in matter.path[:-1])),
        )

    def _leaves(self) -> list[tuple[str, Matter]]:
        return [(code, one) for code, one in self._all.items() if one.leaf]

    def told(self, text: str, limit: int = 3) -> list[Cue]:
        """Matters that a story seems to be about: by their names and keywords in it, the longer the surer; else by
        what words it shares with them.

        A suggestion for the desk, never a decision. Only matters without others below are told.
        """
        said: dict[str, list[str]] = {}
        for cue, codes in self._cues.items():
            if cue in text:
                for code in codes:
                    said.setdefault(code, []).append(cue)
        ranked = sorted(said, key=lambda code: (-sum(len(cue) ** 2 for cue in _outer(said[code])), code))
        found = [Cue(self._all[code], tuple(_outer(said[code]))) for code in ranked[:limit]]
        return found or self._near(text, limit)

    def _near(self, text: str, limit: int) -> list[Cue]:
        lexemes = bigrams(text)
        scores = self._ranking.score(lexemes)
        ranked = sorted(scores, key=lambda code: (-scores[code], code))
        found = []
        for code in ranked[:limit]:
            own = _lexemes(self._all[code].name, self._keywords[code])
            shared = tuple(dict.fromkeys(one for one in lexemes if one in own))
            if len(shared) >= _LEAST_SHARED:
                found.append(Cue(self._all[code], shared))
        return found


def _lexemes(name: str, keywords: tuple[str, ...]) -> dict[str, float]:
    return weighed((2.0, bigrams(name)), (1.0, bigrams(" ".join(keywords))))


def _best(*chances: tuple[int, bool]) -> int:
    return max((worth for worth, fits in chances if fits), default=0)


def _outer(cues: list[str]) -> list[str]:
    """The cues that are no part of a longer one, longest first."""
    ordered = sorted(cues, key=lambda cue: (-len(cue), cue))
    return [cue for at, cue in enumerate(ordered) if not any(cue in longer for longer in ordered[:at])]


def _path(code: str, rules: Rules) -> tuple[str, ...]:
    names: list[str] = []
    at = code
    while at in rules.matters and len(names) < 8:
        names.append(str(rules.matters[at]["name"]))
        at = str(rules.matters[at].get("parent") or "")
    return tuple(reversed(names))


_held: dict[str, tuple[float, Tree]] = {}
_lock = Lock()


def tree(rules: Rules) -> Tree:
    """The tree of these rules. One statement the first time, none while it is kept."""
    with _lock:
        made, held = _held.get(rules.id, (0.0, None))
        if held is not None and monotonic() - made < KEPT:
            return held
    rows = sql.rows("SELECT code, keywords::text, kinds::text, pinyin, initials FROM matter ORDER BY code")
    built = Tree(rules, [(code, read_data(words), read_data(kinds), *spelt) for code, words, kinds, *spelt in rows])
    with _lock:
        _held.clear()
        _held[rules.id] = (monotonic(), built)
    return built
