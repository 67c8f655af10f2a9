"""What a unit is told that is about no order: a signal about it, a card, what the review meeting (调度会) asks of it.

Told to the unit's clerk; its leader reads what its clerk is told. The words of an item or of a signal stay on the page
that the notice leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from jiesu.domain.cards import COLOURS
from jiesu.domain.gaming import KINDS
from jiesu.domain.notices import Notice
from jiesu.domain.windows import Window

SAID: Final[Mapping[str, str]] = {
    "signal.told": "有关于本单位的线索，请先说明",
    "card.proposed": "提出对本单位亮牌，待批准",
    "card.approved": "对本单位亮牌",
    "card.refused": "对本单位提出的牌不予亮牌",
    "card.lifted": "本单位的牌已解除",
    "item.given": "调度会交办事项",
    "item.open": "调度会事项要重新办",
    "item.due": "调度会事项到期，请填办理结果",
}
"""What is told, by thing and what became of it."""


def of_signal(id_: int, unit: str, kind: str, window: Window, answer_by: date) -> Notice:
    """A signal was opened: the unit is heard first (domain.md §9)."""
    return _notice("signal.told", id_, unit, window, f"{window.zh} {KINDS[kind]}，{_day(answer_by)}前说明")


def of_card(became: str, id_: int, unit: str, colour: str, window: Window, *, lifts_on: date | None = None) -> Notice:
    """A card was ``proposed``, ``approved``, ``refused`` or ``lifted``."""
    upto = f"，{_day(lifts_on)}解除" if lifts_on else ""
    return _notice(f"card.{became}", id_, unit, window, f"{window.zh} {COLOURS[colour]}{upto}")


def of_item(became: str, id_: int, unit: str, window: Window, due: date, *, again: str = "") -> Notice:
    """An item is ``given`` to a unit, is ``due`` or to be done again (``open``). ``again``: what makes it another time:
    the day on which it is due, the number of its mark."""
    return _notice(f"item.{became}", id_, unit, window, f"{window.zh}调度会，{_day(due)}前", again)


def _notice(name: str, id_: int, unit: str, window: Window, title: str, again: str = "") -> Notice:
    thing, _, became = name.partition(".")
    key = ":".join(filter(None, (thing, str(id_), became, again)))
    return Notice(key, "unit_clerk", unit, SAID[name], page=f"{thing}/{window.code}/{id_}/{unit}", title=title)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
