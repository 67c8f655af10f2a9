"""The command speaks Chinese, says in one line what is wrong, and leaves things as it found them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from jiesu.cli import docs, main, parser
from jiesu.store import keys
from jiesu.store.datadir import DataDir
from jiesu.store.embedded import Embedded
from tests.database import Clone


def jiesu(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    environ = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "JIESU_KEYS")}
    command = [sys.executable, "-m", "jiesu.cli", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**environ, **settings}, timeout=120
    )


def test_help_is_chinese_and_names_the_commands_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    assert shown.startswith("用法：jiesu")
    for command in ("serve", "stop", "migrate", "demo", "database-url", "docs"):
        assert f"\n    {command}" in shown
    assert "worker" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "缺少参数：命令。用 jiesu --help 看说明。\n"),
        (["dance"], "没有 dance 这个命令。用 jiesu --help 看说明。\n"),
        (["serve", "--port", "many"], "--port 的值 'many' 写得不对。用 jiesu serve --help 看说明。\n"),
        (["serve", "--port"], "--port 后面要写一个值。用 jiesu serve --help 看说明。\n"),
        (["stop", "--now"], "不认识的参数：--now。用 jiesu --help 看说明。\n"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert capsys.readouterr().err == said


def test_the_data_directory_may_stand_before_or_after_the_command() -> None:
    assert parser().parse_args(["--data", "here", "migrate"]).data == "here"
    assert parser().parse_args(["migrate", "--data", "there"]).data == "there"
    assert parser().parse_args(["--data", "here", "migrate", "--data", "there"]).data == "there"
    assert parser().parse_args(["migrate"]).data is None


def test_where_the_data_lies_when_nobody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert DataDir.choose(None, {}).root == Path("/var/lib/jiesu")
    assert DataDir.choose(None, {"JIESU_DATA": "/srv/hotline"}).root == Path("/srv/hotline")
    assert DataDir.choose("/other", {"JIESU_DATA": "/srv/hotline"}).root == Path("/other")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert DataDir.choose(None, {}).root == Path.home() / ".local/share/jiesu"


def test_migrate_starts_the_database_and_leaves_it_stopped(data: DataDir) -> None:
    first = jiesu("--data", str(data.root), "migrate")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("数据库已更新，执行了 ")
    assert not Embedded(data).is_running()
    checked = jiesu("migrate", "--check", "--data", str(data.root))
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "数据库已是最新。\n", "")


def test_commands_at_once_share_the_server_and_the_last_one_stops_it(data: DataDir) -> None:
    assert jiesu("migrate", "--data", str(data.root)).returncode == 0
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: jiesu("migrate", "--check", "--data", str(data.root)), range(3)))
    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 3
    assert not Embedded(data).is_running()


def test_a_command_leaves_a_running_server_running(data: DataDir) -> None:
    keys.load_or_make(data, {})
    server = Embedded(data, durable=False)
    with server.used():
        running = server.postmaster()
        assert jiesu("migrate", "--data", str(data.root)).returncode == 0
        assert server.postmaster() == running


def test_database_url_is_what_psycopg_takes(data: DataDir) -> None:
    owner = jiesu("database-url", "--data", str(data.root)).stdout.strip()
    app = jiesu("database-url", "--role", "app", "--data", str(data.root)).stdout.strip()
    assert not Embedded(data).is_running()
    with Embedded(data, durable=False).used():
        for address, role in ((owner, "jiesu"), (app, "jiesu_app")):
            with psycopg.connect(address) as connection:
                assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_an_outside_database_starts_nothing_here(db: Clone, tmp_path: Path) -> None:
    here = tmp_path / "node"
    outside = {"DATABASE_URL": db.url("owner"), "JIESU_KEYS": str(db.embedded.data.keys)}
    assert jiesu("migrate", "--data", str(here), **outside).stdout == "数据库已是最新。\n"
    assert sorted(path.name for path in here.iterdir()) == ["files", "log", "run"]
    shown = jiesu("database-url", "--role", "app", "--data", str(here), **outside).stdout.strip()
    with psycopg.connect(shown) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("jiesu_app", db.name)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DATABASE_URL": "postgresql:///x"}, "设置了 DATABASE_URL 时必须同时设置 JIESU_KEYS"),
        ({"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x", "JIESU_KEYS": "run"}, "连不上 DATABASE_URL 指的数据库"),
        ({"DATABASE_URL": "mysql:x", "JIESU_KEYS": "run"}, "DATABASE_URL 写得不对"),
        ({"JIESU_KEYS": "/nowhere/keys.json"}, "密钥文件 /nowhere/keys.json 打不开：不存在。"),
    ],
)
def test_what_is_set_wrong_is_told_in_one_line(settings: dict[str, str], said: str, tmp_path: Path) -> None:
    if settings.get("JIESU_KEYS") == "run":
        settings = {**settings, "JIESU_KEYS": str(DataDir.choose().keys)}
    refused = jiesu("migrate", "--data", str(tmp_path / "node"), **settings)
    assert refused.returncode == 1
    assert refused.stderr.startswith(said)
    assert refused.stderr.count("\n") == 1


def test_stop_where_nothing_runs_says_so(data: DataDir) -> None:
    absent = jiesu("stop", "--data", str(data.root))
    assert (absent.returncode, absent.stderr) == (1, f"没有数据目录 {data.root}。\n")
    data.prepare()
    idle = jiesu("stop", "--data", str(data.root))
    assert (idle.returncode, idle.stdout) == (0, "没有在运行。\n")


def test_generated_pages_are_written_checked_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setattr(docs, "_folder", lambda: tmp_path)
    monkeypatch.setattr(docs, "GENERATORS", {"version.md": f"{__name__}:page"})
    assert main(["docs", "--check"]) == 1
    assert capsys.readouterr().err == "docs/version.md 与代码不一致，请运行 jiesu docs。\n"
    assert main(["docs"]) == 0
    assert (tmp_path / "version.md").read_text() == "一页\n"
    assert main(["docs", "--check"]) == 0


def page() -> str:
    """A generated page."""
    return "一页\n"
