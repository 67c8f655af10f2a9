"""The one table of city data: each kind with its fields, in the words of the screen, of files and of messages.

Forms, lists, spreadsheets, the history and the checks are read from it. A *thing* is one row of a kind: a mapping
from the names of its fields to plain JSON values, with every field in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jiesu.domain import words

Thing = Mapping[str, Any]

UNIT_KINDS: Final = {
    "bureau": "委办局",
    "subdistrict": "街道乡镇",
    "company": "驻市企业",
    "institution": "事业单位",
    "section": "内设科室",
    "centre": "热线中心",
}
SIZES: Final = {"large": "大", "middle": "中", "small": "小"}
REGION_KINDS: Final = {"city": "全市", "subdistrict": "街道乡镇", "community": "社区、村"}
LIMIT_CLOCKS: Final = {
    "intake": "受理",
    "dispatch": "派单",
    "acknowledge": "签收",
    "first_contact": "先行联系",
    "interim": "阶段反馈",
    "handle": "办理",
    "handle_complex": "复杂事项办理",
    "extension_max": "延期最长",
    "return_request": "退单期限",
    "return_decision": "申请审定",
    "ruling": "裁定",
    "ruling_final": "定责",
    "details": "补充材料",
    "review": "审核",
    "form_fix": "补正",
    "callback_first": "首次回访",
    "callback_last": "回访完成",
    "rework": "重办",
    "appeal": "考核申诉",
    "statutory_notice": "立案告知",
    "whistle_answer": "应哨",
    "instruction": "批示反馈",
}
TEXT_LISTS: Final = {
    "refusal": "不予受理原因",
    "return": "退单原因",
    "send_back": "审核退回原因",
    "extension": "延期原因",
    "exemption": "剔除原因",
    "transfer": "转出去向",
    "unreachable": "联系不上原因",
    "unreasonable": "不合理诉求",
    "shelve": "挂账原因",
    "write_off": "核销原因",
    "withdraw": "撤诉原因",
    "chase": "催单原因",
    "reassign": "改派原因",
    "late_entry": "补录原因",
    "dispatch_basis": "派单依据",
}
SEND_BACKS: Final = {"form": "形式问题", "substance": "实质问题"}
SCRIPT_NAMES: Final = {
    "callback": "办结回访",
    "promised": "承诺件回访",
    "promise": "承诺到期核实",
    "withdrawal": "撤诉核实",
    "sample": "抽查回访",
    "result": "法定结果告知",
}
REPLY_FIELDS: Final = {
    "first_contact": "先行联系",
    "measures": "采取的措施",
    "photo": "现场照片",
    "files": "附件材料",
    "why_not": "未解决的原因",
    "statutory_number": "法定程序案号",
    "internal_note": "内部办理情况",
}
STAFF_ROLES: Final = {name: zh for name, zh in words.ROLES.items() if name not in ("citizen", "system")}
ANY: Final = {"*": "不限"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``type`` says how it is written and read (``cells``); ``fixed``: it names the thing and never changes.

    ``most``: characters at most, or the largest number; ``least``: the smallest number. ``of``: codes and their words.
    ``said``: what to write there, for a hint beside the field and in the sheet of explanations.
    """

    name: str
    zh: str
    type: str = "text"
    needed: bool = False
    fixed: bool = False
    most: float = 200
    least: float = 0
    of: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    start: Any = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of city data. ``measure``: the word counted with (个, 条). ``planned``: a change may wait for its day.

    ``removable``: a thing may be taken away for good; the others are switched off by their field ``active``.
    ``made``: new ones may be added. ``decides``: it is a part of the rules that orders are decided by.
    """

    name: str
    zh: str
    measure: str
    fields: tuple[Field, ...]
    planned: bool = True
    removable: bool = False
    made: bool = True
    decides: bool = True

    @property
    def key(self) -> tuple[Field, ...]:
        """The fields that name a thing."""
        return tuple(one for one in self.fields if one.fixed)

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def key_of(self, thing: Thing) -> str:
        """The name by which a thing is found: its fixed fields joined."""
        return BETWEEN.join(str(thing[one.name]) for one in self.key)

    def blank(self) -> dict[str, Any]:
        """A new thing before anything was written into it."""
        return {one.name: EMPTY.get(one.type, "") if one.start == "" else one.start for one in self.fields}


BETWEEN: Final = "~"
EMPTY: Final[Mapping[str, Any]] = {
    "words": [],
    "choices": [],
    "units": [],
    "roles": [],
    "lines": [],
    "flag": True,
    "limit": None,
    "day": None,
    "moment": None,
    "unit": None,
    "number": None,
    "yearday": "",
}


def _code(zh: str, said: str, most: int = 32) -> Field:
    return Field("code", zh, "code", needed=True, fixed=True, most=most, said=said)


_ACTIVE: Final = Field("active", "在用", "flag", said="是或否；停用后不再能选，历史照旧", start=True)
_UNIT: Final = Kind(
    "unit",
    "单位",
    "个",
    (
        _code("编号", "字母开头，只用字母、数字、短横"),
        Field("name", "全称", needed=True, most=120),
        Field("short", "简称", needed=True, most=60, said="各处显示用简称，本市内不能重复"),
        Field("kind", "类别", "choice", needed=True, of=UNIT_KINDS),
        Field("group_size", "规模组", "choice", needed=True, of=SIZES, start="middle", said="考核时和同组的单位比"),
        Field("parent", "上级单位", "unit", said="科室必须写；其他可以不写"),
        Field("phone", "值班电话", "phone", most=40, said="值班表没有排人时打这个电话"),
        Field("duties", "职责", "long", most=2000),
        Field("initials", "字母", "letters", most=80, said="派单时输入的字母，如住建局 zjj；不写由系统补"),
        _ACTIVE,
    ),
)
_STAFF: Final = Kind(
    "staff",
    "人员",
    "人",
    (
        Field(
            "login", "账号", "login", needed=True, fixed=True, most=60, said="小写字母开头，只用小写字母、数字、_ . -"
        ),
        Field("name", "姓名", needed=True, most=60),
        Field("title", "职务", most=60),
        Field("phone", "电话", "phone", most=40),
        Field(
            "roles", "角色和单位", "roles", said="如“派单员@热线中心；单位领导@供热公司（2026-12-01 至 2026-12-31）”"
        ),
        _ACTIVE,
    ),
    planned=False,
    decides=False,
)
_MATTER: Final = Kind(
    "matter",
    "事项",
    "个",
    (
        Field("code", "编号", "matter_code", needed=True, fixed=True, most=40, said="用点分级，如 03.06；最多五级"),
        Field("name", "名称", needed=True, most=80),
        Field("keywords", "关键词", "words", most=40, said="用顿号隔开，最多 30 个"),
        Field("urgency", "紧急程度", "choice", needed=True, of=words.URGENCIES, start="normal"),
        Field("kinds", "常见类型", "choices", of=words.KINDS, said="用顿号隔开"),
        Field("initials", "字母", "letters", most=80, said="查找时输入的字母；不写由系统补"),
        _ACTIVE,
    ),
)
_REGION: Final = Kind(
    "region",
    "区域",
    "个",
    (
        _code("编号", "区域编号"),
        Field("name", "名称", needed=True, most=80),
        Field("unit", "属地单位", "unit", said="目录里写“属地街道”的事项由它牵头"),
    ),
    made=False,
)
_CATALOG: Final = Kind(
    "catalog",
    "派单目录",
    "条",
    (
        Field("matter", "事项", "matter", needed=True, fixed=True, said="事项编号，后面可以带名称"),
        Field("region", "区域", "region", needed=True, fixed=True, start="*", said="全市，或一个区域"),
        Field("lead", "牵头单位", "lead", needed=True, said="承办单位；写“属地街道”的由所在街道牵头"),
        Field("assist", "配合单位", "units", said="用顿号隔开"),
        Field("legal_basis", "法律依据", "long", most=1000),
        Field("handle", "办理时限", "limit", said="如 3 个工作日、24 小时；不写按类型的时限"),
        Field("fields", "答复须有", "choices", of=REPLY_FIELDS, said="用顿号隔开"),
        Field("must_lead_by_law", "依法必须牵头", "flag", start=False, said="是的，单位不能退单"),
        Field("statutory_name", "法定程序", most=60, said="如行政处罚普通程序；没有不写"),
        Field("statutory_limit", "法定时限", "limit", said="写了法定程序就要写"),
        Field("season_name", "季节", most=40, said="如供暖季；没有不写"),
        Field("season_from", "季节从", "yearday", said="月-日，如 10-20"),
        Field("season_to", "季节到", "yearday", said="月-日，可以跨年"),
        Field("season_handle", "季节办理时限", "limit"),
        Field("season_urgency", "季节紧急程度", "choice", of=words.URGENCIES),
        Field("effective_from", "生效日", "day", said="不写就用导入时填的生效日期"),
        Field("effective_to", "失效日", "day", said="最后一天；不写一直有效"),
    ),
    removable=True,
)
_LIMIT: Final = Kind(
    "limit",
    "时限",
    "条",
    (
        Field("clock", "时钟", "choice", needed=True, fixed=True, of=LIMIT_CLOCKS),
        Field("kind", "诉求类型", "choice", needed=True, fixed=True, of={**ANY, **words.KINDS}, start="*"),
        Field("urgency", "紧急程度", "choice", needed=True, fixed=True, of={**ANY, **words.URGENCIES}, start="*"),
        Field("limit", "时限", "limit", needed=True, said="如 30 分钟、2 小时、4 个工作小时、5 个工作日、10 个自然日"),
    ),
    removable=True,
)
_DAY: Final = Kind(
    "day",
    "日历",
    "天",
    (
        Field("day", "日期", "day", needed=True, fixed=True),
        Field("working", "上班", "flag", start=True, said="是：上班；否：休息"),
        Field("note", "说明", needed=True, most=60, said="如“台风停工”，显示在日历上"),
    ),
    planned=False,
    removable=True,
)
_YEAR: Final = Kind(
    "year",
    "年度放假安排",
    "年",
    (
        Field("year", "年份", "number", needed=True, fixed=True, least=2004, most=2100),
        Field("off", "放假（周一至周五）", "days", said="如 2027-01-01、2027-02-08至2027-02-12"),
        Field("on", "调休上班（周末）", "days"),
    ),
    planned=False,
    removable=True,
)
_DECLARED: Final = Kind(
    "declared",
    "特殊时期",
    "个",
    (
        Field("id", "编号", "code", needed=True, fixed=True, most=20, said="如 BX2026-1"),
        Field("name", "名称", needed=True, most=40, said="如暴雪红色预警"),
        Field("begins", "从", "moment", needed=True),
        Field("ends", "到", "moment", needed=True),
        Field("clocks", "放宽哪些时限", "choices", needed=True, of=LIMIT_CLOCKS),
        Field("factor", "放宽到几倍", "number", needed=True, least=1, most=10, said="如 1.5、2；按原计量向上取整"),
        Field("basis", "依据", needed=True, most=200, said="公布的文件或会议"),
        Field("notice", "公告", "long", needed=True, most=1000, said="原样公布给市民和各单位"),
    ),
    planned=False,
    removable=True,
)
_TEXT: Final = Kind(
    "text",
    "文本",
    "条",
    (
        Field("list", "列表", "choice", needed=True, fixed=True, of=TEXT_LISTS),
        Field("code", "编号", "word", needed=True, fixed=True, most=32, said="小写英文，如 litigation"),
        Field("name", "名称", needed=True, most=60, said="办理时看到的选项"),
        Field("text", "文字", "long", most=1000, said="告知或写进记录的话"),
        Field("door", "应走的渠道", most=40, said="只用于不予受理，如信访、诉讼"),
        Field("type", "性质", "choice", of=SEND_BACKS, said="只用于审核退回"),
        _ACTIVE,
    ),
)
_SCRIPT: Final = Kind(
    "script",
    "回访话术",
    "份",
    (
        Field("which", "用在", "choice", needed=True, fixed=True, of=SCRIPT_NAMES),
        Field("lines", "话术", "lines", needed=True, most=300, said="一行一句；{name} 这样的位置由系统填"),
    ),
    made=False,
)
_PARAM: Final = Kind(
    "param",
    "参数",
    "项",
    (
        Field("name", "参数", "param", needed=True, fixed=True),
        Field("value", "取值", "value", needed=True),
    ),
    made=False,
)

KINDS: Final[Mapping[str, Kind]] = {
    one.name: one
    for one in (_UNIT, _STAFF, _MATTER, _REGION, _CATALOG, _LIMIT, _DAY, _YEAR, _DECLARED, _TEXT, _SCRIPT, _PARAM)
}
FILED: Final = ("unit", "staff", "matter", "region", "catalog", "limit", "day", "declared", "text", "script", "param")
"""Kinds that files carry."""
