"""`jiesu token`: made once, shown once, listed without secrets, revoked for good."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from jiesu.cli import main
from jiesu.store import staff
from tests.api.caller import Callers
from tests.database import Clone


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["token", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.fixture(autouse=True)
def _environment_kept() -> object:
    """A command sets the role it works as; the next test has its own."""
    held = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(held)


def test_a_token_is_shown_once_and_works(db: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "网格平台", "--role", "dispatcher", "--unit", "CENTER")
    assert (code, out[:6], out.count("\n")) == (0, "jiesu_", 1)
    assert err == "令牌“网格平台”（热线中心，派单员）已建立，只显示这一次，请马上保存：\n"
    actor = staff.token_actor(out.strip())
    assert actor is not None
    assert actor.roles == (("dispatcher", "CENTER"),)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["甲", "--role", "boss", "--unit", "CENTER"],
            "没有 boss 这个角色，可选：agent（话务员）、dispatcher（派单员）、",
        ),
        (["甲", "--role", "citizen", "--unit", "CENTER"], "没有 citizen 这个角色，可选："),
        (["甲", "--role", "agent", "--unit", "U9999"], "没有代码为 U9999 的单位。"),
        (["甲", "--role", "unit_clerk", "--unit", "CENTER"], "热线中心不承办工单，没有联络员，请核对角色和单位。"),
        ([" ", "--role", "agent", "--unit", "CENTER"], "名称须在 60 字以内，不能为空。"),
        (["甲" * 61, "--role", "agent", "--unit", "CENTER"], "名称须在 60 字以内，不能为空。"),
        (["甲"], "请写明名称、--role 和 --unit，例如：jiesu token 网格平台 --role agent --unit CENTER。"),
        ([], "请写明名称、--role 和 --unit，"),
        (["--list", "--revoke", "甲"], "发放、--list、--revoke 一次只能做一样。"),
        (["甲", "--list"], "发放、--list、--revoke 一次只能做一样。"),
        (["--revoke", "甲"], "没有名为“甲”的有效令牌，用 jiesu token --list 查看。"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    db: Clone, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(said)


def test_a_name_is_used_once_even_after_it_was_revoked(db: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    made = ("供热系统", "--role", "unit_clerk", "--unit", "U0301")
    assert run(capsys, *made)[0] == 0
    assert run(capsys, *made) == (1, "", "已有名为“供热系统”的令牌，请换一个名称。\n")
    assert run(capsys, "--revoke", "供热系统") == (0, "令牌“供热系统”已停用。\n", "")
    assert run(capsys, *made)[0] == 1
    assert run(capsys, "--revoke", "供热系统")[0] == 1


def test_the_list_tells_everything_but_the_secret(db: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--list") == (0, "还没有发放过令牌。\n", "")
    _, secret, _ = run(capsys, "供热系统", "--role", "unit_clerk", "--unit", "U0301")
    run(capsys, "网格平台", "--role", "agent", "--unit", "CENTER")
    run(capsys, "--revoke", "网格平台")
    _, shown, _ = run(capsys, "--list")
    first, second = shown.splitlines()
    assert first.startswith("供热系统　供热公司（U0301）　联络员（unit_clerk）　")
    assert first.endswith(" 发放")
    assert second.startswith("网格平台　热线中心（CENTER）　话务员（agent）　")
    assert second.endswith(" 停用")
    assert secret.strip() not in shown


def test_a_revoked_token_is_refused_at_once(callers: Callers, capsys: pytest.CaptureFixture[str]) -> None:
    assert callers.get("zhou", "/orders").status == 200
    run(capsys, "--revoke", "zhou")
    assert callers.get("zhou", "/orders").status == 401
    assert callers.get("chen", "/orders").status == 200


def test_a_script_gets_the_secret_alone(db: Clone) -> None:
    command = [sys.executable, "-m", "jiesu.cli", "token", "脚本", "--role", "agent", "--unit", "CENTER"]
    done = subprocess.run(command, env=db.environ, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip().startswith("jiesu_")
    assert staff.token_actor(done.stdout.strip()) is not None
