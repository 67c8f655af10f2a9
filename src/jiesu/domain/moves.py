"""The one table of moves (domain.md §3). Buttons, guards, messages, forms, the API and the diagram are read from it.

A move says from where, to where, who, on which leg, and what it needs and may be told. What cannot be said in a
table (a limit that has passed, a second approver) stands with the step's rules; ``decide`` joins the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jiesu.domain.words import NEW, OPEN_STATES, STATES


@dataclass(frozen=True, slots=True)
class Move:
    """One named move.

    frm: states it may start from. to: states it may end in; empty means the state stays as it is.
    by: roles. leg: whose part it is when a unit makes it ("lead", "assist", "any", "summoned", "addressed"; empty:
    not tied to a leg). needs / may: facts. beside: stands beside the state and does not collide with an open form.
    hand: made by people (shown as a button), not by the system alone.
    """

    name: str
    zh: str
    frm: frozenset[str]
    to: tuple[str, ...]
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    leg: str = ""
    beside: bool = False
    hand: bool = True
    key: str = ""


_OPEN = frozenset(OPEN_STATES)
_AT_UNIT = frozenset({"dispatched", "handling"})
_WORKING = frozenset({"dispatched", "handling", "ruling", "shelved", "replied", "callback"})
_ANY = frozenset(STATES)
_CLERKS = ("unit_clerk", "unit_leader")
_ENTRY = ("agent", "dispatcher")
_CENTRE = ("agent", "dispatcher", "reviewer", "callback_clerk", "supervisor", "arbiter")
_REPLY = (
    "measures",
    "internal_note",
    "public_reply",
    "claim",
    "why_not",
    "missing",
    "files",
    "statutory_number",
) + (
    "promise_due",
    "promise_owner",
    "promise_approver",
    "promise_text",
)


def _m(name: str, zh: str, frm: frozenset[str] | str, to: str, by: tuple[str, ...], **more: object) -> Move:
    start = frozenset(frm.split()) if isinstance(frm, str) else frm
    return Move(name, zh, start, tuple(to.split()), by, **more)  # type: ignore[arg-type]


def _beside(name: str, zh: str, frm: frozenset[str] | str, by: tuple[str, ...], **more: object) -> Move:
    return _m(name, zh, frm, "", by, beside=True, **more)


_TABLE: Final = (
    # -- intake
    _m(
        "register",
        "登记",
        NEW,
        "received",
        ("agent", "dispatcher", "citizen", "system"),
        needs=("channel", "text"),
        may=(
            "kind",
            "urgency",
            "title",
            "matter",
            "region",
            "place",
            "person",
            "anonymous",
            "secret",
            "enterprise",
        )
        + ("happened_at", "files"),
        hand=False,
    ),
    _m(
        "adopt",
        "接管外部工单",
        NEW,
        " ".join(STATES),
        ("administrator", "system"),
        needs=("foreign",),
        may=("text", "title", "place", "public_reply"),
        hand=False,
    ),
    _m(
        "accept",
        "受理",
        "received",
        "accepted",
        _ENTRY + ("system",),
        may=("kind", "urgency", "matter", "region"),
        key="a",
    ),
    _beside("propose_refusal", "建议不予受理", "received accepted", ("agent",), needs=("refusal", "reason")),
    _m(
        "refuse",
        "不予受理",
        "received accepted",
        "closed",
        ("dispatcher",),
        needs=("refusal", "told"),
        key="x",
    ),
    _m(
        "answer_directly",
        "直接答复",
        "received accepted",
        "closed",
        _ENTRY,
        needs=("public_reply",),
        may=("article", "kind", "matter", "region"),
        key="d",
    ),
    _m("inform", "转告", "received", "closed", _ENTRY, needs=("to_unit",), may=("named_person", "note")),
    _m("transfer_out", "转出", "received", "closed", ("dispatcher",), needs=("target", "told")),
    _m(
        "merge_into",
        "并入主单",
        "received accepted handling",
        "closed",
        ("dispatcher",),
        needs=("parent",),
        may=("reason",),
        key="m",
    ),
    # -- dispatch
    _m(
        "dispatch",
        "派单",
        "accepted",
        "dispatched",
        ("dispatcher", "system"),
        needs=("lead",),
        may=("assist", "basis", "note"),
        key="p",
    ),
    _m("ask_for_details", "请诉求人补充", "accepted", "needs_details", _ENTRY, needs=("question",)),
    _m(
        "supply_details",
        "补充材料",
        "needs_details",
        "accepted",
        _ENTRY + ("citizen",),
        needs=("details",),
        may=("files",),
    ),
    _m(
        "details_timeout",
        "逾期未补充",
        "needs_details",
        "accepted closed",
        ("dispatcher", "system"),
        needs=("timeout",),
        may=("told",),
    ),
    _m("acknowledge", "签收", "dispatched", "handling", _CLERKS, leg="lead", key="q"),
    _m("recall", "撤回派单", "dispatched", "accepted", ("dispatcher",), needs=("reason",)),
    _m(
        "reassign",
        "改派",
        "handling",
        "dispatched",
        ("dispatcher",),
        needs=("lead", "reason"),
        may=("assist", "basis"),
    ),
    # -- handling
    _beside(
        "first_contact",
        "先行联系",
        "handling shelved",
        _CLERKS + _ENTRY,
        leg="any",
        needs=("contact", "note"),
        key="l",
    ),
    _beside(
        "interim_reply",
        "阶段反馈",
        "handling shelved",
        _CLERKS,
        leg="any",
        needs=("measures",),
        may=("expected_end", "files"),
        key="j",
    ),
    _m(
        "submit",
        "呈报",
        "handling",
        "handling",
        _CLERKS,
        leg="lead",
        needs=("public_reply", "claim"),
        may=tuple(name for name in _REPLY if name not in ("public_reply", "claim")),
        key="s",
    ),
    _m("hand_back", "退回联络员", "handling", "handling", ("unit_leader",), leg="lead", needs=("reason",), key="b"),
    _m(
        "reply",
        "答复",
        "handling",
        "replied",
        ("unit_leader",),
        leg="lead",
        may=_REPLY,
        key="r",
    ),
    _beside("request_shelve", "申请挂账", "handling", ("unit_leader",), leg="lead", needs=("plan", "review_date")),
    _m(
        "shelve",
        "挂账",
        "handling",
        "shelved",
        ("supervisor",),
        needs=("request",),
        may=("note",),
    ),
    _beside("refuse_shelve", "不同意挂账", "handling", ("supervisor",), needs=("request", "reason")),
    _m(
        "resume",
        "恢复办理",
        "shelved",
        "handling",
        ("supervisor", "unit_leader"),
        leg="lead",
        needs=("reason",),
    ),
    _m("write_off", "核销", "shelved", "closed", ("supervisor",), needs=("reason", "told")),
    _beside("request_complex", "申请认定复杂事项", "handling", ("unit_leader",), leg="lead", needs=("reason",)),
    _beside("agree_complex", "认定复杂事项", "handling", ("supervisor", "dispatcher"), needs=("request",)),
    _beside(
        "refuse_complex",
        "不认定复杂事项",
        "handling",
        ("supervisor", "dispatcher"),
        needs=("request", "reason"),
    ),
    _beside("request_extension", "申请延期", _AT_UNIT, ("unit_leader",), leg="lead", needs=("days", "reason")),
    _beside(
        "agree_extension",
        "同意延期",
        _AT_UNIT,
        ("supervisor", "dispatcher"),
        needs=("request",),
        may=("days",),
    ),
    _beside("refuse_extension", "不同意延期", _AT_UNIT, ("supervisor", "dispatcher"), needs=("request", "reason")),
    # -- returns and rulings
    _beside(
        "request_return",
        "申请退单",
        _AT_UNIT,
        _CLERKS,
        leg="lead",
        needs=("legal_basis", "evidence", "leader_name"),
        may=("proper_unit", "no_proper_unit", "files"),
        key="t",
    ),
    _m("agree_return", "同意退单", _AT_UNIT, "accepted", ("dispatcher",), needs=("request",), may=("note",)),
    _beside("refuse_return", "不同意退单", _AT_UNIT, ("dispatcher",), needs=("request", "reason")),
    _m(
        "refer_to_ruling",
        "提请裁定",
        "accepted dispatched handling",
        "ruling",
        ("dispatcher", "supervisor"),
        needs=("reason",),
    ),
    _m("rule", "裁定", "ruling", "dispatched", ("arbiter",), needs=("lead", "legal_basis"), may=("assist",)),
    _beside("settle_duty", "定责", _ANY - {"received", "needs_details"}, ("arbiter",), needs=("lead", "duty")),
    # -- joint work
    _beside("request_assist", "申请配合", "handling", _CLERKS, leg="lead", needs=("unit", "reason")),
    _beside("agree_assist", "同意配合", "handling", ("dispatcher",), needs=("request",)),
    _beside("refuse_assist", "不同意配合", "handling", ("dispatcher",), needs=("request", "reason")),
    _beside("add_leg", "加派", _AT_UNIT, ("dispatcher",), needs=("unit", "reason")),
    _beside("release_leg", "解除配合", _AT_UNIT | {"shelved"}, ("dispatcher",), needs=("unit", "reason")),
    _beside("sub_dispatch", "内部转办", _AT_UNIT, _CLERKS, leg="any", needs=("section",), may=("note",)),
    _beside("leg_acknowledge", "配合签收", _AT_UNIT | {"shelved", "replied"}, _CLERKS, leg="assist", key="q"),
    _beside(
        "leg_reply",
        "配合答复",
        "handling shelved replied",
        _CLERKS,
        leg="assist",
        needs=("measures",),
        may=("files",),
        key="r",
    ),
    _beside("object", "配合异议", _AT_UNIT, _CLERKS, leg="assist", needs=("legal_basis",), may=("files",)),
    _beside("agree_objection", "同意异议", _AT_UNIT, ("dispatcher",), needs=("request",)),
    _beside("refuse_objection", "不同意异议", _AT_UNIT, ("dispatcher",), needs=("request", "reason")),
    _beside(
        "whistle",
        "吹哨",
        "handling",
        _CLERKS,
        leg="lead",
        needs=("units", "meet_place", "meet_at", "reason"),
    ),
    _beside(
        "answer_whistle",
        "应哨",
        _WORKING,
        _CLERKS,
        leg="summoned",
        needs=("request", "coming"),
        may=("reason",),
    ),
    _beside("report_in", "报到", _WORKING, _CLERKS, leg="summoned", needs=("request",), may=("note", "files")),
    # -- review and callback
    _m("pass_review", "审核通过", "replied", "callback", ("reviewer",), may=("note",), key="y"),
    _m("send_back", "退回重报", "replied", "handling", ("reviewer",), needs=("send_back", "reason"), key="b"),
    _beside(
        "callback_attempt",
        "回访",
        "callback closed",
        ("callback_clerk",),
        needs=("attempt",),
        may=("resolved", "rating", "opinion"),
        key="h",
    ),
    _beside(
        "rate",
        "诉求人评价",
        "callback closed",
        ("citizen", "system"),
        needs=("resolved", "rating"),
        may=("opinion", "via"),
        hand=False,
    ),
    _m("close", "办结", "callback", "closed", ("callback_clerk", "supervisor"), may=("reason",), key="o"),
    _m(
        "close_with_promise",
        "承诺办结",
        "callback",
        "closed",
        ("callback_clerk", "supervisor"),
        may=("note",),
    ),
    _m("rework", "重办", "callback", "handling", ("callback_clerk", "supervisor"), needs=("reason",), key="z"),
    _m(
        "close_unreachable",
        "未联系上办结",
        "callback",
        "closed",
        ("callback_clerk", "supervisor"),
        may=("note",),
    ),
    # -- after closing
    _beside("check_promise", "承诺回访", "closed", ("callback_clerk",), needs=("kept",), may=("opinion",)),
    _beside("tell_result", "告知法定结果", "closed", _CLERKS + ("callback_clerk",), leg="any", needs=("result",)),
    _m(
        "reopen",
        "重启",
        "closed",
        "handling accepted",
        ("dispatcher", "callback_clerk", "supervisor", "agent"),
        needs=("ground", "reason"),
    ),
    _beside("contest", "诉求人异议", "closed", ("citizen", "agent"), needs=("reason",)),
    _m(
        "decide_contest",
        "异议审定",
        "closed",
        "accepted closed",
        ("supervisor",),
        needs=("request", "upheld", "told"),
    ),
    _m(
        "withdraw",
        "撤诉",
        _OPEN,
        "closed",
        ("citizen", "agent", "dispatcher", "callback_clerk"),
        needs=("reason",),
    ),
    _beside("confirm_withdrawal", "撤诉核实", "closed", ("callback_clerk",), needs=("pressed",), may=("opinion",)),
    _m("split_off", "拆出并单", "closed", "accepted", ("dispatcher", "callback_clerk"), needs=("reason",)),
    # -- beside: supervision, leaders, records
    _beside("urge", "催办", _OPEN, ("supervisor", "dispatcher", "system"), may=("reason", "step"), key="u"),
    _beside("supervise", "督办", _OPEN, ("supervisor", "system"), may=("reason", "step")),
    _beside("escalate", "提级督办", _OPEN, ("supervisor", "system"), may=("reason", "step")),
    _beside("mark", "标记", _OPEN, ("supervisor", "system"), needs=("flag",), may=("note", "step")),
    _beside("instruct", "批示", _ANY, ("city_leader",), needs=("instruction", "unit"), may=("due",)),
    _beside(
        "answer_instruction",
        "批示反馈",
        _ANY,
        _CLERKS + ("supervisor",),
        leg="addressed",
        needs=("request", "answer"),
        may=("files",),
    ),
    _beside(
        "note",
        "备注",
        _ANY,
        _CENTRE + _CLERKS + ("inspector",),
        leg="any",
        needs=("note",),
        may=("files",),
        key="n",
    ),
    _beside("chase", "催单", _OPEN, ("agent", "citizen", "system"), may=("note", "via")),
    _beside(
        "correct",
        "更正分类",
        "received accepted needs_details dispatched handling",
        _ENTRY,
        needs=("reason",),
        may=("kind", "urgency", "matter", "region", "place", "enterprise", "secret"),
    ),
    _beside("link", "关联工单", _ANY, _CENTRE, needs=("other",), may=("note",)),
    _beside(
        "request_exemption",
        "申请剔除",
        _WORKING | {"closed"},
        ("unit_leader",),
        leg="any",
        needs=("exemption", "reason"),
        may=("evidence", "files"),
    ),
    _beside(
        "approve_exemption",
        "同意剔除",
        _WORKING | {"closed"},
        ("supervisor", "exemption_approver"),
        needs=("request",),
        may=("note",),
    ),
    _beside(
        "refuse_exemption",
        "不同意剔除",
        _WORKING | {"closed"},
        ("supervisor", "exemption_approver"),
        needs=("request", "reason"),
    ),
    _beside(
        "claim_late_entry",
        "申请补录",
        _ANY,
        (*_CLERKS, *_ENTRY),
        leg="any",
        needs=("act", "claimed_at", "late_reason", "evidence"),
        may=("files",),
    ),
    _beside(
        "confirm_late_entry",
        "确认补录",
        _ANY,
        ("supervisor", "dispatcher"),
        needs=("request",),
    ),
    _beside(
        "refuse_late_entry",
        "不同意补录",
        _ANY,
        ("supervisor", "dispatcher"),
        needs=("request", "reason"),
    ),
    _beside("reveal", "查看个人信息", _ANY, _CENTRE + _CLERKS + ("dpo",), leg="any", needs=("field", "reason")),
    _beside("recalculate", "重算时限", _OPEN, ("administrator", "system"), may=("reason",)),
    _beside("absorb", "并入子单", _OPEN, ("dispatcher", "system"), needs=("child",), hand=False),
    _beside(
        "release_child",
        "子单拆出",
        _ANY,
        ("dispatcher", "callback_clerk", "system"),
        needs=("child",),
        hand=False,
    ),
    _beside("erase", "删除个人信息", _ANY, ("dpo",), needs=("reason",), hand=False),
)

MOVES: Final[dict[str, Move]] = {move.name: move for move in _TABLE}


def from_state(state: str) -> list[Move]:
    """Every move that may start in ``state``, in the table's order."""
    return [move for move in _TABLE if state in move.frm]
