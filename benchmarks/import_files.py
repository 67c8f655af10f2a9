"""How fast files are imported, events included: rows a second against the 2,000 that are asked for, and memory.

    .venv/bin/python benchmarks/import_files.py [DATA]

DATA holds the public files (default: ../shared/data beside the repository). Everything goes into a data directory of
its own, which is removed at the end. Each file is imported twice: the second time nothing may be added. At the end the
whole record is verified.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

LIMIT: Final = 2_000
FILES: Final = (
    ("messages/board_4326.csv",),
    ("requests/ottawa_2014.csv.gz",),
    ("requests/boston_2011h2_lifecycle.csv.gz", "--create-units", "--create-matters"),
    ("requests/tainan_2015_2018.csv.gz", "--source", "tainan"),
    ("messages/mailbox_letters.csv", "--source", "mailbox"),
)
_SUMMARY: Final = re.compile(r"新增 ([\d,]+)，已有 ([\d,]+)，退回 ([\d,]+)；用时 ([\d.]+) 秒")


class Run(NamedTuple):
    """What one import said, and the most memory its process held."""

    added: int
    known: int
    rejected: int
    seconds: float
    megabytes: float

    @property
    def speed(self) -> float:
        return (self.added + self.known + self.rejected) / self.seconds


def main() -> int:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not data.is_dir():
        print(f"no data at {data}: give the directory with the public files as the first argument")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="jiesu-import-"))
    try:
        _jiesu(folder, "database-url")
        print(f"{'file':<36}{'rows':>9}{'new':>9}{'bad':>5}{'rows/s':>9}{f'/ {LIMIT:,}':>9}{'MB':>6}{'again/s':>10}")
        for name, *options in FILES:
            first = _import(folder, data / name, options)
            again = _import(folder, data / name, options)
            _show(name, first, again)
        print(_jiesu(folder, "verify"))
    finally:
        _jiesu(folder, "stop")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _import(folder: Path, file: Path, options: list[str]) -> Run:
    command = [*_command(folder), "import", str(file), "--rejects", str(folder / "rejects.csv"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        said = running.stdout.read() if running.stdout else ""
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    found = _SUMMARY.search(said)
    if running.returncode or not found:
        raise SystemExit(f"{file.name}: exit code {running.returncode}\n{said}")
    added, known, rejected = (int(number.replace(",", "")) for number in found.groups()[:3])
    return Run(added, known, rejected, float(found[4]) or 0.1, used.ru_maxrss / 1024)


def _show(name: str, first: Run, again: Run) -> None:
    rows = first.added + first.known + first.rejected
    print(
        f"{Path(name).name:<36}{rows:>9,}{first.added:>9,}{first.rejected:>5}{first.speed:>9,.0f}"
        f"{first.speed / LIMIT:>9.2f}{first.megabytes:>6.0f}{again.speed:>10,.0f}"
    )
    if again.added:
        raise SystemExit(f"{name}: {again.added} rows were added twice")


def _jiesu(folder: Path, *words: str) -> str:
    return subprocess.run([*_command(folder), *words], capture_output=True, text=True, check=False).stdout.strip()


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "jiesu.cli", "--data", str(folder)]


if __name__ == "__main__":
    sys.exit(main())
