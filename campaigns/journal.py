"""What a client asked for and what it was told, written down before and after: the other side of the record.

One file a client, one JSON object a line, flushed at once. A line is one of

    send   before every try            done   the answer was yes, with number and version
    lost   no answer, or a 5xx         found  after a try without an answer the move turned out to be there
    no     a refusal (4xx)             ill    an answer that is none: an error that is not JSON, a wrong number
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `key` names the wish; `at` is wall clock, seconds; `took` seconds of the request that was answered."""

    said: str
    key: str
    move: str
    number: int = 0
    version: int = 0
    status: int = 0
    at: float = 0.0
    took: float = 0.0
    words: str = ""


class Journal:
    """Appends lines for one client; whoever kills that client finds every line that was written."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("a", buffering=1)

    def write(self, line: Line) -> None:
        self._out.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._out.close()


def read(folder: Path) -> Iterator[Line]:
    """Every line of every client's file; a line cut short by a kill of the campaign itself is left out."""
    for path in sorted(folder.glob("client-*.jsonl")):
        for text in path.read_text().splitlines():
            try:
                yield Line(**json.loads(text))
            except ValueError:
                continue


def now() -> float:
    """Wall clock, seconds: a campaign that is taken up again must be able to compare."""
    return time.time()
