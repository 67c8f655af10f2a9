"""Pinyin and initials of names, written down once beside the name, so that no desk has to compute them.

The library and its phrases take some 60 MB of memory: only what loads a city imports this module.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

from django.db.models import QuerySet
from pypinyin import Style, lazy_pinyin

from jiesu.store.models import Matter, Place, Unit

_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_AT_ONCE: Final = 1000
_PINYIN, _INITIALS = 200, 40
_Named = TypeVar("_Named", Place, Matter)


def of(name: str) -> tuple[str, str]:
    """(pinyin, initials) of a name, lower case, nothing between the syllables: 丽景小区 -> lijingxiaoqu, ljxq."""
    # Signs and letters stay in runs of their own, so both spellings treat them alike.
    return _joined(lazy_pinyin(name, style=Style.NORMAL)), _joined(lazy_pinyin(name, style=Style.FIRST_LETTER))


def fill() -> int:
    """Spell the places, matters and units that have no spelling yet; how many they were. For whoever adds some."""
    return _fill(Place.objects.filter(pinyin="")) + _fill(Matter.objects.filter(pinyin="")) + fill_units()


def fill_units() -> int:
    """Spell the short names of units, by which people call them."""
    missing = list(Unit.objects.filter(pinyin="").only("pk", "short", "initials"))
    for one in missing:
        pinyin, initials = of(one.short)
        # Letters that somebody chose stay.
        one.pinyin, one.initials = pinyin[:_PINYIN], one.initials or initials[:_INITIALS]
    Unit.objects.bulk_update(missing, ["pinyin", "initials"], batch_size=_AT_ONCE)
    return len(missing)


def _fill(missing: QuerySet[_Named]) -> int:
    found = list(missing.only("pk", "name", "initials"))
    for one in found:
        pinyin, initials = of(one.name)
        one.pinyin, one.initials = pinyin[:_PINYIN], one.initials or initials[:_INITIALS]
    missing.bulk_update(found, ["pinyin", "initials"], batch_size=_AT_ONCE)
    return len(found)


def _joined(parts: list[str]) -> str:
    return _NOT_WORD.sub("", "".join(parts).lower())
