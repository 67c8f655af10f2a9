"""`jiesu erase`: have what is known of a resident deleted, by two people of whom one is the data-protection officer."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from jiesu.cli import acting, frame
from jiesu.domain.errors import Refused


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "erase",
        help="按规定删除一位诉求人的个人信息",
        description="删除一位诉求人的姓名、电话和他全部已办结工单里的文字、附件，分三步：数据保护官或督办员提出（--person"
        " 或 --phone，--yes），另一位数据保护官或督办员确认（--request 编号 --agree），数据保护官执行（--request 编号"
        " --yes）。流转记录和各项数字不变，删除不能恢复。不写 --yes 时只显示将删除什么。",
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", metavar="编号", type=int, help="诉求人编号")
    who.add_argument("--phone", metavar="电话", help="诉求人的电话；一个电话有几位诉求人时请用编号")
    who.add_argument("--request", metavar="编号", type=int, help="已提出的删除申请")
    parser.add_argument("--by", metavar="账号", required=True, help="办理人的登录账号")
    parser.add_argument(
        "--reason", metavar="理由", default="", help="提出时的理由和依据，会留在工单里；不要写姓名和电话"
    )
    parser.add_argument("--agree", action="store_true", help="确认别人提出的申请")
    parser.add_argument("--yes", action="store_true", help="提出申请，或执行已确认的申请")
    parser.set_defaults(run=erase)


def erase(arguments: argparse.Namespace) -> None:
    """Show what would go; ask for it; agree to it; destroy it."""
    now = datetime.now(UTC)
    with frame.ready():
        by = acting.as_(arguments.by, now)
        print(_of_request(arguments, by, now) if arguments.request else _asked(arguments, by, now))


def _asked(arguments: argparse.Namespace, by: Any, now: datetime) -> str:
    from jiesu.store import erasure
    from jiesu.workflow.privacy import ask_erasure

    person = arguments.person or _by_phone(arguments.phone)
    if not arguments.yes:
        return _plan(person, [one.number for one in erasure.orders_of(person)])
    made = ask_erasure(person, by=by, now=now, ground="other", reason=arguments.reason)
    return f"已提出第 {made} 号删除申请，请另一人确认：jiesu erase --request {made} --agree --by 账号"


def _of_request(arguments: argparse.Namespace, by: Any, now: datetime) -> str:
    from jiesu.workflow.privacy import answer_erasure, carry_out

    request = arguments.request
    if arguments.agree:
        answer_erasure(request, agree=True, by=by, now=now)
        return f"第 {request} 号删除申请已确认，由数据保护官执行：jiesu erase --request {request} --yes --by 账号"
    if not arguments.yes:
        raise Refused("删除不能恢复；执行请加 --yes，确认别人提出的申请请加 --agree。")
    done = carry_out(request, by=by, now=now)
    numbers = f"工单 {'、'.join(map(str, done.orders))}" if done.orders else "没有工单"
    return f"第 {request} 号删除申请已执行：{numbers}，文字 {done.texts} 段，附件 {done.files} 个。"


def _by_phone(phone: str) -> int:
    from jiesu.store import people

    found = people.by_phone(phone)
    if not found:
        raise Refused("没有用这个电话的诉求人。")
    if len(found) > 1:
        raise Refused(f"用这个电话的有 {len(found)} 位诉求人，请用 --person 指明编号：{'、'.join(map(str, found))}。")
    return found[0]


def _plan(person: int, numbers: list[int]) -> str:
    said = f"将删除诉求人 {person} 的个人信息"
    if numbers:
        said += f"，以及 {len(numbers)} 张工单里的文字和附件：{'、'.join(map(str, numbers))}"
    return f"{said}。删除不能恢复；提出申请请加 --yes，由另一人确认后再执行。"
