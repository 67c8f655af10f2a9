"""Which column of a file holds which field: by the names columns usually have, or as told with ``--map``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from jiesu.channels.files.records import FileProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Field(NamedTuple):
    """A field of a row: its Chinese name and the column names it goes by, the surest first."""

    name: str
    aliases: tuple[str, ...]


def _field(name: str, *aliases: str) -> Field:
    return Field(name, (name, *(alias for group in aliases for alias in group.split())))


# The order matters where two fields share a name: the first field to find a free column takes it.
FIELDS: Final[dict[str, Field]] = {
    "external": _field(
        "原编号",
        "留言编号 工单编号 工单号 诉求编号 受理编号 信件编号 来信编号 案件编号 来电编号 办件编号",
        "流水号 单号 编号",
        "external case_enquiry_id service_request_id mail_id order_id ticket_id msg_id case_id id",
    ),
    "text": _field(
        "诉求内容",
        "留言详情 留言内容 来电内容 工单内容 反映内容 问题描述 诉求描述 来信内容 信件内容 事件描述",
        "详细内容 内容 正文 描述",
        "text text_masked query content description body message",
    ),
    "happened_at": _field(
        "诉求时间",
        "留言时间 来电时间 来信时间 反映时间 登记时间 创建时间 提交时间 工单时间 受理时间 时间 日期",
        "happened_at open_dt created created_at created_date query_date requested_datetime opened date",
    ),
    "reply": _field("答复内容", "答复意见 答复 回复内容 回复 办理结果 办理情况 处理结果 reply answer"),
    "replied_at": _field("答复时间", "回复时间 replied_at reply_date"),
    "accepted_at": _field("受理时间", "accepted_at"),
    "due_at": _field("办理时限", "截止时间 办结期限 办理期限 到期时间 应办结时间 due_at target_dt due_date deadline"),
    "closed_at": _field("办结时间", "结案时间 完成时间 closed_at closed_dt closed_date"),
    "state": _field("工单状态", "办理状态 当前状态 状态 state case_status status"),
    "on_time": _field("是否按时", "是否按期 按时办结 是否按时办结 on_time ontime"),
    "outcome": _field("办结结果", "办结方式 结案方式 outcome"),
    "rating": _field("满意度", "满意情况 评价 rating"),
    "kind": _field("诉求类型", "工单类型 留言类型 信件类型 诉求类别 诉求性质 类型 kind"),
    "matter": _field("事项分类", "诉求事项 事项 诉求分类 问题分类 问题类别 分类 类别 标签 matter label"),
    "matter_1": _field(
        "一级分类",
        "一级类别 一级事项 一级事项分类 一级标签 大类 matter_1 cat category call_type subject",
    ),
    "matter_2": _field(
        "二级分类",
        "二级类别 二级事项 二级事项分类 二级标签 小类 matter_2 subcat subcategory call_description reason",
    ),
    "matter_3": _field("三级分类", "三级类别 三级事项 三级事项分类 三级标签 细类 matter_3 type"),
    "matter_4": _field("四级分类", "四级类别 四级事项 matter_4"),
    "matter_5": _field("五级分类", "五级类别 五级事项 matter_5"),
    "title": _field("标题", "留言主题 留言标题 诉求标题 来信主题 信件标题 工单标题 诉求主题 主题 题目 title subject"),
    "user": _field("用户编号", "留言用户 用户 用户ID user user_id"),
    "name": _field("姓名", "诉求人 来电人 来信人 反映人 联系人 诉求人姓名 来电人姓名 name"),
    "phone": _field("电话", "联系电话 来电号码 手机 手机号 手机号码 电话号码 联系方式 诉求人电话 phone mobile"),
    "address": _field("地址", "事发地址 诉求地址 详细地址 事发地点 地点 发生地址 address place location"),
    "channel": _field("渠道", "诉求渠道 受理渠道 诉求来源 来源渠道 工单来源 信息来源 来源 channel source"),
    "region": _field("区域", "所属区域 行政区划 行政区 区县 所属区县 街道 region district neighborhood ward"),
    "urgency": _field("紧急程度", "紧急级别 缓急程度 urgency"),
    "priority": _field("优先级", "priority priority_name"),
    "company": _field("企业名称", "公司名称 company"),
    "credit_code": _field("统一社会信用代码", "信用代码 社会信用代码 credit_code"),
    "supports": _field("点赞数", "赞成数 支持数 supports"),
    "opposes": _field("反对数", "opposes"),
    "unit": _field("承办单位", "办理单位 责任单位 主办单位 答复单位 回复单位 unit reply_agency department lead_unit"),
}
MATTER_LEVELS: Final = ("matter_1", "matter_2", "matter_3", "matter_4", "matter_5")
MOMENTS: Final = ("happened_at", "accepted_at", "replied_at", "due_at", "closed_at")
ORDER_SIGNS: Final = ("state", "due_at", "closed_at")
"""A file with one of these columns holds another system's orders, not messages."""
GUARDED: Final = ("text", "title", "name")
"""Fields in which a computed value is refused: people read them, and export them again."""
IGNORED: Final = "-"
"""What ``--map 列名=-`` says of a column that is not to be read."""


def recognise(columns: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, int]:
    """Each field's column, by position: first as ``mapping`` (column to field) says, then by the usual names.

    Raises FileProblem for a column or a field in ``mapping`` that does not exist, or a field named twice.
    """
    told = {_told_column(columns, column): field for column, field in (mapping or {}).items()}
    found = _told_fields(told)
    free: dict[str, int] = {}
    for index, column in enumerate(columns):
        if index not in told:
            free.setdefault(plain_name(column), index)
    for name, field in FIELDS.items():
        aliases = [plain_name(alias) for alias in field.aliases]
        if name == "matter_1" and not {"reason", "type"} & free.keys():
            aliases.remove("subject")  # alone it is the subject line of a letter, not the top of a tree
        for alias in aliases if name not in found else ():
            if alias in free:
                found[name] = free.pop(alias)
                break
    return {name: found[name] for name in FIELDS if name in found}


def guarded_columns(columns: Sequence[str], mapping: Mapping[str, str] | None) -> list[int]:
    """The positions of the columns that hold a resident's own words."""
    places = recognise(columns, mapping)
    return [places[field] for field in GUARDED if field in places]


def plain_name(column: str) -> str:
    """A column's name without what means nothing: spaces, case, a star, a remark in brackets."""
    name = column.replace("（", "(").split("(")[0] or column
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter == "_")


def listed(columns: Sequence[str]) -> str:
    """Column names for a message."""
    return "、".join(f"“{column}”" for column in columns if column.strip())


def _told_column(columns: Sequence[str], column: str) -> int:
    """The position of a column named by a person: letter for letter, or else but for spaces and case."""
    if column in columns:
        return columns.index(column)
    plain = [plain_name(name) for name in columns]
    if plain_name(column) not in plain or not plain_name(column):
        raise FileProblem(f"文件里没有“{column}”这一列。现有的列：{listed(columns)}。请核对 --map。")
    return plain.index(plain_name(column))


def _told_fields(told: Mapping[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, field in told.items():
        if field == IGNORED:
            continue
        if field not in FIELDS:
            known = "、".join(f"{name}（{FIELDS[name].name}）" for name in FIELDS)
            raise FileProblem(f"--map 里的“{field}”不是可用的字段。可用的字段：{known}；不导入某列时写“列名=-”。")
        if field in found:
            raise FileProblem(f"--map 把两列都对应到了 {field}（{FIELDS[field].name}），请只留一列。")
        found[field] = index
    return found
