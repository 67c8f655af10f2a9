"""Files of call records as exchanges export them: usual columns are found, bad rows come back, twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiesu.channels.files import FileProblem
from jiesu.channels.phone.records import Progress, Records, bring_in
from jiesu.domain.order import SYSTEM
from jiesu.store import calls, sql
from tests import city
from tests.channels.made_files import workbook
from tests.city import MONDAY
from tests.database import Clone, Databases
from tests.exchange import PHONE, account, s

HEAD = "通话编号,呼叫方向,来电号码,呼叫时间,应答时间,挂机时间,坐席工号,录音文件"
ROWS = (
    f"c1,呼入,{PHONE},2026-11-23 09:00:00,2026-11-23 09:00:08,2026-11-23 09:03:00,xiaozhou,rec/c1.mp3",
    "c2,来电,13700000001,2026-11-23 09:10:00,,2026-11-23 09:10:30,,",
    "c3,呼入,13700000002,2026-11-23 09:10:00,2026-11-23 09:09:00,2026-11-23 09:10:30,,",
    "c4,呼入,13700000003,2026-11-23,,2026-11-23 09:10:30,,",
    ",呼入,13700000003,2026-11-23 09:10:00,,2026-11-23 09:10:30,,",
    "c6,呼入,13700000003,昨天,,2026-11-23 09:10:30,,",
    "c7,转接中,13700000003,2026-11-23 09:10:00,,2026-11-23 09:10:30,,",
)


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def brought(path: Path, *, dry_run: bool = False, mapping: dict[str, str] | None = None) -> list[Progress]:
    return list(bring_in(Records(path, mapping, now=MONDAY), by=SYSTEM, clock=lambda: s(0), dry_run=dry_run))


def counts(steps: list[Progress]) -> tuple[int, int, int, int]:
    return steps[-1].added, steps[-1].changed, steps[-1].known, steps[-1].rejected


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "话单.csv"
    path.write_bytes("\r\n".join((HEAD, *ROWS)).encode("gb18030"))
    return path


def test_a_file_is_taken_once_and_bad_rows_come_back_with_their_reason(db: Clone, file: Path) -> None:
    steps = brought(file)
    assert counts(steps) == (2, 0, 0, 5)
    assert [(one.line, one.reason) for one in steps[0].rejects] == [
        (4, "时间前后矛盾：呼入不晚于接听，接听不晚于结束。"),
        (5, "“呼入时间”只有日期，请写明时分秒。"),
        (6, "缺少“通话编号”（call）。"),
        (7, "“呼入时间”的“昨天”不是能读的时间，请写成 2026-11-23 10:00:00。"),
        (8, "“方向”须是其中之一：in（呼入）、out（呼出）。"),
    ]
    zhou = account("xiaozhou").id
    assert sql.rows("SELECT exchange_id, outcome, agent, recording FROM call ORDER BY 1") == [
        ("c1", "answered", zhou, "rec/c1.mp3"),
        ("c2", "dropped", "", ""),
    ]
    assert [one.phone for one in calls.tasks(now=s(0))] == ["137****0001"]
    assert counts(brought(file)) == (0, 0, 2, 5)


def test_a_dry_run_writes_nothing(db: Clone, file: Path) -> None:
    assert counts(brought(file, dry_run=True)) == (2, 0, 0, 5)
    assert sql.value("SELECT count(*) FROM call") == 0


def test_a_workbook_is_read_like_a_text(db: Clone, tmp_path: Path) -> None:
    rows: dict[int, list[object]] = {
        line: list(text.split(",")) for line, text in enumerate((HEAD, *ROWS[:2]), start=1)
    }
    assert counts(brought(workbook(tmp_path / "话单.xlsx", rows))) == (2, 0, 0, 0)


def test_columns_of_other_names_are_told(db: Clone, tmp_path: Path) -> None:
    path = tmp_path / "cdr.csv"
    path.write_text("标识,startTime,endTime,ani\nx1,2026-11-23 09:00:00,2026-11-23 09:01:00,13700000009\n")
    with pytest.raises(FileProblem, match="没有认出通话编号是哪一列"):
        Records(path, now=MONDAY)
    with pytest.raises(FileProblem, match="--map 里的“号”不是文件的列"):
        Records(path, {"号": "call"}, now=MONDAY)
    with pytest.raises(FileProblem, match="没有找到文件"):
        Records(tmp_path / "none.csv", now=MONDAY)
    assert counts(brought(path, mapping={"标识": "call"})) == (1, 0, 0, 0)
