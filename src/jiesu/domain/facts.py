"""What a move may be told. One list for forms, the API, the checks and the handbook.

A fact's ``type`` says what a form shows and what ``read`` accepts:
text (long words), line (short words), code (of a list of coded reasons), choice (of a fixed table), unit, units,
matter, region, when, yes, int, order, files, id.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.order import Text, stamp

LONGEST_TEXT: Final = 20_000
LONGEST_LINE: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a move may be told: its identifier, its Chinese label, its type and where choices come from."""

    name: str
    zh: str
    type: str
    of: str = ""
    hint: str = ""

    @property
    def choices(self) -> dict[str, str] | None:
        return CHOICES.get(self.of) if self.type == "choice" else None


CHOICES: Final[dict[str, dict[str, str]]] = {
    "kind": words.KINDS,
    "urgency": words.URGENCIES,
    "channel": words.CHANNELS,
    "claim": words.CLAIMS,
    "attempt": words.ATTEMPTS,
    "solved": words.SOLVED,
    "rating": words.RATINGS,
    "via": {"phone": "电话", "sms": "短信", "portal": "网上", "visit": "当面"},
    "contact": {"reached": "已联系上", "not_reached": "未联系上"},
    "timeout": {"accept": "按现有材料继续办理", "close": "材料不足，办结"},
    "ground": {
        "new_facts": "出现新情况",
        "promise_broken": "承诺未兑现",
        "unreachable": "此前未联系上，诉求人来电称未解决",
        "pressed": "撤诉并非本人意愿",
        "sample": "抽查发现未解决",
    },
    "clock_act": {
        "register": "登记",
        "acknowledge": "签收",
        "first_contact": "先行联系",
        "interim": "阶段反馈",
        "reply": "答复",
    },
    "flag": words.FLAGS,
    "pii": {"name": "姓名", "phone": "电话", "address": "地址", "text": "诉求原文"},
    "coming": {"coming": "到场", "cannot": "不能到场"},
}

_ALL = (
    Fact("channel", "渠道", "choice", "channel"),
    Fact("kind", "诉求类型", "choice", "kind"),
    Fact("urgency", "紧急程度", "choice", "urgency"),
    Fact("matter", "事项分类", "matter"),
    Fact("region", "区域", "region"),
    Fact("text", "诉求内容", "text"),
    Fact("title", "标题", "line"),
    Fact("place", "地点", "line", hint="小区、道路、门牌"),
    Fact("person", "诉求人", "id"),
    Fact("anonymous", "匿名", "yes"),
    Fact("secret", "要求保密", "yes"),
    Fact("enterprise", "涉企", "yes"),
    Fact("happened_at", "实际时间", "when"),
    Fact("reason", "理由", "text"),
    Fact("refusal", "不予受理原因", "code", "refusal"),
    Fact("told", "告知诉求人的话", "text"),
    Fact("article", "知识条目", "line", hint="条目编号"),
    Fact("public_reply", "公开答复", "text"),
    Fact("target", "转往", "code", "transfer"),
    Fact("to_unit", "单位", "unit"),
    Fact("named_person", "被表扬的人", "line"),
    Fact("parent", "主工单号", "order"),
    Fact("child", "子工单号", "order"),
    Fact("other", "关联工单号", "order"),
    Fact("lead", "牵头单位", "unit"),
    Fact("assist", "配合单位", "units"),
    Fact("basis", "依据", "text", hint="与派单目录不同时必填"),
    Fact("question", "需要补充什么", "text"),
    Fact("details", "补充内容", "text"),
    Fact("timeout", "处理方式", "choice", "timeout"),
    Fact("contact", "联系结果", "choice", "contact"),
    Fact("note", "内容", "text"),
    Fact("measures", "已采取的措施", "text"),
    Fact("expected_end", "预计完成时间", "when"),
    Fact("internal_note", "内部办理情况", "text"),
    Fact("claim", "办理结果", "choice", "claim"),
    Fact("why_not", "未解决的原因", "text"),
    Fact("missing", "配合单位缺什么", "text"),
    Fact("files", "照片和附件", "files"),
    Fact("statutory_number", "法定程序案号", "line"),
    Fact("promise_due", "承诺完成日期", "when"),
    Fact("promise_owner", "承诺责任人", "line"),
    Fact("promise_approver", "承诺批准人", "line"),
    Fact("promise_text", "承诺内容", "text"),
    Fact("plan", "挂账方案", "text"),
    Fact("review_date", "复核日期", "when"),
    Fact("legal_basis", "法律法规依据", "text"),
    Fact("evidence", "证据说明", "text"),
    Fact("leader_name", "签批领导", "line"),
    Fact("proper_unit", "应办单位", "unit"),
    Fact("no_proper_unit", "无法指明应办单位的原因", "text"),
    Fact("request", "申请编号", "int"),
    Fact("days", "工作日数", "int"),
    Fact("section", "科室", "unit"),
    Fact("unit", "单位", "unit"),
    Fact("units", "单位", "units"),
    Fact("meet_place", "集合地点", "line"),
    Fact("meet_at", "集合时间", "when"),
    Fact("coming", "能否到场", "choice", "coming"),
    Fact("send_back", "退回原因", "code", "send_back"),
    Fact("attempt", "回访结果", "choice", "attempt"),
    Fact("via", "方式", "choice", "via"),
    Fact("resolved", "是否解决", "choice", "solved"),
    Fact("rating", "是否满意", "choice", "rating"),
    Fact("opinion", "诉求人意见", "text"),
    Fact("kept", "已兑现", "yes"),
    Fact("pressed", "受到施压", "yes"),
    Fact("ground", "重启原因", "choice", "ground"),
    Fact("upheld", "维持原决定", "yes"),
    Fact("exemption", "剔除原因", "code", "exemption"),
    Fact("instruction", "批示内容", "text"),
    Fact("due", "反馈期限", "when"),
    Fact("answer", "反馈内容", "text"),
    Fact("act", "补录的动作", "choice", "clock_act"),
    Fact("claimed_at", "实际发生时间", "when"),
    Fact("late_reason", "补录原因", "code", "late_entry"),
    Fact("flag", "标记", "choice", "flag"),
    Fact("field", "查看内容", "choice", "pii"),
    Fact("result", "法定结果", "text"),
    Fact("duty", "定责结论", "text"),
    Fact("step", "触发的时限", "tag"),
    Fact("foreign", "外部工单", "doc"),
)
FACTS: Final[Mapping[str, Fact]] = {fact.name: fact for fact in _ALL}


def write(value: Any) -> Any:
    """``value`` as an event may hold it: words become their commitment, times become text."""
    if isinstance(value, Text):
        return {"c": value.commitment}
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple | list | frozenset):
        return [write(one) for one in value]
    return value


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as an event holds them. A document is left out: what a rule took from it stands in the event itself."""
    return {name: write(value) for name, value in facts.items() if value is not None and FACTS[name].type != "doc"}


def check(name: str, value: Any, known: Mapping[str, Any]) -> None:
    """Refuse a fact of the wrong shape, with words for the person who gave it.

    ``known`` holds the city's lists: ``units``, ``matters``, ``regions`` and ``reasons`` (list -> codes).
    """
    fact = FACTS[name]
    problem = _CHECKS[fact.type](fact, value, known)
    if problem:
        raise Refused(f"“{fact.zh}”{problem}", code="bad_fact", field=name)


def _text(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    longest = LONGEST_TEXT if fact.type == "text" else LONGEST_LINE
    if not isinstance(value, Text):
        return "须是文字"
    if "\0" in value.plain:
        return "里有无法保存的字符，请删去后再提交"
    return f"太长，请缩短到 {longest} 字以内" if len(value.plain) > longest else None


def _doc(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    return None if isinstance(value, Mapping) else "须是一份资料"


def _tag(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    return None if isinstance(value, str) and len(value) <= 60 else "须是短代码"


def _choice(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    table = CHOICES[fact.of]
    return None if isinstance(value, str) and value in table else f"须是其中之一：{'、'.join(table.values())}"


def _code(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    codes = known["reasons"].get(fact.of, {})
    return None if isinstance(value, str) and value in codes else "须从原因列表中选择"


def _unit(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    return _listed(value, known["units"], "单位")


def _listed(value: Any, codes: Container[str], what: str) -> str | None:
    if not isinstance(value, str):
        return f"须是{what}的代码"
    return None if value in codes else f"没有这个{what}：{value[:60]}"


def _units(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return "须是单位的列表"
    unknown = [one for one in value if one not in known["units"]]
    if unknown:
        return f"没有这些单位：{'、'.join(unknown)[:60]}"
    return "有重复的单位" if len(set(value)) != len(value) else None


def _matter(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    return _listed(value, known["matters"], "事项")


def _region(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    return _listed(value, known["regions"], "区域")


def _when(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return "须是带时区的时间"
    return None if 1950 <= value.year < 2200 else "须是合理的日期"


def _yes(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    return None if isinstance(value, bool) else "须是“是”或“否”"


def _int(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53
    return None if fits else "须是正整数"


def _files(fact: Fact, value: Any, known: Mapping[str, Any]) -> str | None:
    good = isinstance(value, list | tuple) and all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in value)
    return None if good else "须是已上传附件的列表"


_CHECKS: Final = {
    "text": _text,
    "line": _text,
    "doc": _doc,
    "tag": _tag,
    "choice": _choice,
    "code": _code,
    "unit": _unit,
    "units": _units,
    "matter": _matter,
    "region": _region,
    "when": _when,
    "yes": _yes,
    "int": _int,
    "id": _int,
    "order": _int,
    "files": _files,
}
