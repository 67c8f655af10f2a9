"""Another system's orders, adopted: is on-time by department what that system itself says of each of its orders?

    .venv/bin/python -m benchmarks.boston --data DIR [--shared ../shared/data] [--bulletin 2011-12]

DIR is an installation of its own; `requests/boston_2011h2_lifecycle.csv.gz` is imported into it (once), with a profile
in which an order without a limit is on time. Each order's limit as assessment counts it is laid beside the column
`ontime` of the file; then the figures by department, of all windows together. Rows whose flag is blank are listed
apart. Exit code 1 when any row or department disagrees. The bulletin of a month is written into DIR/bulletin.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

FILE = "requests/boston_2011h2_lifecycle.csv.gz"
OURS = {"ONTIME": True, "OVERDUE": False}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--bulletin", default="2011-12")
    asked = parser.parse_args()
    file = asked.shared / FILE
    if not file.exists():
        sys.exit(f"no {file}: name the folder of the public data with --shared")
    os.environ["JIESU_DATA"] = asked.data
    jiesu("migrate")
    jiesu("import", str(file), "--create-units", "--create-matters", "--source", "orders")
    from jiesu.cli import frame

    with frame.ready():
        filled()
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            wrong = compared(list(csv.DictReader(text)))
    jiesu("bulletin", "--month", asked.bulletin, "--to", str(Path(asked.data) / "bulletin"))
    return 1 if wrong else 0


def jiesu(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "jiesu.cli", *words], check=True)


def profile() -> dict[str, Any]:
    """The shipped profile for 2011; of those on time nothing else is asked, and what has no limit is."""
    doc: dict[str, Any] = json.loads(
        (resources.files("jiesu.assessment") / "profiles" / "city-2023.json").read_text("utf-8")
    )
    on_time = next(rate for rate in doc["rates"] if rate["code"] == "on_time")
    on_time |= {
        "count": ["lead", "live"],
        "good": ["in_time"],
        "leave_out": [],
        "formula": "办理时限之前办结的（没有时限算按时）÷ 办理时限（没有时限的，派单日）落在本期的",
        "clause": "该市平台的是否按时一列",
    }
    kept = {"name": "boston-2011", "zh": "波士顿 2011", "effective_from": "2011-01-01", "source": "该市公开数据"}
    return doc | kept


def filled() -> None:
    from jiesu.assessment import filling
    from jiesu.domain import profiles as rules
    from jiesu.store import profiles

    now = datetime.now(UTC)
    profiles.load(rules.read(profile()), by="system", now=now)
    filling.fill_due(now, every=True)


def compared(rows: list[dict[str, str]]) -> int:
    """Prints both comparisons; how many rows and departments disagree."""
    from jiesu.store import profiles, sql

    ours = dict(
        sql.rows(
            "SELECT e.external, f.in_time FROM external e JOIN fact_limit f ON f.number = e.number AND f.gone IS NULL"
            " AND f.clock = 'handle' AND f.lead AND f.live AND f.day IS NOT NULL WHERE e.source = 'orders'"
        )
    )
    said = {row["case_enquiry_id"]: row for row in rows}
    flagged = {number: OURS[row["ontime"]] for number, row in said.items() if row["ontime"]}
    right = sum(ours.get(number) is flag for number, flag in flagged.items())
    free = sum(not said[number]["target_dt"] and ours.get(number) is True for number in flagged)
    blank = Counter(ours.get(number) for number in said if number not in flagged)
    print(f"rows with a flag {len(flagged):,}, agreeing {right:,}; of these without a limit, on time {free:,}")
    print(
        f"rows without a flag {blank.total():,}: on time here {blank[True]}, late {blank[False]}, no case {blank[None]}"
    )
    digest = profiles.named("boston-2011")[1].rate("on_time").metric.digest
    shown = sql.rows(
        "SELECT u.name, sum(f.n)::integer, sum(f.good)::integer FROM figure f JOIN metric m ON m.id = f.metric"
        " JOIN unit u ON u.code = f.code WHERE m.digest = %s AND f.dim = 'unit' AND f.span = 'year' GROUP BY u.name"
        " ORDER BY 2 DESC",
        (digest,),
    )
    return len(flagged) - right + departments(said, ours, {name: (n, good) for name, n, good in shown})


def departments(said: dict[str, dict[str, str]], ours: dict[str, bool], shown: dict[str, tuple[int, int]]) -> int:
    flags, blank = Counter(), Counter()
    for number, row in said.items():
        if row["ontime"]:
            flags[row["department"], OURS[row["ontime"]]] += 1
        else:
            blank[row["department"], ours[number]] += 1
    wrong = 0
    print(
        f"\n{'department':<12} {'flagged':>8} {'on time':>8} {'%':>7}   {'figure':>8} {'on time':>8} {'blank':>6}"
        "  agrees"
    )
    for name in sorted({one for one, _ in flags | blank}, key=lambda one: -flags[one, True] - flags[one, False]):
        good, late, apart = flags[name, True], flags[name, False], blank[name, True] + blank[name, False]
        n, ok = shown.get(name, (0, 0))
        same = (n - apart, ok - blank[name, True]) == (good + late, good)
        wrong += not same
        print(f"{name:<12} {good + late:>8,} {good:>8,} {100 * good / max(1, good + late):>7.2f}   {n:>8,} {ok:>8,}"
              f" {apart:>6}  {'yes' if same else 'NO'}")  # fmt: skip
    return wrong


if __name__ == "__main__":
    sys.exit(main())
