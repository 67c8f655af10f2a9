"""What stands beside the form while somebody talks: the caller, orders like this one, knowledge, what the catalog
would do, and suggestions for the fields. All of it suggests; nothing is filled in without the agent's hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.preview import Preview, preview
from jiesu.domain.rules import Rules
from jiesu.domain.told import kind_of
from jiesu.store import articles, caller, matters, places, similar
from jiesu.store.articles import Brief
from jiesu.store.caller import Caller, Earlier
from jiesu.store.matters import Matter
from jiesu.store.places import Place
from jiesu.store.similar import Like
from jiesu.web.frame.gate import Person
from jiesu.web.frame.lines import reads_titles
from jiesu.web.intake.asked import Given, matter_in, region_in
from jiesu.web.order import forms

PLACE_KINDS: Final = {
    "estate": "小区",
    "road": "道路",
    "school": "学校",
    "market": "市场",
    "village": "村",
    "factory": "厂矿",
    "park": "公园",
    "hospital": "医院",
    "public_office": "机关",
    "station": "车站",
    "community": "社区",
    "subdistrict": "街道乡镇",
}
HIDDEN: Final = "（不在您的查看范围）"


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything at the right of the form, and the suggestions for its fields."""

    like: list[tuple[Like, str, str, str]]
    event: str
    same_event: tuple[int, ...]
    articles: list[Brief]
    preview: Preview
    hints: str


@dataclass(frozen=True, slots=True)
class Known:
    """The caller as the left column shows him."""

    caller: Caller
    open: list[tuple[Earlier, str]]
    closed: list[tuple[Earlier, str]]


def of_caller(phone: str, who: Person, rules: Rules) -> Known:
    """Who calls and what he brought before: 3 statements."""
    found = caller.known(phone, by=who.actor, now=who.now) if phone.strip() else Caller()
    return Known(
        found, [(one, _open(one, rules)) for one in found.open], [(one, _ended(one, rules)) for one in found.closed]
    )


def _open(one: Earlier, rules: Rules) -> str:
    """Where an open order stands: 丰源小区，商务局，办理中，已催 1 次."""
    unit = rules.unit_name(one.lead_unit) if one.lead_unit else ""
    chased = f"已催 {one.chases} 次" if one.chases else ""
    return "，".join(part for part in (one.place, unit, words.zh(words.STATES, one.state), chased) if part)


def _ended(one: Earlier, rules: Rules) -> str:
    unit = rules.unit_name(one.lead_unit) if one.lead_unit else ""
    return "，".join(part for part in (caller.answer_in_words(one), unit) if part)


def of_form(given: Given, who: Person, rules: Rules) -> Beside:
    """What a half-told story already says: 3 statements, one more once an hour."""
    text, matter, region = given.get("text"), matter_in(given, rules), region_in(given, rules)
    tree = matters.tree(rules)
    cues = tree.told(text) if text and not matter else []
    likely = matter or (cues[0].matter.code if cues else "")
    found = similar.like(text, given.get("place"), matter, now=who.now)
    seen = preview(
        rules, matter=matter, region=region, kind=given.get("kind"), urgency=given.get("urgency"), now=who.now
    )
    usual = preview(rules, matter=likely, region=region, kind=given.get("kind"), now=who.now)
    return Beside(
        [_shown(one, who, rules) for one in found.orders],
        found.event,
        found.same_event,
        articles.find(text or given.get("title"), day=rules.day(who.now), rules=rules, matter=likely, region=region),
        seen,
        _hints(given, tree, cues, usual, places.named_in(text) if text and not given.get("place") else []),
    )


def _shown(one: Like, who: Person, rules: Rules) -> tuple[Like, str, str, str]:
    """An order like this one with its title, where it stands, and its matter, as this person may see it."""
    title = one.title or "（无标题）" if reads_titles(who.actor, one) else HIDDEN
    unit = rules.unit_name(one.lead_unit) if one.lead_unit else ""
    state = words.zh(words.OUTCOMES, one.outcome) if one.state == "closed" else words.zh(words.STATES, one.state)
    return one, title, "，".join(part for part in (unit, state) if part), forms.matter_name(rules, one.matter)


def _hints(given: Given, tree: matters.Tree, cues: list[matters.Cue], usual: Preview, named: list[Place]) -> str:
    """Suggestions by field, as the page's script reads them."""
    found: dict[str, Any] = {"place": [option(one) for one in named]}
    found["matter"] = [
        {"value": spoken(cue.matter), "label": cue.matter.words, "why": f"说到“{'、'.join(cue.said[:3])}”"}
        for cue in cues
    ]
    held = tree.get(given.get("matter").split(" ")[0]) or (cues[0].matter if cues else None)
    kind, heard = kind_of(given.get("text"), held.kinds if held else ())
    if kind and not given.get("kind"):
        found["kind"] = [{"value": kind, "label": words.KINDS[kind], "why": f"说到“{heard}”" if heard else "常见类型"}]
    if usual.urgency != "normal":
        label = words.URGENCIES[usual.urgency]
        found["urgency"] = [{"value": usual.urgency, "label": label, "why": "这类事项按紧急程度办"}]
    return json.dumps(found, ensure_ascii=False)


def spoken(matter: Matter) -> str:
    """What stands in the input of a matter."""
    return f"{matter.code} {matter.name}"


def option(place: Place) -> dict[str, Any]:
    """A place as the page's script takes it over."""
    return {
        "value": place.words,
        "label": place.words,
        "why": "，".join((*place.parents, PLACE_KINDS.get(place.kind, place.kind))),
        "region": place.region,
        "x": place.x,
        "y": place.y,
    }


def nothing() -> Beside:
    """Before a word was said."""
    return Beside([], "", (), [], Preview(), "{}")


def unknown() -> Known:
    return Known(Caller(), [], [])
