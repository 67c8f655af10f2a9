"""The form of a move, made from the table of facts, and what people send with it, read back into facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from jiesu.domain import words
from jiesu.domain.duties import Duty
from jiesu.domain.errors import Refused
from jiesu.domain.facts import FACTS, Fact
from jiesu.domain.moves import Move
from jiesu.domain.order import Actor, Order
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import files
from jiesu.store import rules as rules_store

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
_CODE: Final = re.compile(r"[A-Z]+\d*|\d\d(\.\d\d)*")
_LONG: Final = frozenset({"text", "public_reply", "details", "internal_note", "measures"})
_RARE: Final = frozenset(
    ("why_not", "missing", "statutory_number", "promise_due", "promise_owner", "promise_approver", "promise_text")
)


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
    list: str = ""
    kept: Sequence[str] = ()


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
    rules: str = ""

    @property
    def usual(self) -> list[Field]:
        return [one for one in self.fields if one.name not in _RARE]

    @property
    def rare(self) -> list[Field]:
        """What a reply needs only in some cases; it waits folded, with ``rare_open`` when there is something in it."""
        return [one for one in self.fields if one.name in _RARE]

    @property
    def rare_open(self) -> bool:
        return any(one.value or one.error for one in self.rare)


def asked_of(move: Move) -> list[str]:
    """The facts that a move's form asks for."""
    return [name for name in (*move.needs, *move.may) if name != "step"]


def form_of(
    move: Move, order: Order, rules: Rules, actor: Actor, now: datetime, given: Mapping[str, Any] | None = None
) -> MoveForm:
    """The form of ``move`` with what is likely filled in, or with what was ``given`` before."""
    form = MoveForm(move.name, move.zh, move.key, rules=rules.id)
    likely, hints = _likely(move, order, rules, now), _hints(move, order, rules, now)
    for name in asked_of(move):
        made = _field(FACTS[name], name in move.needs, order, rules, move, actor)
        if given is None:
            made.value = spoken(FACTS[name], likely.get(name, ""), rules)
        else:
            made.value, made.kept = given.get(name, ""), given.get(f"{name}_kept", ())
        made.hint = hints.get(name, made.hint)
        form.fields.append(made)
    return form


def spoken(fact: Fact, value: Any, rules: Rules) -> Any:
    """A code as its input shows it, where people type and choose names."""
    if fact.type == "unit" and fact.name != "section":
        return rules.unit_name(value) if value else ""
    if fact.type == "matter":
        return matter_spoken(rules, value)
    return value


def _field(fact: Fact, needed: bool, order: Order, rules: Rules, move: Move, actor: Actor) -> Field:
    made = Field(fact.name, fact.zh, fact.type, needed, fact.hint, long=fact.name in _LONG)
    if fact.name == "request":
        made.type, made.options = "choice", _requests(order, move, actor)
    elif fact.type == "choice":
        made.options = list((fact.choices or {}).items())
    elif fact.type == "code":
        made.options = [(code, str(one["name"])) for code, one in rules.reasons.get(fact.of, {}).items()]
    elif fact.name == "section":
        made.options = _sections(order, rules)
    elif fact.type == "units":
        made.options = [(code, name) for code, name in units(rules) if rules.can_handle(code)]
    elif fact.type in ("unit", "matter"):
        made.list = fact.type
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


def _sections(order: Order, rules: Rules) -> list[Option]:
    parents = {leg.unit for leg in order.legs}
    return [(one.code, one.name) for one in rules.units.values() if one.parent in parents and one.kind == "section"]


def units(rules: Rules) -> list[Option]:
    """Every unit but sections, with its short name."""
    return [(one.code, one.name) for one in rules.units.values() if one.kind != "section"]


def matters(rules: Rules) -> list[Option]:
    """Every matter as a search list shows it, with the path to it."""
    return [(matter_spoken(rules, code), _path(rules, code)) for code in rules.matters]


def matter_spoken(rules: Rules, code: str) -> str:
    """03.06 管网改造与保温: what stands in the input of a matter."""
    return f"{code} {rules.matters[code]['name']}" if code in rules.matters else code


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
    if "lead" in move.needs:
        duty, lead = _named(order, rules, now)
        if duty and lead and lead not in order.excluded:
            likely.update(lead=lead, assist=[unit for unit in duty.assist if unit != lead])
    for name in ("kind", "urgency", "matter", "region"):
        if name in move.may:
            likely[name] = getattr(order, name)
    if "request" in move.needs:
        fitting = [one for one in order.requests if one.open and one.type in ANSWERS.get(move.name, ())]
        if len(fitting) == 1:
            likely["request"] = str(fitting[0].no)
    return likely


def _named(order: Order, rules: Rules, now: datetime) -> tuple[Duty | None, str | None]:
    """The catalog's line for the order, and the unit that leads by it."""
    duty = rules.duty(order, now)
    return duty, rules.catalog.lead(duty, order.region) if duty else None


def _hints(move: Move, order: Order, rules: Rules, now: datetime) -> dict[str, str]:
    """What the city's own lists say beside a field: whose work it is, what it stands on."""
    duty, lead = _named(order, rules, now)
    if "lead" in move.needs:
        if duty is None or lead is None:
            return {"lead": "派单目录里没有这个事项和区域，请按职责选择"}
        basis = f"，依据：{duty.legal_basis}" if duty.legal_basis else ""
        gone = "，但它已退单获准，请另选并写明依据" if lead in order.excluded else ""
        return {"lead": f"派单目录：{rules.unit_name(lead)}牵头{basis}{gone}"}
    return {}


# -- what was sent


def given_in(request: HttpRequest, names: Iterable[str]) -> dict[str, Any]:
    """What stood in the form, as it stood there, to be shown again when the move is not made."""
    given: dict[str, Any] = {}
    for name in names:
        if FACTS[name].type == "units":
            given[name] = request.POST.getlist(name)
        else:
            given[name] = request.POST.get(name, "")
        if FACTS[name].type == "files":
            given[f"{name}_kept"] = request.POST.getlist(f"{name}_kept")
    return given


def kept_of(found: Mapping[str, list[str]]) -> dict[str, Any]:
    """Files as the form keeps them, so that they need not be sent again when the move is not made."""
    return {f"{name}_kept": digests for name, digests in found.items()}


def files_in(request: HttpRequest, names: Iterable[str], *, by: str, now: datetime) -> dict[str, list[str]]:
    """The files that came with a form, now kept, and those that came with it before. Raises Refused."""
    found = {}
    for name in names:
        if FACTS[name].type != "files":
            continue
        kept = [digest for digest in request.POST.getlist(f"{name}_kept") if digest]
        for one in request.FILES.getlist(name):
            mime = one.content_type or ""
            kept.append(files.save(one.read(), name=one.name or "附件", mime=mime, by=by, now=now))
        if kept:
            found[name] = list(dict.fromkeys(kept))
    return found


def facts_in(request: HttpRequest, names: Iterable[str]) -> dict[str, Any]:
    """The facts of a form but its files, read by their types; empty inputs are no facts. Raises Refused."""
    facts: dict[str, Any] = {}
    for name in names:
        fact = FACTS[name]
        if fact.type == "files":
            continue
        if fact.type == "units":
            chosen = [code for code in request.POST.getlist(name) if code]
            if chosen:
                facts[name] = chosen
        else:
            value = _read(fact, request.POST.get(name, "").strip(), request.POST.get("rules", ""))
            if value is not None:
                facts[name] = value
    return facts


def _read(fact: Fact, text: str, snapshot: str) -> Any:
    if not text:
        return None
    if fact.type in ("unit", "matter"):
        return _code(fact, text, snapshot)
    if fact.type == "when":
        return moment_of(text, fact)
    if fact.type == "yes":
        return text == "true"
    if fact.type in ("int", "order", "id"):
        if not text.isdecimal():
            raise Refused(f"“{fact.zh}”须是数字", field=fact.name)
        return int(text)
    return text


def _code(fact: Fact, text: str, snapshot: str) -> str:
    """The code behind what was typed or chosen: the code itself, a matter's code with its name, or a name."""
    first = text.split()[0] if text.split() else text
    if _CODE.fullmatch(first):
        return first
    rules = _rules(snapshot)
    if fact.type == "unit":
        named = {name: code for code, name in units(rules)}
    else:
        named = {str(one["name"]): code for code, one in rules.matters.items()}
    if text in named:
        return named[text]
    near = [name for name in named if text in name][:5]
    if len(near) == 1:
        raise Refused(f"没有叫“{text[:20]}”的{fact.zh}，是不是{near[0]}？", field=fact.name)
    known = f"，相近的有：{'、'.join(near)}" if near else "，请从列表中选择"
    raise Refused(f"没有叫“{text[:20]}”的{fact.zh}{known}", field=fact.name)


def _rules(snapshot: str) -> Rules:
    """The rules that the page was made with, which this process most likely still holds; else those of now."""
    try:
        return rules_store.at(snapshot) if snapshot else rules_store.current()
    except LookupError:
        return rules_store.current()


def moment_of(text: str, fact: Fact) -> datetime:
    """A time as a date-and-time input sends it, in city time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{fact.zh}”须写成 2026-11-22 17:30 这样", field=fact.name) from None
    return at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)
