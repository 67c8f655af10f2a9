"""Puts the demands of a made-up city into words.

Everything follows from the chance handed in: the same state of ``rng`` gives the same words. About 20 µs a demand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, Final, NamedTuple

from jiesu.demo.words import slips
from jiesu.demo.words.answers import Answers
from jiesu.demo.words.grammar import Chance, Choice, Filling, Node, speak
from jiesu.demo.words.source import SLOT, SLOTS, Matter, by_season, grammar, read, season, tree
from jiesu.demo.words.spots import Place, Spots, calendar, counted
from jiesu.demo.words.telling import Telling, core_of, spot_of
from jiesu.domain.workdays import CITY_ZONE

_NOT_WORDS: Final = re.compile(r"[\d\W_]+")
_LONGEST_TITLE: Final = 40
_SPOKEN: Final = frozenset({"phone", "visit"})
_HERE: Final = {"home": "home", "village": "village", "org": "org", "work": "work", "biz": "biz", "none": "from"}
_SEEN: Final = frozenset({"home", "yard", "street", "factory", "park", "village"})
_LIVED_IN: Final = frozenset({"estate", "village", "road"})
_IDLE: Final = frozenset({"invalid", "nuisance"})


class Said(NamedTuple):
    """The words of one demand."""

    title: str
    text: str

    @property
    def key(self) -> str:
        """The text without digits and marks: equal for texts that differ in nothing else."""
        return _NOT_WORDS.sub("", self.text)


class Speaker(Answers):
    """Speaks for residents, companies, units and the desk. Built once: it reads all phrases (about a second).

    ``matters`` and ``places`` are the city's lists as its files have them. KeyError if a leaf matter has no phrases.
    """

    def __init__(self, matters: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]]) -> None:
        reads = grammar()
        self._matters = by_season(reads, matters)
        self._leaves = {one["code"]: _below(one["code"], self._matters["summer"]) for one in matters}
        self._spots = Spots(reads, places)
        self._classes = tree(reads, read("classes"))
        self._frames: dict[str, Any] = tree(reads, read("frames"))
        opening = SLOT["开"]
        self._opened = {
            size: tuple(one for one in choice if one[0] == opening) for size, choice in self._frames["problem"].items()
        }
        self._idle: dict[str, Any] = tree(reads, read("idle"))
        super().__init__(reads)

    def demand(
        self,
        rng: Random,
        *,
        matter: str,
        kind: str,
        place: Place | None,
        channel: str,
        when: datetime,
        facts: Mapping[str, Any],
    ) -> Said:
        """What somebody says who has a demand of ``kind`` about ``matter`` (a parent stands for one of its leaves).

        ``facts`` may hold: ``company`` (its name), ``repeat`` (asked before), ``since`` (days), ``group`` (households),
        ``temperature`` (degrees outside), ``secret``, and ``event``: a number or name shared by all who report the same
        thing, or an object with ``id`` and, if known, ``spot`` and ``description``. Raises KeyError for an unknown
        matter, ValueError for a naive ``when``.
        """
        chance = rng.random
        if kind in _IDLE:
            return self._nothing(chance, kind, channel)
        when = _local(when)
        now = season(when)
        leaves = self._leaves[matter]
        leaf = self._matters[now][leaves[int(chance() * len(leaves))] if len(leaves) > 1 else leaves[0]]
        telling = Telling(chance, leaf, kind, channel, when, now)
        telling.facts = facts
        self._set_scene(telling, place)
        if kind == "consultation":
            return self._question(telling)
        if kind == "suggestion":
            return self._suggestion(telling)
        if kind == "praise":
            return self._praise(telling)
        return self._problem(telling)

    # -- what all have in common

    def _set_scene(self, telling: Telling, place: Place | None) -> None:
        chance, matter, slots = telling.chance, telling.matter, telling.slots
        slots[SLOT["题"]] = matter.names[int(chance() * len(matter.names))]
        slots[SLOT["周"]], slots[SLOT["初"]], slots[SLOT["月"]] = calendar(telling.when, chance)
        slots[SLOT["谁"]] = self._classes[matter.who]["who"]
        slots[SLOT["司"]] = str(telling.facts.get("company") or "")
        self._set_place(telling, place)

    def _set_place(self, telling: Telling, place: Place | None) -> None:
        if place is None:
            telling.fill("名", telling.one(self._spots.nowhere))
            telling.fill("处", telling.one(self._spots.nowhere))
            return
        telling.name, telling.place_kind = place.name, place.kind
        telling.fill("名", place.name)
        roads = self._spots.roads(place.name)
        telling.fill("邻路", roads[int(telling.chance() * len(roads))])
        matter = telling.matter
        form = self._spots.form(matter.at, matter.code, place.kind)
        event = telling.facts.get("event")
        telling.fill("处", spot_of(event, form, roads, telling) if event else telling.one(form))

    def _here(self, telling: Telling) -> Filling:
        """Who speaks from where."""
        here, chance = self._frames["here"], telling.chance
        if telling.slots[SLOT["司"]]:
            return here["firm"]  # type: ignore[no-any-return]
        if not telling.name:
            return ""
        at = telling.matter.at
        if at == "none" and chance() < 0.4:
            return ""
        if at == "none" and telling.place_kind not in _LIVED_IN:
            return here["near"]  # type: ignore[no-any-return]
        if at == "yard" and telling.place_kind == "estate" and chance() < 0.5:
            at = "home"
        if at == "village" and telling.place_kind != "village":
            at = "yard"
        return here[_HERE.get(at, "place")]  # type: ignore[no-any-return]

    def _said(self, telling: Telling, frame: Node, titles: Choice) -> Said:
        text = slips.tidy(speak(frame, telling.chance, telling.slots))
        chance = telling.chance
        if telling.place_kind == "village":
            text = slips.rural(text)
        if telling.manner == "official":
            text = slips.third_person(text)
        elif (telling.manner == "spoken" or telling.channel == "wechat") and chance() < 0.3:
            text = slips.dialect(text, chance)
        if chance() < (0.05 if telling.manner == "spoken" else 0.09):
            text = slips.slip(text, chance)
        telling.fill("地", "" if chance() < 0.12 else telling.name)
        return Said(telling.one(titles)[:_LONGEST_TITLE].replace("（）", "").replace("问题问题", "问题"), text)

    # -- kinds

    def _problem(self, telling: Telling) -> Said:
        frames, chance, matter = self._frames, telling.chance, telling.matter
        size = telling.size()
        if matter.when == "now" and size not in ("short", "middle"):
            size = "middle" if chance() < 0.7 else "long"
        if size in ("huge", "full") and len(matter.details) < 2:
            size = "long"
        self._set_problem(telling)
        self._set_story(telling)
        self._set_asks(telling)
        telling.fill("开", self._open(telling))
        telling.fill("收", self._close(telling))
        telling.fill("在", self._here(telling))
        frame = (self._opened if telling.channel.startswith("transfer") else frames["problem"])[size]
        titles = frames["titles"][telling.kind if telling.kind in frames["titles"] else "problem"]
        return self._said(telling, frame[int(chance() * len(frame))], titles)

    def _set_problem(self, telling: Telling) -> None:
        """What happened, since when, and how it is told."""
        chance, matter, facts = telling.chance, telling.matter, telling.facts
        event = facts.get("event")
        groups = matter.problems
        telling.fill("事", groups[int(chance() * len(groups))])
        if event:
            telling.fill("事", core_of(event, matter))
        front, back = self._spots.since(matter.when, telling.season, telling.when.hour)
        if (days := facts.get("since")) is not None:
            before, after = counted(int(days))
            front, back = (before,), (after,)
        telling.fill("时前", front)
        telling.fill("时后", back)
        telling.fill("述", self._frames["told"][matter.when])
        details = matter.details
        if telling.slots[SLOT["司"]] and matter.at != "biz":
            details = self._frames["firm"]["details"]
        start = int(chance() * len(details)) if details else 0
        for nth, slot in enumerate(("细一", "细二", "细三")):
            telling.fill(slot, (details[(start + nth) % len(details)],) if nth < len(details) else "")

    def _set_story(self, telling: Telling) -> None:
        """What was tried, how it feels, how often it was said, who else suffers."""
        frames, chance, matter, facts = self._frames, telling.chance, telling.matter, telling.facts
        side = "now" if matter.when == "now" else self._classes[matter.who]["side"]
        firm = bool(telling.slots[SLOT["司"]])
        tried, feels = frames["tried"][side], frames["firm"]["feels"] if firm else frames["feels"][matter.feel]
        telling.pair("试", "试二", tried)
        telling.pair("感", "感二", feels)
        telling.fill("再", frames["again"] if facts.get("repeat") else "")
        private = telling.name and matter.at != "work" and not firm
        telling.fill("身", frames["persona"] if private else "")
        telling.fill("经过", frames["course"][self._classes[matter.who]["side"]])
        telling.fill("理", "" if firm else frames["reason"])
        group = facts.get("group")
        if group:
            telling.fill("人数", str(group))
            telling.fill("众", telling.one(frames["group"]) + "。")
        elif not firm and matter.at in _SEEN and chance() < 0.5:
            telling.fill("众", frames["crowd"])
        if telling.kind == "complaint" and not firm and chance() < 0.5:
            telling.fill("反问", frames["rhetoric"])
        temperature = facts.get("temperature")
        if temperature is not None and temperature < -3 and matter.feel == "cold" and chance() < 0.4:
            telling.fill("温", str(round(-temperature)))
            telling.fill("细二", frames["extra"]["cold_now"])

    def _set_asks(self, telling: Telling) -> None:
        frames, chance, matter = self._frames, telling.chance, telling.matter
        usual = frames["asks"][telling.kind][self._classes[matter.who]["side"]]
        own = matter.asks
        if own and chance() < 0.65:
            first = int(chance() * len(own))
            telling.fill("求", (own[first],))
            telling.fill("求二", (own[(first + 1) % len(own)],) if len(own) > 1 and chance() < 0.6 else usual)
        else:
            telling.fill("求", usual)
            telling.fill("求二", own or usual)
        telling.fill("短求", frames["quick"])

    def _open(self, telling: Telling) -> Filling:
        frames, chance = self._frames, telling.chance
        said: str | None = None
        if telling.channel.startswith("transfer"):
            return frames["opens"].get(telling.channel) or frames["opens"]["transfer"]  # type: ignore[no-any-return]
        if telling.kind == "report" and chance() < 0.6:
            said = telling.one(frames["secret"]["open"])
        elif telling.kind == "complaint" and telling.manner != "letter" and chance() < 0.3:
            said = telling.one(frames["angry_open"])
        if said is None or telling.manner == "official":
            said = telling.one(frames["opens"][telling.manner])
        if telling.facts.get("event") and telling.manner != "official":
            said += telling.one(frames["event"])
        return said

    def _close(self, telling: Telling) -> Filling:
        frames, chance, facts = self._frames, telling.chance, telling.facts
        said = telling.one(frames["closes"][telling.manner])
        if facts.get("company") and chance() < 0.6:
            said = telling.one(frames["extra"]["company"]) + said
        if facts.get("repeat") and chance() < 0.5:
            said = telling.one(frames["again"]) + said
        if telling.kind == "report" and chance() < 0.5:
            said = telling.one(frames["secret"]["proof"]) + said
        if facts.get("secret") or (telling.kind == "report" and chance() < 0.2):
            said += telling.one(frames["secret"]["tail"])
        elif chance() < 0.012:
            said += telling.one(frames["extra"]["phone"])
        return said

    def _question(self, telling: Telling) -> Said:
        frames, chance, matter = self._frames["question"], telling.chance, telling.matter
        general = (chance() < (0.03 if matter.consults else 0.45)) or not matter.questions
        questions: Choice = frames["any"] if general else matter.questions
        telling.pair("问", "问二", questions)
        if general or len(questions) == 1:
            telling.fill("问二", matter.questions if general and matter.questions else frames["any"])
        trouble = not matter.consults or matter.when == "now"
        firm = bool(telling.slots[SLOT["司"]])
        lore = self._frames["firm"] if firm else frames["trouble"] if trouble else frames
        about = matter.about
        if trouble:
            about = frames["any_about" if matter.at in _SEEN and matter.when != "past" else "any_about_plain"]
        telling.fill("况", about if about and chance() < 0.65 else lore["about"])
        telling.fill("招呼", frames["greet"][telling.manner])
        telling.fill("问法", frames["verb"][telling.manner])
        telling.fill("问收", frames["close"][telling.manner])
        telling.fill("急", lore["hurry"])
        telling.pair("听说", "听二", lore["heard"])
        telling.fill("自报", self._self(telling))
        size = telling.size()
        frame = frames["frame"].get(size) or frames["frame"]["long"]
        return self._said(telling, frame[int(chance() * len(frame))], self._frames["titles"]["consultation"])

    def _self(self, telling: Telling) -> Filling:
        """Who asks, in few words."""
        here = self._frames["here"]
        if telling.slots[SLOT["司"]]:
            return here["firm"]  # type: ignore[no-any-return]
        if not telling.name:
            return ""
        return here["from" if telling.place_kind in _LIVED_IN else "near"]  # type: ignore[no-any-return]

    def _suggestion(self, telling: Telling) -> Said:
        frames, chance, matter = self._frames["suggestion"], telling.chance, telling.matter
        self._set_problem(telling)
        own = matter.suggestions
        first = int(chance() * len(own)) if own else 0
        telling.fill("议", (own[first],) if own else frames["any"])
        telling.fill("议二", (own[(first + 1) % len(own)],) if len(own) > 1 else frames["any"])
        opens, closes = frames["open"], frames["close"]
        telling.fill("议开", opens.get(telling.manner, opens["spoken"]))
        telling.fill("议收", closes)
        telling.fill("益", frames["gain"])
        telling.fill("别处", frames["elsewhere"])
        telling.fill("在", self._here(telling))
        size = telling.size()
        frame = frames["frame"].get(size) or frames["frame"]["long"]
        return self._said(telling, frame[int(chance() * len(frame))], self._frames["titles"]["suggestion"])

    def _praise(self, telling: Telling) -> Said:
        frames, chance, matter = self._frames["praise"], telling.chance, telling.matter
        known = self._classes[matter.who]
        telling.manner = "written" if telling.manner == "official" else telling.manner
        telling.fill("夸人", telling.one(known["staff"]))
        telling.fill("夸开", frames["open"])
        telling.fill("为何", frames["why"])
        telling.fill("夸事", frames[known["deed"]])
        telling.fill("夸二", frames["more"])
        telling.fill("夸感", frames["feel"])
        telling.fill("夸收", frames["close"])
        telling.fill("夸话", matter.praise)
        frame = frames["leaf"] if matter.praise and chance() < 0.6 else frames["frame"]
        return self._said(telling, frame[int(chance() * len(frame))], self._frames["titles"]["praise"])

    def _nothing(self, chance: Chance, kind: str, channel: str) -> Said:
        """A contact without a demand: silence, a wrong number, a drunk, an advertiser."""
        doc = self._idle[kind]
        pick = doc["frame"] if channel in _SPOKEN else doc["written"]
        slots: list[Filling] = [""] * len(SLOTS)
        slots[SLOT["开"]], slots[SLOT["收"]] = doc["open"], doc["close"]
        for names, choice in ((("事", "细一", "细二"), doc["what"]), (("述", "细三", "感"), doc["typed"])):
            at, step = int(chance() * len(choice)), 1 + int(chance() * (len(choice) // 2 - 1))
            for nth, name in enumerate(names):
                slots[SLOT[name]] = (choice[(at + nth * step) % len(choice)],)
        text = speak(pick[int(chance() * len(pick))], chance, slots)
        titles = doc["titles"]
        return Said(speak(titles[int(chance() * len(titles))], chance, slots), slips.tidy(text))


def _below(code: str, leaves: Mapping[str, Matter]) -> list[str]:
    """The leaves under a matter; a leaf stands for itself."""
    return [code] if code in leaves else [one for one in leaves if one.startswith(f"{code}.")]


def _local(when: datetime) -> datetime:
    """The city's own time, by which people say 今天早上 or 入冬以来."""
    if when.tzinfo is None:
        raise ValueError("when must be an aware time")
    return when.astimezone(CITY_ZONE)
