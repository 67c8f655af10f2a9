"""Names for codes and codes for names, as forms and spreadsheets write them; under one snapshot of the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from jiesu.domain.administration.kinds import BETWEEN
from jiesu.domain.duties import ANYWHERE, LOCAL
from jiesu.domain.rules import Rules

WHOLE_CITY: Final = "全市"
_LIKE: Final = 0.5
ALL_MATTERS: Final = "全部事项"
BY_PLACE: Final = "属地街道"
_CODED: Final = re.compile(r"(.*?)\s*[（(]([A-Za-z0-9.\-]+)[）)]")


class Unknown(Exception):
    """No such name, or more than one; the text says which, for a person."""


class Names:
    """What units, matters and regions are called. Units that are no longer in use are known by name, never by code.

    ``more``: units by code that are about to be there, as a file of units names them.
    """

    def __init__(self, rules: Rules, more: Mapping[str, str] | None = None) -> None:
        self._rules = rules
        units = {**(more or {}), **{code: unit.name for code, unit in rules.units.items()}}
        self._units = _Book("单位", units, _full(rules))
        matters = {code: str(one["name"]) for code, one in rules.matters.items()}
        self._matters = _Book("事项", matters, {})
        self._regions = _Book("区域", {code: str(one["name"]) for code, one in rules.regions.items()}, {})

    # -- words

    def unit(self, code: str | None) -> str:
        if code is None:
            return ""
        return self._units.said(code) if self._units.knows(code) else self._rules.unit_name(code)

    def lead(self, code: str) -> str:
        return BY_PLACE if code == LOCAL else self.unit(code)

    def matter(self, code: str) -> str:
        """Code and name: 03.06 管道保温. Codes order the tree, so people know them."""
        if code == ANYWHERE:
            return ALL_MATTERS
        name = self._rules.matter_name(code)
        return code if name == code else f"{code} {name}"

    def region(self, code: str) -> str:
        return WHOLE_CITY if code == ANYWHERE else self._regions.said(code)

    # -- codes; Unknown when there is none

    def unit_code(self, said: str) -> str:
        return self._units.code(said)

    def lead_code(self, said: str) -> str:
        return LOCAL if said in (BY_PLACE, LOCAL) else self.unit_code(said)

    def matter_code(self, said: str) -> str:
        if said in (ALL_MATTERS, ANYWHERE):
            return ANYWHERE
        head = said.split(maxsplit=1)[0] if said.strip() else ""
        return head if head in self._rules.matters else self._matters.code(said)

    def region_code(self, said: str) -> str:
        return ANYWHERE if said in (WHOLE_CITY, ANYWHERE) else self._regions.code(said)

    def title(self, kind: str, key: str) -> str:
        """What a thing of a kind is called in a list of changes, by its key alone."""
        parts = key.split(BETWEEN)
        if kind == "catalog":
            return f"{self.matter(parts[0])}，{self.region(parts[-1])}"
        naming = {"unit": self.unit, "matter": self.matter, "region": self.region}.get(kind)
        return naming(key) if naming else key


class _Book:
    """Codes by name both ways; a name that two share is written with its code behind it."""

    def __init__(self, what: str, names: Mapping[str, str], also: Mapping[str, str]) -> None:
        self._what, self._names = what, names
        times = Counter(names.values())
        self._twice = {name for name, n in times.items() if n > 1}
        self._codes = {name: code for code, name in names.items() if times[name] == 1}
        for code, name in also.items():
            self._codes.setdefault(name, code)

    def knows(self, code: str) -> bool:
        return code in self._names

    def said(self, code: str) -> str:
        name = self._names.get(code, code)
        return f"{name}（{code}）" if name in self._twice else name

    def code(self, said: str) -> str:
        said = said.strip()
        if said in self._names:
            return said
        if said in self._codes:
            return self._codes[said]
        coded = _CODED.fullmatch(said)
        if coded and coded[2] in self._names:
            return coded[2]
        if said in self._twice:
            raise Unknown(f"有不止一个{self._what}叫“{said}”，请写编号")
        raise Unknown(f"没有叫“{said}”的{self._what}，请核对，或先在“{self._what}”里新增{self._near(said)}")

    def _near(self, said: str) -> str:
        close = closest(said, self._codes)
        return f"；是不是“{close}”？" if close else ""


def _full(rules: Rules) -> dict[str, str]:
    return {code: unit.full for code, unit in rules.units.items() if unit.full}


def closest(said: str, names: Iterable[str]) -> str:
    """The name that is most like what was written; empty when none is half like it."""
    return next(iter(get_close_matches(said, list(names), n=1, cutoff=_LIKE)), "")
