"""An event as a sentence: 派给供热公司牵头，住建局配合. What it says need not stand below it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from jiesu.domain.moves import MOVES
from jiesu.domain.order import Event, Order
from jiesu.domain.rules import Rules

# A part in [ ] is left out when one of its facts was not told or is empty. Only coded facts stand here: words that
# somebody wrote follow below the sentence, for those who may read them.
_SENTENCES: Final[Mapping[str, str]] = {
    "register": "登记[{kind}]，来自{channel}",
    "dispatch": "派给{lead}牵头[，{assist}配合]",
    "reassign": "改派给{lead}牵头[，{assist}配合]",
    "rule": "裁定由{lead}牵头[，{assist}配合]",
    "settle_duty": "定责：由{lead}承担",
    "refuse": "不予受理：{refusal}",
    "propose_refusal": "建议不予受理：{refusal}",
    "transfer_out": "转往{target}",
    "inform": "转告{to_unit}",
    "merge_into": "并入主单 {parent}",
    "absorb": "并入子单 {child}",
    "release_child": "子单 {child} 拆出",
    "details_timeout": "逾期未补充，{timeout}",
    "first_contact": "联系诉求人：{contact}",
    "interim_reply": "阶段反馈[，预计 {expected_end} 完成]",
    "submit": "呈报答复：{claim}",
    "hand_back": "把呈报退回联络员",
    "reply": "答复[：{claim}]",
    "request_extension": "申请延期 {days} 个工作日",
    "agree_extension": "同意延期[ {days} 个工作日]",
    "request_return": "申请退单[，认为应由{proper_unit}办理]",
    "request_shelve": "申请挂账[，{review_date} 复核]",
    "request_assist": "申请{unit}配合",
    "add_leg": "加派{unit}配合",
    "release_leg": "解除{unit}的配合",
    "sub_dispatch": "转给{section}办理",
    "whistle": "吹哨，请{units}在 {meet_at} 到场",
    "answer_whistle": "应哨：{coming}",
    "send_back": "退回重报：{send_back}",
    "callback_attempt": "回访：{attempt}[，{resolved}][，{rating}]",
    "rate": "评价：{resolved}，{rating}",
    "reopen": "重启：{ground}",
    "chase": "催单[（{via}）]",
    "mark": "标记：{flag}",
    "instruct": "批示[给{unit}][，{due} 前反馈]",
    "link": "关联工单 {other}",
    "request_exemption": "申请剔除：{exemption}",
    "claim_late_entry": "申请补录{act}[，实际 {claimed_at}]",
}
_PART: Final = re.compile(r"\[([^\]]*)\]")
_FACT: Final = re.compile(r"\{(\w+)\}")


def sentence(event: Event, order: Order, rules: Rules, coded: Callable[[str, Any], str]) -> tuple[str, frozenset[str]]:
    """What was done, without who did it, and the facts that it says. ``coded`` puts a fact's code into words."""
    facts = {name: value for name, value in event.data.get("facts", {}).items() if not isinstance(value, dict)}
    told = _SENTENCES.get(event.move, "")
    given = {name for name, value in facts.items() if value not in (None, "", [], ())}
    kept = _PART.sub(lambda part: part[1] if set(_FACT.findall(part[1])) <= given else "", told)
    asked = frozenset(_FACT.findall(kept))
    if not told or not asked <= facts.keys():
        return f"{MOVES[event.move].zh}{_whose(facts, order, rules)}", frozenset()
    return _FACT.sub(lambda fact: coded(fact[1], facts[fact[1]]), kept), asked


def _whose(facts: Mapping[str, Any], order: Order, rules: Rules) -> str:
    """Whose request an answer is about: （供热公司提出）."""
    number = facts.get("request")
    one = order.request(number) if isinstance(number, int) else None
    unit = (one.unit or (order.leg(one.leg).unit if one.leg else "")) if one else ""
    return f"（{rules.unit_name(unit)}）" if unit else ""
