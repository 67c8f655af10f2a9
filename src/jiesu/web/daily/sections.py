"""A day's report as sections of words and tables: the page and both papers are made from these same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from jiesu.domain import clocks, words
from jiesu.domain.daily import TEXTS, WAYS, day_words, moment_words, sentences
from jiesu.domain.order import moment
from jiesu.domain.rules import Rules
from jiesu.store.daily import Report as Kept
from jiesu.web.frame import lines
from jiesu.web.frame.gate import Person
from jiesu.web.order import forms
from jiesu.web.papers.report import Report, Section, Table
from jiesu.workflow.daily import names_of

TITLE: Final = "12345 热线日报"
_WEEKDAYS: Final = "一二三四五六日"
_CALLS: Final = {"offered": "来电", "answered": "接通", "in_15": "15 秒内接通"}


class Titled:
    """What decides whether a title may be read."""

    def __init__(self, kind: str, secret: bool) -> None:
        self.kind, self.secret = kind, secret


Titles = Mapping[int, tuple[str, str, bool]]


def made(kept: Kept, rules: Rules, who: Person, titles: Titles) -> list[Section]:
    """The report in the order in which a leader reads it; texts that were not written are left out."""
    figures = kept.figures
    came, calls, stands, urgent, asked = sentences(figures, names_of(rules))
    three = _heads(kept)
    return [
        Section("总体情况", [came], _ways(figures, three)),
        *_texts(kept, "attention"),
        Section("特急和紧急", [urgent], _urgent(figures["urgent"]["orders"], rules, who, titles, kept.made_at)),
        Section("在办和办结", [stands], _standing(figures, three)),
        Section("来电", [calls], _table("来电", _CALLS, figures["calls"], three)),
        Section("渠道和类型", [], _classes(figures, three)),
        Section("事项", _rises(figures, rules), _matters(figures["matter"], rules, three)),
        Section("批示", [asked], _instructions(figures["instructions"], rules, kept.made_at)),
        *_texts(kept, "weather"),
        *_texts(kept, "remarks"),
    ]


def paper(kept: Kept, sections: Sequence[Section], rules: Rules, issued: str) -> Report:
    """The same on paper. ``issued``: who made it final, in words."""
    day = kept.day
    return Report(
        head=rules.unit_name(str(rules.params["centre"])),
        title=TITLE,
        line=(
            f"{day.year}年{day_words(day)}",
            f"{day.year}年第 {day.timetuple().tm_yday} 期　{'' if kept.issued_at else '草稿'}",
        ),
        sections=sections,
        foot=f"数据截至 {moment_words(kept.made_at)}，此后不变；文字第 {kept.no + 1} 稿。{issued}",
    )


def _heads(kept: Kept) -> tuple[str, str, str]:
    return "当天", "前一天", f"上周{_WEEKDAYS[kept.day.weekday()]}"


def _texts(kept: Kept, name: str) -> list[Section]:
    return [Section(TEXTS[name], [kept.texts[name]])] if kept.texts.get(name) else []


def _number(n: int | None) -> str:
    return "—" if n is None else f"{n:,}"


def _rows(names: Mapping[str, str], held: Mapping[str, Sequence[int | None]]) -> list[list[str]]:
    return [[zh, *map(_number, held[name])] for name, zh in names.items() if name in held]


def _most_first(rows: list[list[str]]) -> list[list[str]]:
    """Kept figures have no order of their own."""
    return sorted(rows, key=lambda row: (-int(row[1].replace(",", "")), row[0]))


def _table(first: str, names: Mapping[str, str], held: Mapping[str, Any], three: Sequence[str]) -> Table:
    return Table((first, *three), _rows(names, held), (4, 2, 2, 2), (1, 2, 3))


def _ways(figures: Mapping[str, Any], three: Sequence[str]) -> Table:
    rows = [["受理合计", *map(_number, figures["all"])]]
    rows += [row for row in _rows(WAYS, figures["ways"]) if row[1:] != ["0", "0", "0"]]
    return Table(("去向", *three), rows, (4, 2, 2, 2), (1, 2, 3))


def _classes(figures: Mapping[str, Any], three: Sequence[str]) -> Table:
    channels = {code: words.zh(words.CHANNELS, code) for code in figures["channel"]}
    kinds = {code: words.zh(words.KINDS, code) or "未分类型" for code in figures["kind"]}
    rows = _most_first(_rows(channels, figures["channel"])) + _most_first(_rows(kinds, figures["kind"]))
    return Table(("渠道、类型", *three), rows, (4, 2, 2, 2), (1, 2, 3))


def _standing(figures: Mapping[str, Any], three: Sequence[str]) -> Table:
    rows = _rows({"open": "在办", "amber": "将超期", "red": "已超期"}, figures["open"])
    rows += [["办结", *map(_number, figures["closed"])]]
    rows += _rows({"asked": "申请退单", "agreed": "同意退单"}, figures["returns"])
    note = "在办、将超期、已超期是生成这份日报那一刻的数，前两列取自当时的日报。"
    return Table(("", *three), rows, (4, 2, 2, 2), (1, 2, 3), note=note)


def _matters(held: Sequence[Sequence[Any]], rules: Rules, three: Sequence[str]) -> Table | None:
    rows = [[forms.matter_name(rules, code) or "还没有分类", *map(_number, counts)] for code, *counts in held]
    return Table(("最多的事项", *three), rows, (4, 2, 2, 2), (1, 2, 3)) if rows else None


def _rises(figures: Mapping[str, Any], rules: Rules) -> list[str]:
    name = names_of(rules)
    said = [f"{name('matter', one['matter'])} {one['n']} 件" for one in figures["rises"]]
    return [f"比平时同一天明显增多：{'、'.join(said)}。"] if said else ["没有明显增多的事项。"]


def _urgent(held: Sequence[Mapping[str, Any]], rules: Rules, who: Person, titles: Titles, at: datetime) -> Table | None:
    rows = []
    for one in held:
        due = moment(one["due"]) if one["due"] and one["state"] != "closed" else None
        state = words.zh(words.STATES, one["state"])
        stands = f"{state}：{words.zh(words.OUTCOMES, one['outcome'])}" if one["outcome"] else state
        rows.append(
            [
                str(one["number"]),
                words.URGENCIES[one["urgency"]],
                _title(one["number"], who, titles) or forms.matter_name(rules, one["matter"]),
                forms.region_name(rules, one["region"]),
                rules.unit_name(one["unit"]) if one["unit"] else "还没有派出",
                stands + (f"，{clocks.words(due, at)}" if due else ""),
            ]
        )
    heads = ("工单号", "程度", "内容", "区域", "单位", "办到哪里")
    return Table(heads, rows, (5, 2, 7, 4, 4, 6)) if rows else None


def _title(number: int, who: Person, titles: Titles) -> str:
    found = titles.get(number)
    return found[0] if found and lines.reads_titles(who.actor, Titled(found[1], found[2])) else ""


def _instructions(held: Sequence[Mapping[str, Any]], rules: Rules, at: datetime) -> Table | None:
    rows = []
    for one in held:
        due = moment(one["due"]) if one["due"] else None
        rows.append(
            [
                str(one["number"]),
                rules.unit_name(one["unit"]),
                moment_words(moment(one["at"])),
                moment_words(due) if due else "没有期限",
                clocks.words(due, at) if due else "",
            ]
        )
    return Table(("工单号", "反馈单位", "批示时间", "反馈期限", ""), rows, (5, 4, 4, 4, 4)) if rows else None
