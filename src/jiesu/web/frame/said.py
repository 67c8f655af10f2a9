"""What to say of a move that was just made: what happened, and what comes next, by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from jiesu.domain import clocks, sight, words
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Event, Order
from jiesu.domain.rules import Rules
from jiesu.store.rows import current_clock

_FRESH: Final = timedelta(minutes=5)
_WORDS: Final = {
    "register": "已登记，工单号 {number}",
    "dispatch": "已派给{lead}",
    "reassign": "已改派给{lead}",
    "rule": "已裁定由{lead}牵头",
    "interim_reply": "阶段反馈已记录",
    "hand_back": "已退回联络员",
    "leg_acknowledge": "已签收",
    "leg_reply": "配合答复已交给牵头单位",
    "details_timeout": "已按逾期未补充处理",
    "object": "异议已提出",
    "contest": "诉求人的异议已记下",
    "decide_contest": "异议已审定",
    "check_promise": "承诺是否兑现已记录",
    "confirm_withdrawal": "撤诉已核实",
    "answer_instruction": "批示已反馈",
    "close_unreachable": "已按未联系上办结",
    "tell_result": "法定结果已记录",
    "callback_attempt": "这次回访已记录",
    "reveal": "已打开，10 分钟内可见，这次查看已留痕",
    "agree_return": "已同意退单，不再派给这个单位",
    "refuse_return": "退单未同意，仍由原单位办理",
}
_NEXT: Final = {
    "received": "请在{when}受理",
    "accepted": "请在{when}派单",
    "needs_details": "等诉求人补充，到{when}为止",
    "dispatched": "{lead}应在{when}签收",
    "handling": "{lead}应在{when}办结",
    "ruling": "裁定人应在{when}裁定",
    "shelved": "{when}复核",
    "replied": "热线中心应在{when}审核",
    "callback": "热线中心应在{when}完成回访",
}


def done(name: str, order: Order, events: Sequence[Event], rules: Rules, actor: Actor, now: datetime) -> str:
    """已派给供热公司，供热公司应在 30 分钟内签收。 Empty unless ``name`` is what ``actor`` did here a moment ago."""
    mine = next((event for event in reversed(events) if event.by == actor.id), None)
    if mine is None or mine.move != name or now - mine.at > _FRESH:
        return ""
    lead = rules.unit_name(order.lead.unit) if order.lead else ""
    happened = _WORDS.get(name, f"已{MOVES[name].zh}").format(number=order.number, lead=lead)
    if MOVES[name].to and order.state == "closed":
        outcome = words.zh(words.OUTCOMES, order.outcome)
        return f"{happened}。" if outcome in happened else f"{happened}：{outcome}。"
    then = _then(mine, order, lead, actor, now)
    return "，".join(part for part in (happened, then) if part) + "。"


def _then(event: Event, order: Order, lead: str, actor: Actor, now: datetime) -> str:
    asked = next((one for one in order.requests if one.open and one.at == event.at and one.due), None)
    if asked is not None and asked.due is not None:
        return f"{'应' if asked.type in ('whistle', 'instruction') else '热线中心应'}在{when(asked.due, now)}答复"
    if not MOVES[event.move].to:
        return ""
    clock = None if sight.calling(actor, order) else current_clock(order)
    if clock is None:
        return f"工单现在是“{words.zh(words.STATES, order.state)}”"
    return _NEXT[order.state].format(lead=lead, when=when(clock.due, now))


def when(due: datetime, now: datetime) -> str:
    """A limit as people say it: 30 分钟内 when it is near, else 周五 17:30 前; never one that has passed."""
    minutes = int((due - now).total_seconds() // 60)
    if 0 < minutes <= 120:
        return f" {minutes} 分钟内"
    return clocks.due_words(due, now)
