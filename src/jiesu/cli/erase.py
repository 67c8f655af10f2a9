"""`jiesu erase`: delete what is known of a resident, by the data-protection officer."""

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
        description="由数据保护官删除一位诉求人的姓名、电话和他全部已办结工单里的文字、附件。流转记录和各项数字不变，"
        "删除不能恢复。不写 --yes 时只显示将删除什么。",
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", metavar="编号", type=int, help="诉求人编号")
    who.add_argument("--phone", metavar="电话", help="诉求人的电话；一个电话有几位诉求人时请用编号")
    parser.add_argument("--by", metavar="账号", required=True, help="数据保护官的登录账号")
    parser.add_argument("--reason", metavar="理由", required=True, help="理由和依据，会留在工单里；不要写姓名和电话")
    parser.add_argument("--yes", action="store_true", help="确认删除")
    parser.set_defaults(run=erase)


def erase(arguments: argparse.Namespace) -> None:
    """Show what would go; with --yes destroy it."""
    now = datetime.now(UTC)
    with frame.ready():
        from jiesu.store import erasure
        from jiesu.workflow.privacy import erase_person

        by = acting.as_(arguments.by, now)
        person = arguments.person or _by_phone(arguments.phone)
        if not arguments.yes:
            print(_plan(person, [one.number for one in erasure.orders_of(person)]))
            return
        done = erase_person(person, by=by, now=now, reason=arguments.reason)
    if done.orders:
        numbers = "、".join(map(str, done.orders))
        print(f"已删除诉求人 {person} 的个人信息：工单 {numbers}，文字 {done.texts} 段，附件 {done.files} 个。")
    else:
        print(f"诉求人 {person} 的个人信息已删除，没有工单需要再处理。")


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
    return f"{said}。删除不能恢复；确认请加 --yes。"
