"""`jiesu token`: the right of another system to act through the API in one role of one unit."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from jiesu.cli import frame
from jiesu.domain import words
from jiesu.domain.calls import EXCHANGE, EXCHANGE_ZH
from jiesu.domain.errors import Refused
from jiesu.domain.workdays import CITY_ZONE

# A citizen is a person and the system is this program: neither is another system's part to play.
ROLES = {code: zh for code, zh in words.ROLES.items() if code not in ("citizen", "system")} | {EXCHANGE: EXCHANGE_ZH}
_LONGEST = 60


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "token",
        help="发放、列出、停用接口令牌",
        description="为其他系统发放接口令牌：以一个单位的一种角色办理工单。令牌只显示一次。",
    )
    parser.add_argument("name", metavar="名称", nargs="?", help="给谁用的，例如“网格平台”；不能重名")
    parser.add_argument("--role", metavar="角色", help=f"{'、'.join(f'{code} {zh}' for code, zh in ROLES.items())}")
    parser.add_argument("--unit", metavar="单位", help="单位代码，例如 U0301")
    parser.add_argument("--list", action="store_true", help="列出全部令牌（不含令牌本身）")
    parser.add_argument("--revoke", metavar="名称", help="停用一个令牌，立即生效，不能恢复")
    parser.set_defaults(run=token)


def token(arguments: argparse.Namespace) -> None:
    """Make, list or revoke. The secret alone goes to stdout, so that a script can take it."""
    making = (arguments.name, arguments.role, arguments.unit)
    if (arguments.list or arguments.revoke) and (any(making) or (arguments.list and arguments.revoke)):
        raise Refused("发放、--list、--revoke 一次只能做一样。")
    if arguments.list:
        return _show()
    if arguments.revoke:
        return _revoke(arguments.revoke)
    if not all(making):
        raise Refused("请写明名称、--role 和 --unit，例如：jiesu token 网格平台 --role agent --unit CENTER。")
    return _make(*making)


def _make(name: str, role: str, unit: str) -> None:
    if role not in ROLES:
        raise Refused(f"没有 {role} 这个角色，可选：{'、'.join(f'{code}（{zh}）' for code, zh in ROLES.items())}。")
    if not 0 < len(name.strip()) <= _LONGEST:
        raise Refused(f"名称须在 {_LONGEST} 字以内，不能为空。")
    with frame.ready():
        from jiesu.store import staff
        from jiesu.store.models import Unit

        held = Unit.objects.filter(code=unit, active=True).first()
        if held is None:
            raise Refused(f"没有代码为 {unit} 的单位。")
        if held.kind == "centre" and role in words.UNIT_ROLES:
            raise Refused(f"{held.short}不承办工单，没有{ROLES[role]}，请核对角色和单位。")
        try:
            secret = staff.make_token(name.strip(), role=role, unit=unit, now=datetime.now(UTC))
        except LookupError as taken:
            raise Refused(f"{taken}，请换一个名称。") from None
        sys.stderr.write(f"令牌“{name.strip()}”（{held.short}，{ROLES[role]}）已建立，只显示这一次，请马上保存：\n")
        print(secret)


def _show() -> None:
    with frame.ready():
        from jiesu.store import staff

        found = staff.tokens()
        for one in found:
            made = f"{one.made_at.astimezone(CITY_ZONE):%Y-%m-%d}"
            ended = f"，{one.revoked_at.astimezone(CITY_ZONE):%Y-%m-%d} 停用" if one.revoked_at else ""
            role = ROLES.get(one.role, one.role)
            print(f"{one.name}　{one.unit_name}（{one.unit}）　{role}（{one.role}）　{made} 发放{ended}")
        if not found:
            print("还没有发放过令牌。")


def _revoke(name: str) -> None:
    with frame.ready():
        from jiesu.store import staff

        try:
            staff.revoke_token(name, datetime.now(UTC))
        except LookupError as missing:
            raise Refused(f"{missing}。") from None
        print(f"令牌“{name}”已停用。")
