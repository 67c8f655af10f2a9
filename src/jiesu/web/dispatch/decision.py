"""What stands beside an order for the one who decides: whom to send it to and why, what is asked, the ways out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.facts import FACTS
from jiesu.domain.order import Order, Request
from jiesu.domain.rules import Rules
from jiesu.domain.suggestion import Running, Suggestion, running, suggest
from jiesu.store import matters
from jiesu.web.order.actions import Again
from jiesu.web.order.forms import ANSWERS, Field, MoveForm, matter_spoken, regions
from jiesu.web.order.kinship import Relative
from jiesu.web.order.sheet import Sheet
from jiesu.web.order.way import Stop

SEND: Final = "send"
# The letters of this desk; those of the frame (g j k n o x / ?) are taken.
KEYS: Final = {
    "ask_for_details": "w",
    "merge_into": "m",
    "refuse": "r",
    "transfer_out": "t",
    "answer_directly": "d",
    "inform": "z",
    "correct": "e",
    "recall": "h",
    "reassign": "p",
    "add_leg": "l",
    "refer_to_ruling": "c",
    "supply_details": "s",
    "details_timeout": "q",
    "urge": "u",
}
_ASKED_BY: Final[Mapping[str, str]] = {
    "return": "request_return",
    "extension": "request_extension",
    "complex": "request_complex",
    "assist": "request_assist",
    "objection": "object",
    "late_entry": "claim_late_entry",
    "refusal": "propose_refusal",
}
_AGREE_REFUSE: Final = ("y", "f")
_FIRST: Final = ("supply_details", "details_timeout", "ask_for_details", "merge_into", "refuse", "answer_directly")
_THEN: Final = ("transfer_out", "inform", "refer_to_ruling", "recall", "reassign", "add_leg", "release_leg", "correct")
_LAST: Final = ("link", "urge", "note", "withdraw", "split_off", "reopen")


@dataclass(frozen=True, slots=True)
class Voice:
    """One who says whom to send it to: the catalog, like orders, a model, a unit that gave it back."""

    name: str
    said: str
    unit: str = ""
    detail: str = ""


@dataclass(slots=True)
class Send:
    """The form that sends an order out. ``named``: the unit of the catalog's line; ``assist``: code, name, chosen."""

    lead: str
    named: str
    basis: str = ""
    note: str = ""
    assist: list[tuple[str, str, bool]] = field(default_factory=list)
    classes: list[Field] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    accepts: bool = False

    @property
    def classes_open(self) -> bool:
        """Whether something of the classification is missing or wrong, so that it has to be looked at."""
        missing = any(one.needed and not one.value for one in self.classes)
        return missing or any(one.error for one in self.classes)


@dataclass(slots=True)
class WayOut:
    """A move that can be made here, the letter that opens it, and for coded reasons what the city says with each:
    code, name, words for the citizen, the right door."""

    form: MoveForm
    key: str = ""
    reasons: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """Something asked beside the state, with its papers and its two answers."""

    request: Request
    zh: str
    unit: str
    papers: Stop | None
    agree: WayOut | None
    refuse: WayOut | None
    proper: str = ""


@dataclass(slots=True)
class Decision:
    """All of it for one order as one person may decide it now."""

    sheet: Sheet
    suggestion: Suggestion
    named: str
    running: list[Running] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    send: Send | None = None
    barred: str = ""
    asked: list[Asked] = field(default_factory=list)
    ways: list[WayOut] = field(default_factory=list)
    rest: list[WayOut] = field(default_factory=list)
    alike: list[Relative] = field(default_factory=list)
    bases: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""
    cues: list[tuple[str, str]] = field(default_factory=list)
    history: list[tuple[Request, str]] = field(default_factory=list)
    dispatch: Stop | None = None

    @property
    def number(self) -> int:
        return self.sheet.order.number

    @property
    def returned(self) -> Asked | None:
        """The return that waits for an answer."""
        return next((one for one in self.asked if one.request.type == "return"), None)


def decision(sheet: Sheet, again: Again | None = None) -> Decision:
    """What there is to decide about the order of this sheet, which was made with its moves and its relatives."""
    order, rules, now = sheet.order, sheet.rules, sheet.now
    found = suggest(rules, order, now)
    made = Decision(sheet, found, rules.unit_name(found.named) if found.named else "")
    made.alike = _alike(sheet)
    made.bases = [(str(one["name"]), str(one["text"])) for one in rules.reasons.get("dispatch_basis", {}).values()]
    made.voices = list(_voices(sheet, found, made.alike))
    made.running = running(rules, order, now, assisted=bool(found.assist))
    made.history = [pair for pair in sheet.requests if pair[0].type == "return"]
    made.dispatch = sheet.stop("dispatch", "reassign", "rule")
    made.send = _send(sheet, found, again)
    if made.send and made.send.classes_open:
        made.cues = [
            (matter_spoken(rules, one.matter.code), one.matter.words)
            for one in matters.tree(rules).told(sheet.text.value)
        ]
    if made.send is None and order.state == "accepted":
        made.barred = sheet.grey.get("dispatch", "")
    made.asked = list(_asked(sheet))
    _others(made, again)
    return made


def _alike(sheet: Sheet) -> list[Relative]:
    """Orders that may be the same event or the same person's, the likeliest first, each once."""
    known: dict[int, Relative] = {}
    for one in (*sheet.related.like, *sheet.related.person):
        known.setdefault(one.row.number, one)
    return list(known.values())


# -- whom to send it to


def _voices(sheet: Sheet, found: Suggestion, alike: Sequence[Relative]) -> Iterator[Voice]:
    rules = sheet.rules
    lead = rules.unit_name(found.lead) if found.lead else ""
    yield Voice("目录", found.sure_zh, lead, "，".join(part for part in (found.why, found.legal_basis) if part))
    proper = _proper(sheet.order)
    if proper:
        yield Voice("退单单位", f"指明应由{rules.unit_name(proper)}办理", rules.unit_name(proper))
    led = [one for one in alike if one.unit]
    if led:
        unit, count = Counter(one.unit for one in led).most_common(1)[0]
        yield Voice("相似", f"相近的 {len(led)} 件里，{count} 件由{unit}牵头", unit)
    else:
        yield Voice("相似", "没有可比的工单")
    yield Voice("模型", "尚未启用")


def _proper(order: Order) -> str:
    """The unit that the last agreed return named."""
    agreed = [one for one in order.requests if one.type == "return" and one.state == "agreed"]
    return str(agreed[-1].detail.get("proper_unit", "")) if agreed else ""


def _send(sheet: Sheet, found: Suggestion, again: Again | None) -> Send | None:
    """The form that sends it out, with what was written before; None where the order cannot be sent by this person."""
    order, rules = sheet.order, sheet.rules
    accepts = order.state == "received" and "accept" in sheet.forms and order.kind not in words.NO_WORK_KINDS
    if not accepts and "dispatch" not in sheet.forms:
        return None
    mine = again if again and again.name == SEND else None
    written = mine.given if mine else {}
    lead = rules.unit_name(found.lead) if found.lead else ""
    chosen = list(written["assist"]) if mine else list(found.assist)
    shown = dict.fromkeys([*found.assist, *chosen])
    made = Send(
        lead=str(written.get("lead", lead)),
        named=rules.unit_name(found.named) if found.named else "",
        basis=str(written.get("basis", "")),
        note=str(written.get("note", "")),
        assist=[(code, rules.unit_name(code), code in chosen) for code in shown],
        accepts=accepts,
    )
    if accepts:
        made.classes = [_class(name, order, rules, written) for name in ("kind", "matter", "region", "urgency")]
    if mine:
        made.errors = {mine.field or "": mine.message}
        for one in made.classes:
            one.error = made.errors.pop(one.name, "")
    return made


def _class(name: str, order: Order, rules: Rules, written: Mapping[str, Any]) -> Field:
    tables: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "kind": ("类型", [(code, zh) for code, zh in words.KINDS.items() if code not in words.NO_WORK_KINDS]),
        "matter": ("事项", []),
        "region": ("区域", regions(rules)),
        "urgency": ("紧急程度", list(words.URGENCIES.items())),
    }
    label, options = tables[name]
    held = getattr(order, name)
    value = written.get(name, matter_spoken(rules, held) if name == "matter" else held)
    needed = name in ("kind", "matter")
    made = Field(name, label, "matter" if name == "matter" else "choice", needed, value=value, options=options)
    made.list = "matter" if name == "matter" else ""
    return made


# -- what is asked, and the ways out


def _asked(sheet: Sheet) -> Iterator[Asked]:
    """Each request that this person may answer here, with the papers that came with it."""
    for one, unit in _first_of_each(sheet):
        answers = [sheet.forms[name] for name, types in ANSWERS.items() if one.type in types and name in sheet.forms]
        if not answers and one.type != "refusal":
            continue
        papers = next((stop for stop in sheet.way if stop.move == _ASKED_BY[one.type] and stop.at == one.at), None)
        sides = {form.name.partition("_")[0]: form for form in answers}
        agree, refuse = sides.get("agree") or sides.get("confirm"), sides.get("refuse")
        proper = sheet.rules.unit_name(str(one.detail.get("proper_unit", "")))
        yes, no = _about(agree, one, _AGREE_REFUSE[0]), _about(refuse, one, _AGREE_REFUSE[1])
        yield Asked(one, words.zh(words.REQUESTS, one.type), unit, papers, yes, no, proper)


def _first_of_each(sheet: Sheet) -> list[tuple[Request, str]]:
    """The first open request of each sort that this desk answers."""
    found: dict[str, tuple[Request, str]] = {}
    for one, unit in sheet.requests:
        if one.open and one.type in _ASKED_BY:
            found.setdefault(one.type, (one, unit))
    return list(found.values())


def _about(form: MoveForm | None, one: Request, key: str) -> WayOut | None:
    """The form about this very request, which need not be chosen again."""
    if form is None:
        return None
    for each in form.fields:
        if each.name == "request":
            each.type, each.value = "hidden", str(one.no)
    return WayOut(form, key)


def _others(made: Decision, again: Again | None) -> None:
    """The other moves: those of a dispatcher's day with their letters, then the rare ones."""
    sheet = made.sheet
    for name in (*_FIRST, *_THEN, *_LAST):
        if name in sheet.forms:
            way = WayOut(sheet.forms[name], KEYS.get(name, ""), _reasons(sheet.forms[name], sheet.rules))
            (made.rest if name in _LAST else made.ways).append(way)
    if again is None or (again.name == SEND and made.send):
        return
    drawn = {one.form.name for one in (*made.ways, *made.rest)}
    drawn |= {way.form.name for one in made.asked for way in (one.agree, one.refuse) if way}
    if again.name not in drawn:
        made.problem = again.message


_COLUMNS: Final = ("name", "text", "door")


def _reasons(form: MoveForm, rules: Rules) -> list[tuple[str, str, str, str]]:
    """What the city says to the citizen for each reason stands ready with it, and names the right door."""
    coded = next((one.name for one in form.fields if one.type == "code"), "")
    held = rules.reasons.get(FACTS[coded].of, {}) if coded else {}
    return [(code, *(str(one.get(name, "")) for name in _COLUMNS)) for code, one in held.items()]  # type: ignore[misc]
