"""Facts as Parquet: what another engine reads from the files by a rate's text is what the database says."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jiesu.cli import main
from tests.assessment.test_bulletin import build
from tests.database import Clone, Databases

PERSONAL = {"person", "caller", "phone", "name", "title", "text"}


@pytest.fixture(scope="module")
def city(databases: Databases) -> Iterator[Clone]:
    with databases.clone("bulletin", build) as clone:
        yield clone


@pytest.fixture(scope="module")
def folder(city: Clone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from jiesu.store import parquet

    to = tmp_path_factory.mktemp("parquet")
    parquet.export(to, parquet.months(), "xiongguan")
    return to


@pytest.fixture(scope="module")
def metrics(city: Clone) -> dict[str, Any]:
    from jiesu.domain import profiles
    from jiesu.store import profiles as held

    doc = held.named("city-2023")[1]
    assert isinstance(doc, profiles.Profile)
    return {rate.code: rate.metric for rate in doc.rates}


def engine(folder: Path) -> duckdb.DuckDBPyConnection:
    link = duckdb.connect(config={"threads": 1})
    for table in folder.glob("fact_*"):
        link.execute(
            f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet('{table}/*/*/facts.parquet',"  # noqa: S608
            " hive_partitioning = true, hive_types = {'city': VARCHAR, 'month': INTEGER})"
        )
    return link


def test_the_same_text_says_the_same(folder: Path, metrics: dict[str, Any]) -> None:
    from jiesu.domain.profiles import DIMENSIONS
    from jiesu.store import metric_sql, parquet

    spans = parquet.months()
    with engine(folder) as link:
        for dimension in DIMENSIONS:
            there = link.execute(metric_sql.profile_text(metrics, dimension, spans, city=True)).fetchall()
            here = parquet.here(metrics, dimension, spans, "xiongguan")
            assert sorted(there) == sorted(here) != []


def test_a_file_a_month_holds_each_living_fact_once_and_nobody(folder: Path) -> None:
    from jiesu.store import parquet, sql

    with engine(folder) as link:
        for table, columns in parquet.COLUMNS.items():
            assert not PERSONAL & set(columns)
            files = sorted((folder / table).rglob("*"))
            assert [one.name for one in files if one.is_file()] == ["facts.parquet"] * len(
                list(folder.glob(f"{table}/*/*"))
            )
            assert {stat.S_IMODE(one.stat().st_mode) & 0o077 for one in files if one.is_file()} <= {0o044, 0}
            held = link.execute(f"SELECT month, count(*), sum(number) FROM {table} GROUP BY 1 ORDER BY 1").fetchall()  # noqa: S608
            mine = sql.rows(
                f"SELECT to_char(day, 'YYYYMM')::integer, count(*), sum(number) FROM {table}"  # noqa: S608
                " WHERE gone IS NULL AND day IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
            assert held == mine
        late, empty = link.execute(
            "SELECT max(until_day)::text, count(*) FILTER (WHERE outcome = '') FROM fact_limit"
        ).fetchone()  # type: ignore[misc]
    assert (late, empty) == (
        "9999-12-31",
        sql.value("SELECT count(*) FROM fact_limit WHERE outcome = '' AND day IS NOT NULL"),
    )


def test_the_command_writes_facts_and_texts_and_says_what_is_wrong(
    city: Clone, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "JIESU_APP_URL", "JIESU_KEYS"):
        monkeypatch.setenv(name, city.environ[name])
    to = tmp_path / "out"
    old = to / "fact_order" / "city=a1" / "month=202610" / "facts.parquet"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"half")
    october = ["--from", "2026-10", "--until", "2026-10"]
    assert main(["export", "--to", str(to), "--city", "a1", *october, "--profile", "city-2023"]) == 0
    assert capsys.readouterr().out.startswith("已导出 1 个月 ")
    assert sorted(one.name for one in to.glob("fact_*/*/*")) == ["month=202610"] * 4
    texts = sorted(to.glob("sql/city-2023-1/*.sql"))
    assert "on_time.unit.sql" in {one.name for one in texts}
    with engine(to) as link:
        for text in texts:
            link.execute(text.read_text("utf-8"))
        assert link.execute("SELECT count(*) FROM fact_order").fetchone() != (0,)
    (tmp_path / "file").write_text("")
    for words, said in (
        (["--city", "A/B"], "城市代号只能用小写字母、数字、- 和 _，如 --city xiongguan\n"),
        (["--from", "2026-q3"], "“2026-q3”不是一个月，请写成 2026-10\n"),
        (["--from", "2019-01", "--until", "2019-02"], "这段时间没有可导出的数据，请检查 --from 和 --until\n"),
        (["--to", str(tmp_path / "file" / "x")], f"写不进 {tmp_path / 'file' / 'x'}：Not a directory，请换一个目录\n"),
    ):
        assert main(["export", "--to", str(to), *words]) == 1
        assert capsys.readouterr().err == said
    assert not list(to.rglob(".facts*"))
