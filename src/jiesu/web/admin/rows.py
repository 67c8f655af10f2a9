"""What a list of city data shows: rows that open their things, filters, how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from jiesu.domain.rules import Rules

STATES: Final = (("on", "在用"), ("off", "停用"), ("all", "全部"))
_SHOWN_TEXT: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A line: the address of its thing, its cells by column, a mark and whether it is out of use."""

    address: str
    cells: Sequence[str]
    tag: str = ""
    heed: str = ""
    off: bool = False


@dataclass(slots=True)
class Shown:
    """A list as its page shows it. ``filters``: (name, label, options, chosen)."""

    head: Sequence[str]
    rows: list[Row]
    total: int
    filters: list[tuple[str, str, Sequence[tuple[str, str]], str]] = field(default_factory=list)
    above: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    paged: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    q: str
    offset: int
    get: QueryDict
    rules: Rules
    now: datetime

    def one_of(self, name: str, options: Sequence[tuple[str, str]], otherwise: str = "") -> str:
        found = self.get.get(name, "")
        return found if found in dict(options) else otherwise


def one(kind: str, key: str | int) -> str:
    return reverse("admin-one", args=[kind, key])


def fits(q: str, *texts: str) -> bool:
    return not q or q.lower() in " ".join(texts).lower()


def short(text: str, most: int = _SHOWN_TEXT) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
