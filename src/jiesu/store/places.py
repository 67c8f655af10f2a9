"""The gazetteer: a place by a part of its name, by pinyin, by initials, or named somewhere in a sentence.

Every read is one statement through indexes, whatever the size of the city: each way of finding is a branch of its
own, bounded by itself, and the ranking works on the few rows that the branches give.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from unicodedata import normalize

from jiesu.store import sql

LONGEST: Final = 40
"""How many characters of what was typed count."""
_STORY: Final = 300
_NAME: Final = 14
_BRANCH: Final = 60
_LATIN: Final = re.compile(r"[a-z']+")
_HEAD: Final = re.compile(r"[^\d\s]+")
# A syllable of pinyin, or the first letter of one: what people type, mixed as it comes.
_SYLLABLE: Final = re.compile(
    r"er|(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie"
    r"|iu|ua|uo|ui|ue|ve|a|o|e|i|u|v)|[a-z]"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer, or a region of the city (``id`` 0). ``rest``: what was typed behind its name.

    ``x`` and ``y`` are in the map's own coordinates. ``parents``: the regions it lies in, the widest first, without
    the city itself.
    """

    id: int
    name: str
    kind: str
    region: str
    x: float
    y: float
    parents: tuple[str, ...]
    rest: str = ""

    @property
    def words(self) -> str:
        """The place as an order tells it: 丽景小区3栋."""
        return self.name + self.rest


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, taken apart: the whole without spaces, the name it may begin with, and what stands behind."""

    whole: str
    head: str
    rest: str

    @classmethod
    def of(cls, words: str) -> Asked:
        told = normalize("NFKC", words.replace("\0", "")).strip()[:LONGEST]
        head = _HEAD.match(told)
        name = head[0] if head else told
        return cls("".join(told.split()), name, "".join(told[len(name) :].split()))


def complete(words: str, region: str | None = None, limit: int = 8) -> list[Place]:
    """Places that ``words`` may mean, the likeliest first: 丽景, lijing, lj, lijxq, 丽景 3栋, 建设路18号.

    A name that stands in the words wins, then names that begin with them, then spellings, then names that hold them;
    a house number stays in ``rest``. ``region``: only places in it or in a part of it.
    """
    asked = Asked.of(words)
    if not asked.head:
        return []
    latin = asked.head.lower() if _LATIN.fullmatch(asked.head.lower()) else ""
    syllables = _SYLLABLE.findall(latin)
    initials = "".join(one[0] for one in syllables)
    params = {
        "parts": _parts(asked.whole, 2),
        "region": region,
        **_between("name", asked.head),
        **_between("pinyin", latin.replace("'", "")),
        **_between("initials", latin),
        **_between("mixed", initials if initials != latin else ""),
        "spelt": "[a-z]*".join(syllables),
        "initial_pairs": [a + b for a, b in pairwise(initials)],
        "initials_hold": f"%{initials}%",
        "pairs": [] if latin else [a + b for a, b in pairwise(asked.head)],
        "holds": f"%{_plain(asked.head)}%",
        "limit": limit,
    }
    return [_place(row, asked) for row in sql.rows(_COMPLETE, params)]


def named_in(text: str, limit: int = 3) -> list[Place]:
    """Places whose names stand in a story, the longest names first; names of two characters are too common to count."""
    told = "".join(normalize("NFKC", text.replace("\0", ""))[:_STORY].split())
    if len(told) < 3:
        return []
    asked = Asked(told, "", "")
    return [
        _place(row, asked, story=True) for row in sql.rows(_NAMED_IN, {"parts": _parts(asked.whole, 3), "limit": limit})
    ]


def _parts(whole: str, least: int) -> list[str]:
    """Every stretch of the words that may be a name."""
    ends = range(least, _NAME + 1)
    return list({whole[at : at + size] for at in range(len(whole)) for size in ends if at + size <= len(whole)})


def _between(name: str, start: str) -> dict[str, str]:
    """The bounds of what begins with ``start``; for nothing to look for, bounds with nothing between them."""
    after = start[:-1] + chr(ord(start[-1]) + 1) if start else ""
    return {f"{name}_from": start, f"{name}_to": after}


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_DOOR: Final = re.compile(r"(?:[\dA-Za-z一二三四五六七八九十]+(?:号楼|号院|号|栋|幢|座|单元|楼|室|层|门))+")


def _place(row: tuple[Any, ...], asked: Asked, *, story: bool = False) -> Place:
    id_, name, kind, region, x, y, parents = row
    at = asked.whole.find(name)
    behind = asked.whole[at + len(name) :] if at >= 0 else asked.rest
    if story:
        door = _DOOR.match(behind)
        behind = door[0] if door else ""
    return Place(id_, name, kind, region, x, y, tuple(one for one in parents if one), behind)


# The regions that lie in the one asked for; empty when every region will do.
_INSIDE: Final = (
    "WITH RECURSIVE inside AS (SELECT code FROM region WHERE code = %(region)s::text"
    " UNION ALL SELECT r.code FROM region r JOIN inside i ON r.parent_id = i.code),"
)
_HERE: Final = "(%(region)s::text IS NULL OR p.region_id IN (SELECT code FROM inside))"


def _prefix(column: str, bounds: str, rank: int, more: str = "") -> str:
    """A branch: names or spellings that begin so, by a range that any plan can use the index for."""
    return (
        f"(SELECT p.id, {rank} AS rank FROM place p WHERE p.{column} ~>=~ %({bounds}_from)s"
        f" AND p.{column} ~<~ %({bounds}_to)s AND {_HERE}{more} ORDER BY p.{column} USING ~<~ LIMIT {_BRANCH})"
    )


_NAMED: Final = (
    f"(SELECT p.id, 0 AS rank FROM place p WHERE p.name = ANY(%(parts)s::text[]) AND {_HERE} LIMIT {_BRANCH})"
)


def _holding(column: str, pairs: str, holds: str, rank: int, more: str = "") -> str:
    """A branch: names or initials with the words somewhere inside, by their pairs of neighbours."""
    return (
        f"(SELECT p.id, {rank} AS rank FROM place p WHERE cardinality(%({pairs})s::text[]) > 0"
        f" AND name_pairs(p.{column}) @> %({pairs})s::text[] AND p.{column} LIKE %({holds})s{more} AND {_HERE}"
        f" LIMIT {_BRANCH})"
    )


_BRANCHES: Final = (
    _NAMED,
    _prefix("name", "name", 2),
    _prefix("pinyin", "pinyin", 3),
    _prefix("initials", "initials", 3),
    _prefix("initials", "mixed", 4, " AND p.pinyin ~ ('^' || %(spelt)s)"),
    _holding("name", "pairs", "holds", 5),
    _holding("initials", "initial_pairs", "initials_hold", 6, " AND p.pinyin ~ %(spelt)s"),
)
# The branches stand in the order of their rank: once enough is found, the later and dearer ones are not walked.
_FOUND: Final = f"SELECT * FROM ({' UNION ALL '.join(_BRANCHES)}) b LIMIT {_BRANCH}"
_HITS: Final = f"SELECT id, min(rank) AS rank FROM ({_FOUND}) h GROUP BY id"
_PLACES: Final = "SELECT p.id, p.name, p.kind, p.region_id AS region, p.region_id AS above, p.x, p.y"
_REGIONS: Final = (
    "SELECT 0, g.name, g.kind, g.code, g.parent_id, coalesce((g.centre->>0)::float, 0),"
    " coalesce((g.centre->>1)::float, 0), CASE WHEN g.name = ANY(%(parts)s::text[]) THEN 1 ELSE 5 END"
    " FROM region g WHERE g.kind <> 'city' AND (%(region)s::text IS NULL OR g.code IN (SELECT code FROM inside))"
    " AND (g.name = ANY(%(parts)s::text[]) OR g.name LIKE %(holds)s) LIMIT 8"
)
# Of the names that stand in the words the longest is meant; of those that only begin so the shortest.
_ORDER: Final = "rank, CASE WHEN rank < 2 THEN -length(name) ELSE length(name) END, name, id"


def _with_parents(found: str, order: str) -> str:
    """The few rows that are left, each with the regions it lies in."""
    names = ", ".join(f"CASE WHEN {level}.kind <> 'city' THEN {level}.name END" for level in "cba")
    return (
        f" SELECT f.id, f.name, f.kind, f.region, f.x, f.y, ARRAY[{names}] FROM ({found}) f"
        " LEFT JOIN region a ON a.code = f.above LEFT JOIN region b ON b.code = a.parent_id"
        f" LEFT JOIN region c ON c.code = b.parent_id ORDER BY {order}"
    )


_COMPLETE: Final = _INSIDE.removesuffix(",") + _with_parents(
    f"SELECT * FROM ({_PLACES}, h.rank FROM ({_HITS}) h JOIN place p ON p.id = h.id UNION ALL ({_REGIONS})) n"
    f" ORDER BY {_ORDER} LIMIT %(limit)s",
    _ORDER.replace("rank", "f.rank").replace("name", "f.name").replace(" id", " f.id"),
)
_NAMED_IN: Final = _with_parents(
    f"{_PLACES} FROM place p WHERE p.name = ANY(%(parts)s::text[]) ORDER BY length(p.name) DESC, p.name, p.id"
    " LIMIT %(limit)s",
    "length(f.name) DESC, f.name, f.id",
)
