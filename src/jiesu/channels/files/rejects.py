"""The rejects file: what was not imported, for a person to open in a spreadsheet and put right."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING, Final

from jiesu.channels.files.encoding import MARK
from jiesu.channels.files.formulas import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jiesu.channels.files.records import Reject

CELL_LIMIT: Final = 32_000
"""Characters of a cell that are written; a spreadsheet takes no more than 32,767."""
HEADINGS: Final = ("行号", "未导入的原因")


def write_rejects(path: Path, rejects: Iterable[Reject], columns: Sequence[str] = ()) -> int:
    """Write the rejects as CSV (UTF-8 with a mark) and return how many there were.

    Line, reason, then the original cells under the file's own ``columns``. No cell can run as a formula. The
    file holds what residents wrote, so only its owner may read it. Rejects are written as they come.
    """
    count = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8-sig", errors="replace", newline="") as stream:  # noqa: PTH123 - a handle
        os.fchmod(handle, 0o600)
        writer = csv.writer(stream)
        writer.writerow([*HEADINGS, *map(_safe, columns)])
        for reject in rejects:
            writer.writerow([reject.line, _safe(reject.reason), *map(_safe, reject.cells)])
            count += 1
    return count


def _safe(cell: str) -> str:
    shown = cell if len(cell) <= CELL_LIMIT else cell[:CELL_LIMIT] + "……（后面已略去）"
    return harmless(shown.replace("\0", "␀").replace(MARK, "�"))
