"""What units and the desk write: contacts, notes, reasons, replies; and what residents say on the phone afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any, Final

from jiesu.demo.words.grammar import Chance, Choice, Filling, Grammar, speak
from jiesu.demo.words.slips import tidy
from jiesu.demo.words.source import SLOT, SLOTS, Matter, read, tree
from jiesu.domain.workdays import CITY_ZONE

_SOON: Final = ("明天", "后天", "周五", "周末", "下周一", "下周二", "下周五", "月底", "下月初", "本周五")
_WHEN: Final = ("接件当日", "次日", "当天下午", "第二天上午", "接单后", "周末", "当晚")


class Answers:
    """The part of a speaker that speaks for those who handle a demand, and for those who judge it.

    A subclass sets ``_matters`` (season -> code -> matter) and ``_leaves`` (code -> its leaves) and ``_classes`` first.
    """

    _matters: dict[str, dict[str, Matter]]
    _leaves: dict[str, list[str]]
    _classes: dict[str, Any]

    def __init__(self, reads: Grammar) -> None:
        self._notes: dict[str, Choice] = tree(reads, read("notes"))
        self._replies: dict[str, Any] = tree(reads, read("replies"))
        self._ways: dict[tuple[str, str, str], Choice] = {}

    def notes(self) -> list[str]:
        """The names under which ``note`` has words: a move, ``move/code``, ``move.fact``, or a fact."""
        return sorted(self._notes)

    def note(self, rng: Random, *, move: str, matter: str, unit_name: str, facts: Mapping[str, Any]) -> str:
        """The words of a move. ``facts`` may hold ``fact`` (which of its texts), ``code`` (of a coded reason),
        ``contact`` (its result), ``skipped`` (a contact that was not made), ``place`` (a name) and ``due`` (a moment
        that the words may name).

        A name unknown to the phrases falls back from ``move.fact`` to ``move``, to the fact, to a plain note.
        """
        chance = rng.random
        code = facts.get("code") or facts.get("contact") or ("skipped" if facts.get("skipped") else "")
        way = (move, str(facts.get("fact") or ""), str(code))
        choice = self._ways.get(way)
        if choice is None:
            choice = self._ways[way] = self._way(*way)
        slots = self._slots(chance, matter, unit_name, str(facts.get("place") or ""), facts.get("due"))
        return tidy(speak(choice[int(chance() * len(choice))], chance, slots))

    def reply(
        self,
        rng: Random,
        *,
        matter: str,
        kind: str,
        claim: str,
        place: Any,
        unit_name: str,
        due: datetime | None = None,
        template: bool = False,
    ) -> dict[str, str]:
        """What a unit answers, by fact: ``public_reply``, ``measures``, ``internal_note``; also ``why_not`` for a claim
        of unsolved or explained (not of a consultation), and for a promise ``promise_text``, ``promise_owner`` and
        ``promise_approver``.

        ``due``: the moment promised, if the words are to name it. ``template``: the empty words of a unit that
        answers everybody alike.
        """
        chance, said = rng.random, self._replies
        slots = self._slots(chance, matter, unit_name, getattr(place, "name", None) or "", due)
        way = "asked" if claim == "explained" and kind == "consultation" else claim
        told: dict[str, Choice] = {
            "measures": said["measures"].get(way, self._notes["measures"]),
            "internal_note": said["internal"].get(way, self._notes["internal_note"]),
        }
        if way in ("unsolved", "explained"):
            told["why_not"] = said["why_not"]
        if claim == "promised":
            told["promise_text"] = self._notes["promise_text"]
            told["promise_owner"] = self._notes["submit.promise_owner"]
            told["promise_approver"] = self._notes["submit.promise_approver"]
        public = "template" if template else kind if kind in ("praise", "suggestion") and chance() < 0.7 else way
        told["public_reply"] = said[public]
        slots[SLOT["因"]] = _one(slots[SLOT["因"]], chance, slots)
        return {name: tidy(_one(choice, chance, slots)) for name, choice in told.items()}

    def opinion(self, rng: Random, *, resolved: str, rating: str) -> str:
        """What a resident says when called back. KeyError for an answer or a rating that the domain does not know."""
        chance = rng.random
        slots: list[Filling] = [""] * len(SLOTS)
        return _one(self._replies["opinion"][f"{resolved}/{rating}"], chance, slots)

    def _way(self, move: str, fact: str, code: str) -> Choice:
        own = [name for name in self._notes if name.startswith((f"{move}.", f"{move}/"))]
        names = (f"{move}.{fact}/{code}", f"{move}.{fact}", f"{move}/{code}", move, fact, *own[:1], "note")
        return next(self._notes[name] for name in names if name in self._notes)

    def _slots(self, chance: Chance, matter: str, unit_name: str, place: str, due: datetime | None) -> list[Filling]:
        leaves = self._leaves[matter]
        leaf = self._matters["summer"][leaves[int(chance() * len(leaves))]]
        slots: list[Filling] = [""] * len(SLOTS)
        slots[SLOT["题"]] = leaf.names[int(chance() * len(leaf.names))]
        slots[SLOT["单位"]] = unit_name
        slots[SLOT["名"]] = place or "现场"
        slots[SLOT["点"]] = place
        slots[SLOT["办"]] = leaf.done
        slots[SLOT["期"]] = _day(due) if due else _SOON
        slots[SLOT["日"]] = _WHEN
        slots[SLOT["事"]] = ("处理到位", "整改完成", "解决")
        slots[SLOT["问候"]], slots[SLOT["谢"]] = self._replies["hello"], self._replies["bye"]
        slots[SLOT["因"]] = self._replies["because"][self._classes[leaf.who]["side"]]
        return slots


def _one(choice: Filling, chance: Chance, slots: list[Filling]) -> str:
    return speak(choice[int(chance() * len(choice))], chance, slots)


def _day(moment: datetime) -> str:
    """A day as people write it, in the city's own time."""
    local = moment.astimezone(CITY_ZONE)
    return f"{local.month}月{local.day}日"
