"""The bulletin's words and its figures: which number may stand in a text, and when an edition may be issued.

A figure stands in a text as its name in braces, ``{按时办结率}``, and is printed as the window has it; it
cannot be typed over. A number that looks like a figure and is none is refused (domain.md §6: every published figure
opens into the orders behind it).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from jiesu.domain.errors import Refused
from jiesu.domain.privacy import mask_text
from jiesu.domain.readings import check_length, plain

EDITIONS: Final = {"week": "周报", "month": "月度通报", "quarter": "季度通报", "year": "年度通报"}
"""Which windows have an edition; the day's is the daily report."""
FROZEN_FIRST: Final = frozenset({"month", "quarter", "year"})
"""Editions that rest on frozen figures; a week's figures are fixed when it is issued."""
SECTIONS: Final = {
    "volume": "总体情况",
    "rates": "三率情况",
    "full": "满分榜",
    "most": "承办件数居前的单位",
    "joint": "多单位联办",
    "slow_legs": "配合环节较慢的单位",
    "late": "超期",
    "returns": "退单",
    "rising": "增加较多的事项",
    "hard": "疑难和重复",
    "places": "诉求较多的区域",
    "cases": "典型案例",
    "praise": "表扬",
    "problems": "存在的问题和要求",
    "topic": "下月主题",
}
"""The paragraphs that people may rewrite, in their order, with what they are called."""
HINTS: Final = {
    "cases": "（典型案例由编辑填写，隐去姓名、电话和门牌。）",
    "problems": "（存在的问题和下一步要求由编辑填写。）",
}
NO_FIGURE: Final = "——"
_PLACE: Final = re.compile(r"\{([^{}\n]{1,40})\}")
_BRACE: Final = re.compile(r"[{}]")
_UNITS: Final = "个百分点|件|单(?!位|一)|宗|起(?!来|诉|点)"
_TYPED: Final = re.compile(
    r"(?<![\d.,，A-Za-z])(?P<share>\d[\d,]*/\d[\d,]*(?![\d/]))"
    r"|(?<![\d.,A-Za-z/])(?P<number>[+\-−]?\d[\d,]*(?:\.\d+)?)(?:(?P<percent>\s*[%％])|(?=\s*(?:" + _UNITS + ")))"
)
_SPELLED: Final = re.compile(r"百分之[零〇一二三四五六七八九十百点\d]+")
# A case tells of one demand: a count in it is the story's.
_STORIES: Final = frozenset({"cases"})


def filled(text: str, figures: Mapping[str, str]) -> str:
    """The text as it is printed: every figure in its place; a long dash where the window has none of the name."""
    return _PLACE.sub(lambda found: figures.get(found[1], NO_FIGURE), text)


def missing(text: str, figures: Collection[str]) -> list[str]:
    """Names in the text for which the window has no figure."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in figures]


def checked(section: str, text: str, figures: Mapping[str, str]) -> str:
    """The text as it may be kept: a number that was typed and is one figure and no other stands as that figure.

    Raises Refused for a number that is no figure of the window, or might be several; for a name that is no figure's;
    for words that show whose demand it was.
    """
    if section not in SECTIONS:
        raise Refused("通报没有这一段")
    zh, text = SECTIONS[section], plain(text)
    check_length(zh, text, section)
    rest = _PLACE.sub("", text)
    unknown = missing(text, figures)
    if unknown or _BRACE.search(rest):
        said = f"没有“{unknown[0]}”这个数" if unknown else "花括号只用来插入数字"
        raise Refused(f"“{zh}”：{said}，请从“插入数字”里选", field=section)
    if mask_text(rest) != rest:
        raise Refused(f"“{zh}”里像有电话、证件号或车牌，请隐去再存", field=section)
    return text if section in _STORIES else _bound(zh, section, text, figures)


def _bound(zh: str, section: str, text: str, figures: Mapping[str, str]) -> str:
    """Typed figures as the names of what they are."""

    def bind(found: re.Match[str]) -> str:
        said = found[0].strip()
        names = [name for name, value in figures.items() if _same(found, value)]
        if len(names) == 1:
            return f"{{{names[0]}}}"
        if names:
            raise Refused(f"“{zh}”里手写的“{said}”可能是{'、'.join(names[:4])}，请从“插入数字”里选", field=section)
        raise Refused(
            f"“{zh}”里手写的“{said}”不是{'本期' if section != 'topic' else '这份通报'}的数，"
            "请从“插入数字”里选，或换成不带数的说法",
            field=section,
        )

    spelled = _SPELLED.search(_PLACE.sub("", text))
    if spelled:
        raise Refused(f"“{zh}”里的“{spelled[0]}”请从“插入数字”里选，不手写", field=section)
    parts = re.split(r"(\{[^{}\n]{1,40}\})", text)
    return "".join(part if _PLACE.fullmatch(part) else _TYPED.sub(bind, part) for part in parts)


def _same(found: re.Match[str], value: str) -> bool:
    """Whether what was typed is this figure."""
    if found["share"]:
        return found["share"].replace(",", "") == value.replace(",", "")
    if bool(found["percent"]) != value.endswith("%"):
        return False
    held = value.removesuffix("%").replace(",", "")
    return bool(re.fullmatch(r"[+\-]?\d+(\.\d+)?", held)) and Decimal(held) == _number(found["number"])


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def check_issue(span: str, *, frozen: bool, over: bool, texts: Mapping[str, str], figures: Collection[str]) -> None:
    """Refuse to issue an edition that is not ready. ``over``: its window has ended."""
    if not over:
        raise Refused("这个时段还没有结束，不能发布")
    if span in FROZEN_FIRST and not frozen:
        raise Refused("数据还没有定稿，不能发布；请先在“三率”里定稿")
    for section, text in texts.items():
        zh = SECTIONS.get(section, section)
        if text.strip() == HINTS.get(section):
            raise Refused(f"“{zh}”还没有写，请写好，或清空这一段（清空的不印）", field=section)
        unknown = missing(text, figures)
        if unknown:
            raise Refused(f"“{zh}”里的“{unknown[0]}”本期没有数，请改写这一段", field=section)
