"""`jiesu import`: what it says, what it leaves behind, and how it ends."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiesu.cli import main
from jiesu.store import sql
from jiesu.store.models import Unit
from tests import city
from tests.database import Clone, Databases

LIST = "留言编号,留言主题,留言时间,留言详情,点赞数\n1,停水,2026/11/1 8:05:00,停水了,3\n2,停电,2026-11-01,,0\n"


@pytest.fixture
def db(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        for name in ("DATABASE_URL", "JIESU_APP_URL", "JIESU_KEYS"):
            monkeypatch.setenv(name, clone.environ[name])
        monkeypatch.chdir(tmp_path)
        yield clone


def test_it_says_what_it_took_and_writes_what_it_did_not(db: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    Path("留言.csv").write_text(LIST)
    assert main(["import", "留言.csv"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[:3] == [
        "留言.csv：群众留言，编码 utf-8",
        "认出的列：留言编号→原编号、留言详情→诉求内容、留言时间→诉求时间、留言主题→标题",
        "不导入的列：点赞数",
    ]
    assert lines[3].startswith("新增 1，已有 0，退回 1；用时 ")
    assert (lines[4], said.err) == ("退回的行和原因在 留言.csv.rejects.csv", "")
    rejects = Path("留言.csv.rejects.csv")
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert (
        rejects.read_bytes()
        == (
            "\ufeff行号,未导入的原因,留言编号,留言主题,留言时间,留言详情,点赞数\r\n"
            "3,没有诉求内容，请补上后再导入。,2,停电,2026-11-01,,0\r\n"
        ).encode()
    )
    assert main(["import", "留言.csv", "--rejects", "again.csv"]) == 0
    assert capsys.readouterr().out.splitlines()[3].startswith("新增 0，已有 1，退回 1；")


def test_without_rejects_there_is_no_file(db: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text(LIST.rpartition("2,停电")[0])
    assert main(["import", "a.csv"]) == 0
    assert [path.name for path in Path().iterdir() if path.suffix == ".csv"] == ["a.csv"]
    assert capsys.readouterr().out.count("\n") == 4


def test_a_dry_run_shows_the_first_rejects_and_writes_nothing(
    db: Clone, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    Path("a.csv").write_text(LIST + "".join(f"{no},,2026-11-01,,\n" for no in range(3, 20)))
    assert main(["import", "--dry-run", "a.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3:8] == [f"第 {line} 行：没有诉求内容，请补上后再导入。" for line in range(3, 8)]
    assert lines[8].startswith("只检查，没有写入：可新增 1，已有 0，会退回 18；")
    assert not Path("a.csv.rejects.csv").exists()
    assert sql.value("SELECT count(*) FROM import_run") == 0


def test_options_reach_the_import(db: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text(
        "号,话,办结时间,登记时间,承办单位,分类\n9,停水了,2026-11-02,2026-11-01,水司,供水 > 停水\n"
        "10,停气了,2026-11-02,2026-11-01,气司,供气\n"
    )
    words = ["import", "a.csv", "--map", "号=external", "--map", "话=text，分类=matter", "--source", "省平台"]
    assert main([*words, "--unit-map", "水司=供水公司", "--create-units", "--create-matters"]) == 0
    assert capsys.readouterr().out.splitlines()[2].startswith("新增 2，已有 0，退回 0；")
    assert sql.rows("SELECT source, external FROM external ORDER BY 2") == [("省平台", "10"), ("省平台", "9")]
    water = Unit.objects.get(short="供水公司").code
    assert sql.rows("SELECT lead_unit FROM work_order ORDER BY number") == [(water,), ("F0001",)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["没有.csv"], "没有找到文件“没有.csv”，请核对路径。"),
        (["a.csv", "--map", "留言详情"], "--map 里的“留言详情”写得不对，应是“名称=值”，多个之间用逗号隔开。"),
        (["a.csv", "--rejects", "a.csv"], "--rejects 不能就是要导入的文件，请另写一个文件名。"),
        (["a.csv", "--rejects", "无/b.csv"], "--rejects 的目录“无”不存在，请先建立。"),
        (["a.csv", "--rejects", "."], "--rejects 的“.”是一个目录，请写文件名。"),
        (["a.csv", "--unit-map", "水司=无此局"], "--unit-map 里的“无此局”不是本市的单位，请写单位的代码或名称。"),
        (["a.csv", "--source", "file:1"], "--source 的名称不能超过 80 字，也不能以 file: 开头。"),
    ],
)
def test_a_file_or_an_option_that_will_not_do(
    db: Clone, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    Path("a.csv").write_text(LIST)
    assert main(["import", *words]) == 2
    assert capsys.readouterr().err == f"{said}\n"
    assert sql.value("SELECT count(*) FROM work_order") == 0


def test_rejects_that_cannot_be_written_are_told_and_the_next_run_goes_on(
    db: Clone, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    Path("a.csv").write_text(LIST)
    Path("gone.csv").symlink_to("nowhere/gone.csv")
    assert main(["import", "a.csv", "--rejects", "gone.csv"]) == 2
    said = "读写“gone.csv”出错：不存在。已导入的行有效，解决后再运行即可接着导入。\n"
    assert capsys.readouterr().err == said
    assert main(["import", "a.csv", "--rejects", "b.csv"]) == 0
    assert capsys.readouterr().out.splitlines()[3].startswith("新增 0，已有 1，退回 1；")
    assert Path("b.csv").read_text("utf-8-sig").splitlines()[1].startswith("3,没有诉求内容")


def test_a_database_without_a_city_gets_the_demo_city(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    with databases.clone() as clone:
        for name in ("DATABASE_URL", "JIESU_APP_URL", "JIESU_KEYS"):
            monkeypatch.setenv(name, clone.environ[name])
        monkeypatch.chdir(tmp_path)
        Path("a.csv").write_text(LIST)
        assert main(["import", "a.csv"]) == 0
        assert capsys.readouterr().err.startswith("尚未配置城市，先装入演示城市")
        assert sql.value("SELECT count(*) FROM work_order") == 1
