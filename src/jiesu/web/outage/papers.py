"""The papers of the kit: sheets for demands, the phone list with who is on duty, the dispatch list, the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.daily import day_words, moment_words
from jiesu.domain.duties import ANYWHERE, LOCAL, Duty
from jiesu.domain.order import Order
from jiesu.domain.rosters import DAY, Turn, turns
from jiesu.domain.rules import Rules
from jiesu.store.offline import Block
from jiesu.store.phones import Phone
from jiesu.web.frame.gate import Person
from jiesu.web.papers import report, setting
from jiesu.web.papers.report import Report, Section, Table

HEAD: Final = "12345 热线停机备用"
DAYS: Final = 3
"""How many days to come stand in the duty list, beside today; the city may ask for up to ``MOST_DAYS``."""
MOST_DAYS: Final = 14
_GAP: Final = "　"
SHEET: Final[Sequence[tuple[str, str, int]]] = (
    ("接电话时间", f"{_GAP * 3}月{_GAP * 3}日{_GAP * 3}时{_GAP * 3}分{_GAP * 3}渠道：□ 电话　□ 来访　□ 来信", 10),
    ("说了什么", "", 60),
    ("在哪儿", f"小区、道路、门牌：\n区域：{_GAP * 12}", 19),
    ("从什么时候", "", 10),
    (
        "什么事",
        (
            f"事项：{_GAP * 14}代码：\n类型：□ 咨询　□ 求助　□ 投诉　□ 举报　□ 建议　□ 表扬\n"
            "紧急：□ 一般　□ 紧急（水、电、气、热、路）　□ 特急（生命财产，马上打电话）"
        ),
        27,
    ),
    (
        "是谁",
        f"姓名：{_GAP * 12}来电号码：\n住址：\n企业名称：\n□ 不愿留姓名（匿名）　□ 要求保密",
        35,
    ),
    (
        "怎么办的",
        f"□ 当场答复：\n\n\n□ 已电话通知　单位：{_GAP * 8}接电话人：{_GAP * 5}时间：",
        38,
    ),
    ("记录", f"记录人：{_GAP * 9}工号：{_GAP * 5}□ 已把工单号告诉来电人", 10),
    ("恢复以后", f"补录人：{_GAP * 6}时间：{_GAP * 7}确认人：\n□ 作废　□ 遗失　原因：", 19),
)
TITLE: Final = "12345 热线受理单（停机备用）"
_NUMBER: Final = "□ 里写年月日各两位，如 261123；整个 13 位就是告诉来电人的工单号"
_FOOT: Final = "一件诉求一张。写错的划掉重写并签名；作废的也要交回。系统恢复后当天补录，由另一个人确认。"
PARTS: Final = {
    "sheets": "受理单",
    "account": "受理单台账",
    "phones": "单位电话和值班",
    "catalog": "派单速查",
    "all": "停机应急包",
}


def sheet_of(serials: Sequence[int]) -> dict[str, Any]:
    """What stands on the sheets, for both layouts."""
    return {
        "title": TITLE,
        "number": _NUMBER,
        "rows": [list(row) for row in SHEET],
        "foot": _FOOT,
        "sheets": [str(one) for one in serials],
    }


def sheets_pdf(serials: Sequence[int]) -> bytes:
    return setting.pdf("kit.typ", {"title": TITLE, "reports": [], "sheet": sheet_of(serials)})


def sheets_docx(serials: Sequence[int]) -> bytes:
    given = sheet_of(serials)
    # Twentieths of a point, as a .docx counts.
    given["rows"] = [[label, said, round(height * 56.7)] for label, said, height in SHEET]
    return setting.docx("sheet.docx", given, TITLE)


def bundle(reports: Sequence[Report], serials: Sequence[int]) -> bytes:
    """All of it as one PDF: what is looked up first, the sheets behind it."""
    given = {"title": PARTS["all"], "reports": [report.content(one) for one in reports]}
    return setting.pdf("kit.typ", {**given, "sheet": sheet_of(serials) if serials else None})


def _foot(who: Person, rules: Rules) -> str:
    return f"{moment_words(who.now)} 编制，{who.name}；规则 {rules.id[:8]}"


# -- who is to be phoned


def phones(held: Sequence[Phone], rules: Rules, who: Person, first: date, days: int = DAYS) -> Report:
    """The units' phones with who answers, hour by hour: those whose days are alike once, the others day by day."""
    spread = [first + timedelta(days=at) for at in range(days + 1)]
    told = {one.code: [turns(one.roster, day) for day in spread] for one in held}
    alike = {code for code, found in told.items() if all(one == found[0] for one in found)}
    rows = [
        [one.name, one.phone or "没有登记", _said(told[one.code][0], ever=True) if one.code in alike else "见下面各天"]
        for one in held
    ]
    sections = [Section("单位电话和每天的值班", table=Table(("单位", "总机", "值班"), rows, (4, 3, 6)))]
    differing = [one for one in held if one.code not in alike]
    for at, day in enumerate(spread if differing else ()):
        lines = [[one.short, one.phone, _said(told[one.code][at])] for one in differing]
        heading = f"{'' if at else '今天'}{day_words(day)}值班"
        sections.append(Section(heading, table=Table(("单位", "总机", "值班"), lines, (4, 3, 6))))
    said = "紧急和特急先打值班电话；没有人接，打单位总机。"
    of = f"{day_words(spread[0])}至{day_words(spread[-1])}"
    return Report(HEAD, PARTS["phones"], (said, of), sections, _foot(who, rules))


def _said(found: Sequence[Turn], *, ever: bool = False) -> str:
    """Who answers, a line each. ``ever``: every day alike, so that a night is one line."""
    if not found:
        return "没有排班，打总机"
    first, last = found[0], found[-1]
    night = ever and len(found) > 1 and (first.begins, last.ends) == (0, DAY)
    if not night or (first.name, first.phone) != (last.name, last.phone):
        return "\n".join(f"{one.hours}　{one.name}　{one.phone}" for one in found)
    days = [f"{one.hours}　{one.name}　{one.phone}" for one in found[1:-1]]
    through = f"{last.hours.partition('–')[0]}–次日{first.hours.partition('–')[2]}"
    return "\n".join([*days, f"{through}　{last.name}　{last.phone}"])


# -- what goes to whom


def catalog(rules: Rules, who: Person) -> Report:
    """Matter, lead unit, limit: the catalog of today on paper, with the limits that run and the right doors."""
    day = rules.day(who.now)
    held = [one for one in rules.catalog.duties() if one.first <= day <= one.last and one.matter in rules.matters]
    lines: dict[str, list[list[str]]] = {}
    for (matter, *_), alike in sorted(_alike(held, rules, day).items(), key=lambda one: one[0][:2]):
        lines.setdefault(matter.split(".")[0], []).append(_line(alike, rules, day))
    sections = [Section("时限", table=_limits(rules, who))]
    sections += [
        Section(str(rules.matters[root]["name"]), table=Table(_HEADS, rows, (4, 2, 3, 4, 3)))
        for root, rows in lines.items()
    ]
    out = "、".join(str(one["name"]) for one in rules.reasons.get("transfer", {}).values())
    said = [f"可以转往：{out}。"] if out else []
    sections.append(Section("不予受理和转出时该指的门", said, _doors(rules)))
    return Report(HEAD, PARTS["catalog"], ("事项对应的牵头单位和时限", day_words(day)), sections, _foot(who, rules))


def _alike(held: Sequence[Duty], rules: Rules, day: date) -> dict[tuple[Any, ...], list[Duty]]:
    """Lines that say the same of a matter, those of single regions together; one that adds nothing but its own
    subdistrict stands with the whole city's."""
    whole = {one.matter: one for one in held if one.region == ANYWHERE}
    found: dict[tuple[Any, ...], list[Duty]] = {}
    for one in sorted(held, key=lambda one: (one.matter, one.region != ANYWHERE, one.region)):
        of = whole[one.matter] if _adds_its_own(one, whole, rules, day) else one
        key = (of.matter, of.region != ANYWHERE, of.lead, of.assist, of.handle_on(day), of.must_lead)
        found.setdefault(key, []).append(one)
    return found


_HEADS: Final = ("事项", "代码", "牵头", "配合", "办理时限")


def _adds_its_own(duty: Duty, general: Mapping[str, Duty], rules: Rules, day: date) -> bool:
    """Whether a line of one region says nothing but that its own subdistrict assists, too."""
    whole = general.get(duty.matter)
    if whole is None or whole is duty:
        return False
    own = rules.regions.get(duty.region, {}).get("unit")
    same = (duty.lead, duty.handle_on(day), duty.must_lead) == (whole.lead, whole.handle_on(day), whole.must_lead)
    return same and set(duty.assist) - set(whole.assist) <= {own} and set(whole.assist) <= set(duty.assist)


def _region(code: str, rules: Rules) -> str:
    return str(rules.regions.get(code, {}).get("name", code))


def _line(alike: Sequence[Duty], rules: Rules, day: date) -> list[str]:
    duty, regions = alike[0], "、".join(_region(one.region, rules) for one in alike if one.region != ANYWHERE)
    matter = rules.matters[duty.matter]
    city = duty.region == ANYWHERE
    season = duty.season if duty.season and duty.season.holds(day) else None
    urgency = (season.urgency if season else None) or matter.get("urgency", "normal")
    urgent = "" if urgency == "normal" else f"【{words.URGENCIES[urgency]}】"
    limit = duty.handle_on(day)
    lead = "属地街道、镇" if duty.lead == LOCAL else rules.unit_name(duty.lead)
    assist = "、".join(map(rules.unit_name, duty.assist))
    with_own = f"{regions}另加本街道" if city and regions else ""
    return [
        f"{urgent}{matter['name']}{'' if city else f'（{regions}）'}",
        duty.matter,
        lead + ("（不得退单）" if duty.must_lead else ""),
        "；".join(filter(None, (assist, with_own))),
        limit.zh() if limit else "按类型",
    ]


_CLOCKS: Final = ("dispatch", "acknowledge", "first_contact", "interim", "handle")


def _limits(rules: Rules, who: Person) -> Table:
    def said(clock: str, **classes: str) -> str:
        limit = rules.limit(clock, Order(0, **classes), who.now)  # type: ignore[arg-type]
        return limit.zh() if limit else "—"

    rows = [
        [zh, *(said(clock, urgency=urgency, kind="help") for clock in _CLOCKS)]
        for urgency, zh in words.URGENCIES.items()
    ]
    rows += [
        [zh, *("" for _ in _CLOCKS[:-1]), said("handle", kind=kind)]
        for kind, zh in words.KINDS.items()
        if kind in _WORK
    ]
    heads = ("", *(words.CLOCKS[clock] for clock in _CLOCKS))
    return Table(
        heads, rows, (2, 3, 3, 3, 3, 3), note="求助、投诉、举报里的特急先打电话再补手续；事项自己写了时限的按事项。"
    )


_WORK: Final = ("consultation", "help", "complaint", "report", "suggestion")


def _doors(rules: Rules) -> Table:
    rows = [[str(one["name"]), str(one.get("door") or "")] for one in rules.reasons.get("refusal", {}).values()]
    return Table(("不予受理的情形", "该走的渠道"), rows, (3, 2))


# -- what became of the sheets


def account(block: Block, who: Person, rules: Rules) -> Report:
    """A line for each sheet, to be signed when it is handed out and when it comes back."""
    rows = [[str(serial), "", "", "", ""] for serial in range(block.first, block.last + 1)]
    table = Table(
        ("受理单号", "领用人、时间", "用掉 / 作废 / 遗失 / 未用", "补录后的工单号", "交回签名"), rows, (2, 3, 3, 3, 2)
    )
    said = f"{block.first}–{block.last}，共 {block.whole} 张，{moment_words(block.at)} 由{block.name}备下"
    section = Section("", ["号码已从系统里留出，不会给别的工单。每张都要有去处：用掉、作废、遗失、未用交回。"], table)
    return Report(HEAD, PARTS["account"], (said, block.note), [section], _foot(who, rules))
