"""What the API answers with, field by field. The OpenAPI document is made from these classes.

Codes are the record's own; ``*_zh`` is the Chinese a screen shows for the code beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType


def _about(text: str) -> Meta:
    return Meta(description=text)


class Clock(Struct):
    """一个时限"""

    zh: str
    start: datetime
    amber: Annotated[datetime, _about("到此时转黄")]
    due: Annotated[datetime, _about("过此时超期")]
    stopped: Annotated[datetime | None, _about("停表的时间；还在走的为 null")]


class Leg(Struct):
    """一个单位在工单中的部分"""

    no: int
    unit: str
    unit_zh: str
    lead: Annotated[bool, _about("牵头为 true，配合为 false")]
    state: str
    state_zh: str
    at: datetime
    acknowledged_at: datetime | None
    contacted_at: datetime | None
    interim_at: datetime | None
    submitted_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    extended: int
    provisional: Annotated[bool, _about("裁定时临时指定的牵头")]
    sections: list[str]
    clocks: dict[str, Clock]


class Request(Struct):
    """工单上的一个申请（退单、延期、吹哨……）"""

    no: int
    type: str
    type_zh: str
    state: str
    state_zh: str
    unit: str
    leg: int
    at: datetime
    by: str
    due: datetime | None
    approvals: list[list[str]]
    detail: Annotated[dict[str, Any], _about('代码、数字和时间；文字只有其承诺值 {"c": …}')]


class Callback(Struct):
    """一次回访，或诉求人自己的一次评价"""

    at: datetime
    by: str
    round: int
    via: str
    result: str
    valid: bool
    resolved: str | None
    rating: str | None


class Demander(Struct):
    """诉求人，按令牌的角色打码；看不到的项为空"""

    name: str
    phone: str
    address: str
    company: str
    credit_code: str


class Words(Struct):
    """一次流转中写下的一段文字，按令牌的角色打码"""

    seq: Annotated[int, _about("写下它的流转序号")]
    fact: str
    zh: str
    text: str


class Revealed(Struct):
    """“查看个人信息”打开的内容；角色无权查看或已删除的为 null"""

    field: str
    value: str | None


class Order(Struct):
    """工单"""

    number: int
    version: Annotated[int, _about("流转次数；办理时原样带回")]
    state: str
    state_zh: str
    outcome: str | None
    outcome_zh: str | None
    title: Annotated[str, _about("已打码")]
    place: Annotated[str, _about("已打码")]
    channel: str
    kind: str
    urgency: str
    matter: str
    matter_zh: str
    region: str
    region_zh: str
    anonymous: bool
    secret: bool
    enterprise: bool
    foreign: Annotated[bool, _about("从其他系统接管")]
    exempt: bool
    erased: Annotated[bool, _about("个人信息已按规定删除")]
    received_at: datetime | None
    happened_at: datetime | None
    accepted_at: datetime | None
    dispatched_at: datetime | None
    replied_at: datetime | None
    passed_at: datetime | None
    closed_at: datetime | None
    due_at: Annotated[datetime | None, _about("当前环节的时限")]
    amber_at: datetime | None
    round: Annotated[int, _about("第几轮办理")]
    chases: int
    ladder: Annotated[int, _about("0 无，1 催办，2 督办，3 提级督办")]
    flags: list[str]
    claim: Annotated[str | None, _about("承办单位自报的结果")]
    resolved: str | None
    rating: str | None
    first_resolved: str | None
    first_rating: str | None
    promise: dict[str, Any] | None
    statutory: dict[str, Any] | None
    parent: int | None
    children: list[int]
    links: list[int]
    clocks: dict[str, Clock]
    legs: list[Leg]
    requests: list[Request]
    callbacks: Annotated[list[Callback], _about("承办单位在回访终结前看不到")]
    demander: Annotated[Demander | UnsetType | None, _about("只在查询单个工单时给出")] = UNSET
    texts: Annotated[list[Words] | UnsetType, _about("只在查询单个工单时给出")] = UNSET
    revealed: Annotated[Revealed | UnsetType, _about("只在“查看个人信息”之后给出")] = UNSET


class OrderRow(Struct):
    """列表中的一行"""

    number: int
    version: int
    state: str
    state_zh: str
    outcome: str | None
    title: Annotated[str, _about("已打码")]
    place: Annotated[str, _about("已打码")]
    channel: str
    kind: str
    urgency: str
    matter: str
    region: str
    lead_unit: str | None
    lead_unit_zh: str | None
    enterprise: bool
    secret: bool
    round: int
    chases: int
    ladder: int
    flags: list[str]
    parent: int | None
    received_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    amber_at: datetime | None


class OrderPage(Struct):
    """工单列表的一页，新的在前"""

    orders: list[OrderRow]
    next: Annotated[str | None, _about("下一页的 cursor；没有下一页为 null")]


class Event(Struct):
    """一次流转"""

    seq: int
    move: str
    move_zh: str
    at: datetime
    by: Annotated[str, _about("s 开头是工作人员，t 开头是令牌，system 是系统")]
    role: str
    role_zh: str
    unit: str
    unit_zh: str
    happened_at: Annotated[datetime | None, _about("当事人说的时间")]
    rules: Annotated[str, _about("据以判定的规则版本")]
    rules_version: int
    data: Annotated[dict[str, Any], _about('判定的内容：代码、数字、时间；文字只有其承诺值 {"c": …}')]


class EventPage(Struct):
    """一张工单的流转记录，旧的在前"""

    number: int
    events: list[Event]
    next: Annotated[int | None, _about("还有更多时，下一页的 after")]


class Problem(Struct):
    """哪里不对，该怎么办"""

    code: str
    message: Annotated[str, _about("给人看的中文说明")]
    field: Annotated[str | None, _about("出问题的项")]


class Failure(Struct):
    """没有办成"""

    error: Problem


class Clash(Struct):
    """别人先办了：工单现在的版本和状态"""

    error: Problem
    number: int
    version: int
    state: str
    state_zh: str
