"""The form of a move, made from the table of facts, and what people send with it, read back into facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.facts import FACTS, Fact
from jiesu.domain.moves import Move
from jiesu.domain.order import Actor, Order
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import files

Option = tuple[str, str]

# Which requests a move that answers one may be about.
ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "agree_return": ("return",),
    "refuse_return": ("return",),
    "agree_extension": ("extension",),
    "refuse_extension": ("extension",),
    "agree_complex": ("complex",),
    "refuse_complex": ("complex",),
    "shelve": ("shelve",),
    "refuse_shelve": ("shelve",),
    "agree_assist": ("assist",),
    "refuse_assist": ("assist",),
    "agree_objection": ("objection",),
    "refuse_objection": ("objection",),
    "answer_whistle": ("whistle",),
    "report_in": ("whistle",),
    "answer_instruction": ("instruction",),
    "approve_exemption": ("exemption",),
    "refuse_exemption": ("exemption",),
    "confirm_late_entry": ("late_entry",),
    "refuse_late_entry": ("late_entry",),
    "decide_contest": ("contest",),
}
_LONG: Final = frozenset({"text", "public_reply", "details", "internal_note", "measures"})


@dataclass(slots=True)
class Field:
    """One input: what it is called, what it shows, what stands in it."""

    name: str
    label: str
    type: str
    needed: bool
    hint: str = ""
    value: Any = ""
    options: Sequence[Option] = ()
    long: bool = False
    error: str = ""


@dataclass(slots=True)
class MoveForm:
    """A move as a button: lawful with its fields, or not with the reason."""

    name: str
    zh: str
    key: str
    refused: str = ""
    fields: list[Field] = field(default_factory=list)
    error: str = ""
    open: bool = False
    hint: str = ""


def form_of(
    move: Move, order: Order, rules: Rules, actor: Actor, now: datetime, given: Mapping[str, Any] | None = None
) -> MoveForm:
    """The form of ``move`` with what is likely filled in, or with what was ``given`` before."""
    form = MoveForm(move.name, move.zh, move.key)
    likely = _likely(move, order, rules, now)
    for name in (*move.needs, *move.may):
        if name == "step":
            continue
        made = _field(FACTS[name], name in move.needs, order, rules, move, actor)
        made.value = given.get(name, "") if given is not None else likely.get(name, "")
        form.fields.append(made)
    form.hint = likely.get("hint", "")
    return form


def _field(fact: Fact, needed: bool, order: Order, rules: Rules, move: Move, actor: Actor) -> Field:
    made = Field(fact.name, fact.zh, fact.type, needed, fact.hint, long=fact.name in _LONG)
    if fact.name == "request":
        made.type, made.options = "choice", _requests(order, move, actor)
    elif fact.type == "choice":
        made.options = list((fact.choices or {}).items())
    elif fact.type == "code":
        made.options = [(code, str(one["name"])) for code, one in rules.reasons.get(fact.of, {}).items()]
    elif fact.type in ("unit", "units"):
        made.options = _units(fact, order, rules)
    elif fact.type == "matter":
        made.options = matters(rules)
    elif fact.type == "region":
        made.options = regions(rules)
    elif fact.type == "yes":
        made.type, made.options = "choice", [("true", "是"), ("false", "否")]
    return made


def _requests(order: Order, move: Move, actor: Actor) -> list[Option]:
    types = ANSWERS.get(move.name, ())
    units = actor.units
    found = []
    for one in order.requests:
        if not one.open or one.type not in types:
            continue
        if move.leg == "summoned" and not units & set(one.detail["units"]):
            continue
        if (
            move.leg == "addressed"
            and actor.has("unit_clerk")
            and one.unit not in units
            and not actor.has("supervisor")
        ):
            continue
        at = one.at.astimezone(CITY_ZONE)
        found.append((str(one.no), f"{words.zh(words.REQUESTS, one.type)}（{at:%m-%d %H:%M}）"))
    return found


def _units(fact: Fact, order: Order, rules: Rules) -> list[Option]:
    if fact.name == "section":
        parents = {leg.unit for leg in order.legs}
        return [(one.code, one.name) for one in rules.units.values() if one.parent in parents and one.kind == "section"]
    return [(one.code, one.name) for one in rules.units.values() if one.kind != "section"]


def matters(rules: Rules) -> list[Option]:
    """Every matter with its path, for a select or a search list."""
    return [(code, f"{code} {_path(rules, code)}") for code in rules.matters]


def _path(rules: Rules, code: str) -> str:
    names = []
    at: str | None = code
    while at and at in rules.matters:
        names.append(str(rules.matters[at]["name"]))
        at = rules.matters[at].get("parent")
    return " / ".join(reversed(names))


def matter_name(rules: Rules, code: str) -> str:
    return str(rules.matters[code]["name"]) if code in rules.matters else code


def region_name(rules: Rules, code: str) -> str:
    return str(rules.regions[code]["name"]) if code in rules.regions else code


def regions(rules: Rules) -> list[Option]:
    return [(code, str(one["name"])) for code, one in rules.regions.items()]


def _likely(move: Move, order: Order, rules: Rules, now: datetime) -> dict[str, Any]:
    """What the form may fill in by itself: the catalog's units, the order's own classes, the only open request."""
    likely: dict[str, Any] = {}
    if "lead" in move.needs and order.matter:
        duty = rules.duty(order, now)
        lead = rules.catalog.lead(duty, order.region) if duty else None
        if duty and lead:
            likely.update(lead=lead, assist=list(duty.assist))
            likely["hint"] = f"派单目录：{rules.unit_name(lead)}牵头（{duty.legal_basis or '目录'}）"
    for name in ("kind", "urgency", "matter", "region"):
        if name in move.may:
            likely[name] = getattr(order, name)
    if "request" in move.needs:
        fitting = [one for one in order.requests if one.open and one.type in ANSWERS.get(move.name, ())]
        if len(fitting) == 1:
            likely["request"] = str(fitting[0].no)
    return likely


# -- what was sent


def given_in(request: HttpRequest, names: Iterable[str]) -> dict[str, Any]:
    """What stood in the form, as it stood there, to be shown again when the move is not made."""
    given: dict[str, Any] = {}
    for name in names:
        if FACTS[name].type == "units":
            given[name] = request.POST.getlist(name)
        else:
            given[name] = request.POST.get(name, "")
    return given


def facts_in(request: HttpRequest, names: Iterable[str], *, by: str, now: datetime) -> dict[str, Any]:
    """The facts of a form, read by their types; empty inputs are no facts. Files are kept. Raises Refused."""
    facts: dict[str, Any] = {}
    for name in names:
        fact = FACTS[name]
        if fact.type == "files":
            kept = [
                files.save(one.read(), name=one.name or "附件", mime=one.content_type or "", by=by, now=now)
                for one in request.FILES.getlist(name)
            ]
            kept += [digest for digest in request.POST.getlist(f"{name}_kept") if digest]
            if kept:
                facts[name] = kept
        elif fact.type == "units":
            chosen = [code for code in request.POST.getlist(name) if code]
            if chosen:
                facts[name] = chosen
        else:
            value = _read(fact, request.POST.get(name, "").strip())
            if value is not None:
                facts[name] = value
    return facts


def _read(fact: Fact, text: str) -> Any:
    if not text:
        return None
    if fact.type == "when":
        return moment_of(text, fact)
    if fact.type == "yes":
        return text == "true"
    if fact.type in ("int", "order", "id"):
        if not text.isdecimal():
            raise Refused(f"“{fact.zh}”须是数字", field=fact.name)
        return int(text)
    return text


def moment_of(text: str, fact: Fact) -> datetime:
    """A time as a date-and-time input sends it, in city time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{fact.zh}”须写成 2026-11-22 17:30 这样", field=fact.name) from None
    return at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)
