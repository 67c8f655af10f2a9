"""The campaign of kills, small: a few targets in two goes, the second taking up what the first left."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns.served import TARGETS, environ
from jiesu.store.datadir import DataDir
from tests.database import remove

ROOT = Path(__file__).parents[2]
FEW = 3


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "kills"
    remove(DataDir(tmp_path / "kills" / "data"))


def test_nothing_acknowledged_is_lost_whatever_is_killed(folder: Path) -> None:
    assert kills(folder, rounds=1)["kills"] == 1
    result = kills(folder, rounds=FEW)
    assert result["kills"] == FEW
    assert len(set(result["targets"]) & set(TARGETS)) == FEW
    must_be_empty = (
        "lost",
        "half moves",
        "gaps",
        "made twice",
        "stuck jobs",
        "untold",
        "answers that are none",
        "faults",
    )
    assert {name: result[name] for name in must_be_empty} == {name: [] for name in must_be_empty}
    assert result["longest until whole"] < 60
    assert result["acknowledged"] == written(folder, "done")


def kills(folder: Path, *, rounds: int) -> dict[str, Any]:
    """Run the campaign to its end as a person would; what it counted."""
    command = [sys.executable, "-m", "campaigns.kills", "--data", str(folder), "--rounds", str(rounds)]
    run = subprocess.run(
        [*command, "--minutes", "3", "--seed", "7", "--clients", "3"],
        cwd=ROOT, env=environ(), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    counted: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return counted


def written(folder: Path, said: str) -> int:
    return sum(path.read_text().count(f'"said": "{said}"') for path in folder.glob("client-*.jsonl"))
