"""Where and since when: the ways in which residents name a place and a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from jiesu.demo.words.grammar import Chance, Choice, Grammar
from jiesu.demo.words.source import SEASONS, read, tree

_WEEKDAYS: Final = "一二三四五六日"
_DIGITS: Final = "零一二三四五六七八九十"


class Place(Protocol):
    """What a speaker needs to know of a place."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Spots:
    """Forms of a spot for each sort of matter and kind of place, and the neighbouring roads of each place."""

    def __init__(self, grammar: Grammar, places: Sequence[Mapping[str, Any]]) -> None:
        doc = tree(grammar, read("spots"))
        self._forms: dict[str, dict[str, Choice]] = doc["forms"]
        self._org: dict[str, dict[str, Any]] = doc["org"]
        self.nowhere: Choice = doc["nowhere"]
        self._since = _since(doc["since"], doc["season"])
        roads = [one for one in places if one["kind"] == "road"]
        self._roads = {one["name"]: _near(one, roads) for one in places}
        self._far = tuple(one["name"] for one in roads) or ("主路",)

    def form(self, at: str, code: str, kind: str) -> Choice:
        """The forms that a spot of a matter may take at a place of ``kind``."""
        if at == "org":
            org = self._org.get(code) or self._org.get(code[:2]) or self._org["any"]
            if "at" not in org:
                forms: Choice = org["forms"] if org["kind"] == kind else org["other"]
                return forms
            at = org["at"]
        forms_at = self._forms[at]
        return forms_at.get(kind) or forms_at["other"]

    def roads(self, name: str) -> tuple[str, ...]:
        return self._roads.get(name, self._far)

    def since(self, when: str, season: str, hour: int) -> tuple[Choice, Choice]:
        """Phrases for before and after what happened; the latter is empty for what is over."""
        return self._since[when, season, _part(hour)]


def _near(place: Mapping[str, Any], roads: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The three nearest other roads."""
    others = [one for one in roads if one["name"] != place["name"]]
    others.sort(key=lambda one: ((one["x"] - place["x"]) ** 2 + (one["y"] - place["y"]) ** 2, one["name"]))
    return tuple(one["name"] for one in others[:3]) or ("主路",)


def _part(hour: int) -> str:
    if hour >= 18 or hour < 5:
        return "night"
    return "morning" if hour < 9 else "day"


def _since(doc: Mapping[str, Any], seasons: Mapping[str, Choice]) -> dict[tuple[str, str, str], tuple[Choice, Choice]]:
    found = {}
    for when, sides in doc.items():
        for season in SEASONS:
            for part in ("night", "morning", "day"):
                front, back = (side[part] if isinstance(side, dict) else side for side in sides.values())
                if when in ("days", "long"):
                    front = front + seasons[season]
                found[when, season, part] = (front, back or front)
    return found


def counted(days: int) -> tuple[str, str]:
    """A known number of days, said before and after what happened."""
    if days <= 0:
        return "今天", "大半天了"
    if days <= 10:
        number = "两" if days == 2 else _DIGITS[days]
        return ("从昨天开始" if days == 1 else f"这{number}天"), f"都{number}天了"
    if days < 25:
        return "这半个来月", f"都{days}天了"
    months = max(1, round(days / 30))
    if months < 12:
        number = "两" if months == 2 else "一二三四五六七八九十"[months - 1] if months <= 10 else "十一"
        return f"这{number}个来月", f"都{number}个来月了"
    return "一年多了，", "一年多了"


def calendar(when: datetime, chance: Chance) -> tuple[str, str, str]:
    """A weekday, a day of the month that has been, and an earlier month: what a speaker may mention."""
    day = 1 + int(chance() * max(1, when.day - 1))
    month = (when.month - 2 - int(chance() * 4)) % 12 + 1
    return _WEEKDAYS[int(chance() * 7)], str(day), str(month)
