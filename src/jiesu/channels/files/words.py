"""The words files use for kinds, channels and the like, and the codes of the record for them (domain.md §2).

A word that is not known stays as it is: whether the city has such a kind or channel is for the city to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jiesu.domain.words import CHANNELS, KINDS, RATINGS, STATES, URGENCIES

if TYPE_CHECKING:
    from collections.abc import Mapping


def _book(codes: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Every code, its Chinese name, and other words (separated by spaces) for it, to the code."""
    book = {code: code for code in codes} | {_plain(name): code for code, name in codes.items()}
    return book | {word.replace("_", ""): code for code, words in others.items() for word in words.split()}


def _plain(word: str) -> str:
    return "".join(word.split()).lower()


KIND_CODES: Final = _book(
    KINDS,
    {
        "consultation": "咨询类 政策咨询 业务咨询",
        "help": "求助类 求决 求决类 申请求助",
        "complaint": "投诉类 投诉举报",
        "report": "举报类 检举",
        "suggestion": "意见 建议类 意见建议 建言 建言献策",
        "praise": "感谢 表扬感谢 表扬类 感谢表扬",
        "invalid": "无效诉求 无效来电",
        "nuisance": "骚扰电话",
    },
)
URGENCY_CODES: Final = _book(
    URGENCIES,
    {
        "normal": "普通 正常 普通件 一般件",
        "urgent": "加急 急 急件 紧急件",
        "emergency": "特急件 特别紧急 非常紧急",
    },
)
CHANNEL_CODES: Final = _book(
    CHANNELS,
    {
        "phone": "电话 来电 热线 12345 12345热线 电话来电 市民来电 constituentcall call",
        "web": "网页 门户 门户网站 政府网站 网上 app 客户端 selfservice citizensconnectapp online",
        "wechat": "微信公众号 公众号 小程序 微信小程序",
        "mailbox": "书记信箱 领导信箱 县长信箱 区长信箱 局长信箱 邮箱 电子邮件 邮件 email",
        "board": "留言板 网络留言 网上留言 问政 网络问政 人民网 twitter",
        "visit": "走访 上门 walkin",
        "letter": "信件 书信 信函",
        "transfer": "转办 上级转办 系统转入 employeegenerated maximointegration",
        "transfer_110": "110 110转入 110联动",
        "transfer_province": "省平台 省12345 省热线",
        "transfer_city": "数字城管 城管巡查",
        "import": "导入",
    },
)
STATE_CODES: Final = _book(
    STATES,
    {
        "received": "待处理 未受理 新建 new submitted",
        "accepted": "已受理 未派单",
        "dispatched": "已派单 未签收",
        "handling": "处理中 在办 待办理 已签收 未办结 open inprogress assigned",
        "shelved": "挂起",
        "callback": "未回访",
        "closed": "办结 结案 已结案 已关闭 关闭 已回访 resolved completed",
    },
)
RATING_CODES: Final = _book(
    RATINGS,
    {"satisfied": "非常满意 很满意", "mostly": "较满意 比较满意", "dissatisfied": "非常不满意 很不满意"},
)
_IN_TIME: Final = frozenset({"ontime", "是", "按时", "按期", "未超期", "未逾期", "yes", "y", "true", "1", "1.0"})
_LATE: Final = frozenset(
    {"overdue", "否", "超期", "逾期", "超时", "未按时", "已超期", "已逾期", "no", "n", "false", "0", "0.0"}
)


def code_of(book: Mapping[str, str], word: str) -> str:
    """The code for a word, or the word itself when the book does not have it."""
    return book.get(_plain(word), word)


def on_time_of(word: str) -> bool | None:
    """Whether the word says that the work was in time; None when it says neither."""
    plain = _plain(word)
    return True if plain in _IN_TIME else False if plain in _LATE else None
