"""The words of the work: every code the record uses and the Chinese a screen shows for it (domain.md §2-3)."""

from __future__ import annotations

from typing import Final

STATES: Final = {
    "received": "待受理",
    "accepted": "待派单",
    "needs_details": "待补充",
    "dispatched": "待签收",
    "handling": "办理中",
    "ruling": "裁定",
    "shelved": "挂账",
    "replied": "待审核",
    "callback": "待回访",
    "closed": "已办结",
}
NEW: Final = "new"
OPEN_STATES: Final = frozenset(STATES) - {"closed"}

OUTCOMES: Final = {
    "solved": "已解决",
    "explained": "已解释",
    "promised": "承诺办结",
    "statutory": "转法定程序",
    "direct_answer": "直接答复",
    "informed": "已转告",
    "refused": "不予受理",
    "transferred": "已转出",
    "merged": "已并单",
    "withdrawn": "已撤诉",
    "unreachable": "回访未联系上",
    "declined": "诉求人未补充",
    "anonymous": "匿名办结",
    "written_off": "挂账核销",
}

KINDS: Final = {
    "consultation": "咨询",
    "help": "求助",
    "complaint": "投诉",
    "report": "举报",
    "suggestion": "建议",
    "praise": "表扬",
    "invalid": "无效",
    "nuisance": "骚扰",
}
URGENCIES: Final = {"normal": "一般", "urgent": "紧急", "emergency": "特急"}
CHANNELS: Final = {
    "phone": "12345 电话",
    "web": "网站",
    "wechat": "微信",
    "mailbox": "市长信箱",
    "board": "领导留言板",
    "visit": "来访",
    "letter": "来信",
    "transfer_110": "110 转办",
    "transfer_province": "省平台转办",
    "transfer_city": "数字城管转办",
    "transfer": "其他平台转办",
    "import": "外部导入",
}
ROLES: Final = {
    "agent": "话务员",
    "dispatcher": "派单员",
    "unit_clerk": "联络员",
    "unit_leader": "单位领导",
    "reviewer": "审核员",
    "callback_clerk": "回访员",
    "supervisor": "督办员",
    "arbiter": "裁定人",
    "inspector": "质检员",
    "analyst": "分析员",
    "city_leader": "市领导",
    "administrator": "管理员",
    "dpo": "数据保护官",
    "exemption_approver": "剔除审批人",
    "citizen": "诉求人",
    "system": "系统",
}
CENTRE_ROLES: Final = frozenset(
    {"agent", "dispatcher", "reviewer", "callback_clerk", "supervisor", "arbiter", "inspector", "analyst"}
    | {"administrator", "dpo", "system"}
)
UNIT_ROLES: Final = frozenset({"unit_clerk", "unit_leader"})

LEG_STATES: Final = {
    "dispatched": "待签收",
    "acknowledged": "办理中",
    "replied": "已答复",
    "returned": "已退单",
    "released": "已解除",
}
OPEN_LEGS: Final = frozenset({"dispatched", "acknowledged"})

CLOCKS: Final = {
    "intake": "受理",
    "dispatch": "派单",
    "citizen": "市民等候",
    "details": "补充材料",
    "acknowledge": "签收",
    "first_contact": "先行联系",
    "interim": "阶段反馈",
    "handle": "办理",
    "return_request": "退单期限",
    "return_decision": "退单审定",
    "ruling": "裁定",
    "ruling_final": "定责",
    "review": "审核",
    "form_fix": "补正",
    "callback_first": "首次回访",
    "callback_last": "回访完成",
    "rework": "重办",
    "promise": "承诺到期",
    "shelf_review": "挂账复核",
    "statutory_result": "法定结果告知",
    "withdraw_check": "撤诉核实",
    "decision": "审定",
    "instruction": "批示反馈",
    "whistle_answer": "应哨",
    "whistle_arrival": "到场",
}
REQUESTS: Final = {
    "refusal": "不予受理建议",
    "return": "退单申请",
    "extension": "延期申请",
    "complex": "复杂事项认定申请",
    "shelve": "挂账申请",
    "assist": "配合申请",
    "objection": "配合异议",
    "exemption": "剔除申请",
    "contest": "诉求人异议",
    "late_entry": "补录",
    "whistle": "吹哨",
    "instruction": "批示",
}
REQUEST_STATES: Final = {
    "open": "待审定",
    "half": "一人已同意",
    "agreed": "已同意",
    "refused": "未同意",
    "answered": "已反馈",
    "lapsed": "已失效",
}

SOLVED: Final = {"resolved": "已解决", "mostly": "基本解决", "unresolved": "未解决"}
RATINGS: Final = {"satisfied": "满意", "mostly": "基本满意", "dissatisfied": "不满意"}
ATTEMPTS: Final = {
    "answered": "已接通",
    "no_answer": "无人接听",
    "busy": "占线",
    "wrong_number": "号码有误",
    "declined": "接通但不愿评价",
}
CLAIMS: Final = {
    "solved": "已解决",
    "explained": "已解释说明",
    "promised": "承诺限期解决",
    "statutory": "已进入法定程序",
    "unsolved": "暂未解决",
}
FLAGS: Final = {
    "ownerless": "悬空",
    "bouncing": "推诿",
    "ageing": "久拖",
    "hard_case": "疑难件",
    "chased": "多次催单",
    "leg_late": "配合超期",
    "whistle_missed": "吹哨未到",
    "late_entry": "补录",
    "high_frequency": "高频事件",
}
LADDER: Final = ("", "催办", "督办", "提级督办")

# A resident's demand of these kinds is not work for a unit (domain.md §3: inform; §6: not counted).
NO_WORK_KINDS: Final = frozenset({"praise", "invalid", "nuisance"})


def zh(table: dict[str, str], code: str | None) -> str:
    """The Chinese for ``code``; the code itself when a city has added one that the table does not know."""
    return table.get(code or "", code or "")
