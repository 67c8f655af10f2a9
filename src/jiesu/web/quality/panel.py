"""The sheet beside the thing: items by part with whose they are, as written; an appeal beside what was judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jiesu.domain import words
from jiesu.domain.inspecting import DROPS, PARTS, PARTS_ZH, SUBJECTS, Item, Mark, Sheet, Whose, evidence_zh, hands
from jiesu.domain.order import Order
from jiesu.domain.quality_plan import Plan
from jiesu.domain.rules import Rules
from jiesu.store import quality_rules
from jiesu.store.inspections import Part, Waiting, Whole
from jiesu.store.names import is_staff, of_whom
from jiesu.web.order.sheet import Sheet as OrderSheet
from jiesu.web.templatetags.jiesu import short

LETTERS: Final = "1234567890qweruipasfxzvb"
"""Keys of the items: none that the frame or the desk has a use for."""
NOT_APPLIED: Final = "na"


@dataclass(frozen=True, slots=True)
class Level:
    """What may be given for an item: as the form sends it, in words, whether it stands there now."""

    value: str
    zh: str
    chosen: bool


@dataclass(slots=True)
class Line:
    """An item with its key, what was marked, and what is wrong with it. ``said`` and ``seen``: why, and where."""

    item: Item
    key: str
    levels: list[Level]
    note: str = ""
    evidence: str = ""
    wrong: str = ""
    said: str = ""
    seen: str = ""

    @property
    def less(self) -> bool:
        """Whether something stands there that needs a reason."""
        return not self.levels[0].chosen


@dataclass(slots=True)
class Group:
    """The items of one part, and whose it is."""

    code: str
    zh: str
    whose: str
    lines: list[Line]


@dataclass(slots=True)
class Panel:
    """What an inspector fills in, or decides. ``title`` and ``why`` are words, ``facts`` stand above the items."""

    line: Waiting
    title: str
    why: str
    sheet: Sheet | None
    groups: list[Group] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    appeal: str = ""
    scored: str = ""
    evidence: str = ""

    @property
    def draft(self) -> str:
        """The name under which the words are kept while they are not sent; with the order where there is one."""
        about = f"order/{self.line.number}/" if self.line.number else ""
        return f"{about}inspect/{self.line.id}{f'.{self.line.part}' if self.line.part else ''}"

    @property
    def drops(self) -> list[tuple[str, str]]:
        return list(DROPS.items())


def of_thing(
    one: Waiting,
    plan: Plan,
    rules: Rules,
    readings: Mapping[str, int],
    held: OrderSheet | None,
    written: Mapping[str, str],
    wrong: str,
) -> Panel:
    """The empty sheet of a thing, or as it was ``written`` with the field that is ``wrong``."""
    made = Panel(one, f"{SUBJECTS[one.subject]}质检", _why(one, plan), None)
    version = readings.get(one.subject)
    if not version:
        return made
    made.sheet = quality_rules.sheet(one.subject, version)
    known = _names(one, held)
    found = _hands(one, held, rules)
    made.evidence = "如 1:05" if one.subject == "call" else "第6步 或 1:05"
    made.facts = _facts(one, held, known)
    keys = iter(LETTERS)
    for whose in found:
        lines = [_line(item, next(keys, ""), written, wrong) for item in made.sheet.of([whose.part])]
        if lines:
            name = of_whom(whose.whom, known.get(whose.whom, ""), rules.unit_name(whose.whom))
            made.groups.append(Group(whose.part, PARTS_ZH[whose.part], name, lines))
    return made


def _why(one: Waiting, plan: Plan) -> str:
    said = plan.signal_zh(one.signal)
    return f"{said}：{one.reason}" if one.reason else said


def _hands(one: Waiting, held: OrderSheet | None, rules: Rules) -> list[Whose]:
    centre = str(rules.params["centre"])
    if one.subject == "order" and held is not None:
        return hands(held.order, held.events, centre)
    return [Whose(part, one.whom, centre) for part in PARTS[one.subject]]


def _names(one: Waiting, held: OrderSheet | None) -> dict[str, str]:
    """Names of those who acted, as the order's page shows them."""
    known = {one.whom: one.name} if one.name else {}
    if held is not None:
        said = {stop.seq: stop.who for stop in held.line.stops}
        known.update({event.by: said[event.seq] for event in held.events if event.seq in said})
    return known


def _facts(one: Waiting, held: OrderSheet | None, known: Mapping[str, str]) -> list[str]:
    if one.subject != "callback" or held is None:
        return []
    order: Order = held.order
    made = order.callbacks[one.no - 1] if 0 < one.no <= len(order.callbacks) else None
    if made is None:
        return []
    said = [words.zh(words.ATTEMPTS, made.result)]
    if made.valid:
        said += [words.zh(words.SOLVED, made.resolved), words.zh(words.RATINGS, made.rating)]
    return [f"第 {one.no} 次回访：{'，'.join(said)}"]


def _line(item: Item, key: str, written: Mapping[str, str], wrong: str) -> Line:
    best = str(item.levels[0][0])
    given = written.get(f"p.{item.code}", best)
    made = Line(item, key, _levels(item, given))
    made.note, made.evidence = written.get(f"n.{item.code}", ""), written.get(f"e.{item.code}", "")
    made.wrong = wrong if wrong == item.code else ""
    return made


def _levels(item: Item, given: str) -> list[Level]:
    offered = [(str(points), zh) for points, zh in item.levels]
    if not item.fatal:
        offered.append((NOT_APPLIED, "不适用"))
    return [Level(value, zh, value == given) for value, zh in offered]


def marks_in(sent: Mapping[str, str]) -> list[Mark]:
    """The marks of a form, as far as they can be read."""
    found = []
    for name in sent:
        if name.startswith("p."):
            code, value = name[2:], sent[name]
            points = int(value) if value.isdecimal() and len(value) < 4 else None
            if points is not None or value == NOT_APPLIED:
                found.append(Mark(code, points, sent.get(f"n.{code}", ""), sent.get(f"e.{code}", "")))
    return found


# -- appeals, and results that are read


def of_appeal(
    one: Waiting, whole: Whole, plan: Plan, rules: Rules, written: Mapping[str, str], wrong: str
) -> Panel | None:
    """What was judged in a part, and what is said against it; None when it is not there any more."""
    part = whole.part(one.part)
    if part is None:
        return None
    made = Panel(one, f"申诉裁定：{PARTS_ZH[one.part]}", _why(one, plan), None)
    group = judged(whole, part, rules, written, wrong)
    for line, key in zip(group.lines, LETTERS, strict=False):
        line.key = key
    made.groups = [group]
    made.appeal = whole.texts.get(f"appeal/{one.part}", "（内容已按规定删除）")
    made.scored = score_words(part)
    made.facts = [f"{whole.name(whole.done_by)}检于 {short(whole.done_at)}"]
    return made


def judged(whole: Whole, part: Part, rules: Rules, written: Mapping[str, str] | None = None, wrong: str = "") -> Group:
    """The marks of a part as they stand, each with why and where."""
    sheet = quality_rules.sheet(whole.subject, whole.sheet or 0)
    given = {one.item: one for one in whole.marks if one.part == part.part}
    lines = []
    for item in sheet.of([part.part]):
        mark = given.get(item.code)
        if mark is None:
            continue
        now = NOT_APPLIED if mark.now is None else str(mark.now)
        line = Line(item, "", _levels(item, (written or {}).get(f"p.{item.code}", now)))
        line.said = whole.texts.get(f"note/{item.code}", "")
        line.seen = evidence_zh(mark.evidence)
        line.wrong = wrong if wrong == item.code else ""
        if mark.changed:
            first = NOT_APPLIED if mark.points is None else str(mark.points)
            line.note = next((one.zh for one in _levels(item, first) if one.chosen), "")
        lines.append(line)
    known = whole.name(part.whom) if is_staff(part.whom) else ""
    return Group(part.part, PARTS_ZH[part.part], of_whom(part.whom, known, rules.unit_name(part.whom)), lines)


def score_words(part: Part) -> str:
    """92.0 分，合格; 0.0 分，不合格（否决项）."""
    now = part.now
    said = "合格" if now.passed else "不合格"
    return f"{now.percent} 分，{said}{'（否决项）' if now.fatal else ''}"


def told(parts: Iterable[Part]) -> str:
    """受理 92.0 分，合格；答复 ..."""
    return "；".join(f"{PARTS_ZH[one.part]} {score_words(one)}" for one in parts)


def keys_said(groups: Sequence[Group]) -> str:
    """The keys of all items, for the list of keys."""
    return " ".join(line.key for group in groups for line in group.lines if line.key)
