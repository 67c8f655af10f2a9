"""The daily report in words: what a civil day brought, beside the day before and the same weekday a week before.

Figures are a document that is fixed at one moment (``store.daily``); where three numbers stand together they are of
the day, of the day before and of the day a week before, None where nothing is known. Sentences are made from them and
from nothing else, so that text and table never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from jiesu.domain.errors import Refused
from jiesu.domain.readings import check_length
from jiesu.domain.standing import Share
from jiesu.domain.workdays import CITY_ZONE

TEXTS: Final = {"attention": "需要关注", "weather": "天气和公告", "remarks": "情况说明"}
"""What the duty supervisor writes; the first one is drafted from the figures."""
WAYS: Final = {
    "direct": "当场答复",
    "dispatched": "派给单位",
    "informed": "表扬转告",
    "transferred": "转出",
    "refused": "不予受理",
    "merged": "并单",
    "withdrawn": "撤诉",
    "waiting": "还没有派出",
}
_WEEKDAYS: Final = "一二三四五六日"
_SMALL: Final = 10  # below it a percentage says less than the number
_NAMED: Final = 3

Names = Callable[[str, str], str]
"""The name of a code: ``names("unit", "U0301")``; kinds of codes are unit and matter."""
Three = Sequence[int | None]


def day_words(day: date) -> str:
    """11月23日（周一）."""
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def moment_words(at: datetime) -> str:
    """11月24日 06:30."""
    local = at.astimezone(CITY_ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def change(now: int, before: int | None, than: str, unit: str = "件") -> str:
    """比前一天多 12 件（增 5.9%）; 与前一天持平; 前一天没有数."""
    if before is None:
        return f"{than}没有数"
    if now == before:
        return f"与{than}持平"
    more = now > before
    said = f"比{than}{'多' if more else '少'} {abs(now - before):,} {unit}"
    if before < _SMALL:
        return said
    part = (Decimal(100 * abs(now - before)) / before).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{said}（{'增' if more else '减'} {part}%）"


def both(three: Three, day: date, unit: str = "件") -> str:
    """The day's number against the day before and the same weekday a week before, in words."""
    now, before, week = three[0] or 0, three[1], three[2]
    return f"{change(now, before, '前一天', unit)}，{change(now, week, f'上周{_WEEKDAYS[day.weekday()]}', unit)}"


def sentences(figures: Mapping[str, Any], names: Names) -> list[str]:
    """The report's own paragraphs, each from the figures alone."""
    day, at = date.fromisoformat(figures["day"]), datetime.fromisoformat(figures["at"])
    return [
        _came(figures, day),
        _calls(figures["calls"], day),
        _stands(figures, at, names),
        _urgent(figures["urgent"]),
        _asked(figures, names),
    ]


def _came(figures: Mapping[str, Any], day: date) -> str:
    ways = [f"{WAYS[name]} {n:,} 件" for name in WAYS if (n := figures["ways"][name][0])]
    paper = f"其中停机期间记在纸上、事后补录的 {figures['paper']:,} 件。" if figures["paper"] else ""
    said = f"{day_words(day)}受理诉求 {figures['all'][0]:,} 件，{both(figures['all'], day)}。"
    return said + (f"{'，'.join(ways)}。" if ways else "") + paper


def _calls(calls: Mapping[str, Three], day: date) -> str:
    offered, answered, quick = (calls[name][0] or 0 for name in ("offered", "answered", "in_15"))
    if not offered:
        return "没有来电记录。"
    return (
        f"来电 {offered:,} 个，{both(calls['offered'], day, '个')}；接通 {answered:,} 个，接通率"
        f" {Share(offered, answered).words()}；15 秒内接通 {quick:,} 个，占 {Share(offered, quick).words()}。"
    )


def _stands(figures: Mapping[str, Any], at: datetime, names: Names) -> str:
    held = figures["open"]
    late = "、".join(
        f"{names('unit', unit) if unit else '热线中心'} {n:,}" for unit, n in figures["red_units"][:_NAMED]
    )
    rest = len(figures["red_units"]) - _NAMED
    late += f" 等 {rest + _NAMED} 个单位" if rest > 0 else ""
    red = f"已超期 {held['red'][0]:,} 件（{late}）" if held["red"][0] else "没有超期"
    return (
        f"截至 {moment_words(at)}，在办 {held['open'][0]:,} 件，将超期 {held['amber'][0]:,} 件，{red}。当天办结"
        f" {figures['closed'][0]:,} 件；{_rated(figures)}申请退单 {figures['returns']['asked'][0]:,} 件，同意"
        f" {figures['returns']['agreed'][0]:,} 件。"
    )


def _rated(figures: Mapping[str, Any]) -> str:
    rated, satisfied = figures["rated"][0] or 0, figures["satisfied"][0] or 0
    return f"回访有评价 {rated:,} 件，满意和基本满意占 {Share(rated, satisfied).words()}；" if rated else ""


def _urgent(urgent: Mapping[str, Any]) -> str:
    most, some = urgent["emergency"][0] or 0, urgent["urgent"][0] or 0
    if not most and not some:
        return "没有特急和紧急诉求。"
    stand = f"仍在办 {urgent['open']:,} 件" if urgent["open"] else "都已办结"
    late = f"，其中超期 {urgent['late']:,} 件" if urgent["late"] else ""
    return f"特急 {most:,} 件、紧急 {some:,} 件，{stand}{late}。"


def _asked(figures: Mapping[str, Any], names: Names) -> str:
    held = figures["instructions"]
    if not held:
        return "没有待反馈的批示。"
    late = [one for one in held if one["late"]]
    said = f"待反馈的批示 {len(held):,} 件"
    if not late:
        return f"{said}，都没有到期。"
    units = "、".join(dict.fromkeys(names("unit", one["unit"]) for one in late))
    return f"{said}，已过期 {len(late):,} 件（{units}）。"


def draft(figures: Mapping[str, Any], names: Names) -> str:
    """What the duty supervisor finds under ``attention``, a line each; empty on a quiet day."""
    lines = []
    for one in figures["rises"]:
        usual = f"{one['mean']:.1f}".rstrip("0").rstrip(".")
        lines.append(f"{names('matter', one['matter'])}增多：{one['n']} 件，平时同一天 {usual} 件。")
    lines += [
        f"{one['place']}{names('matter', one['matter'])}三天 {one['n']} 件，注意是不是同一件事。"
        for one in figures["groups"]
    ]
    return "\n".join(lines)


def check_texts(texts: Mapping[str, str]) -> None:
    """Refuse words that no report can hold."""
    for name, text in texts.items():
        if name not in TEXTS:
            raise Refused("日报没有这一栏")
        check_length(TEXTS[name], text, name)
