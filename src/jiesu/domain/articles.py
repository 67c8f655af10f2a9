"""Whether a knowledge article may be used for an answer on a day, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

FITS: Final = "good"
STANDINGS: Final = {
    "good": "可用",
    "missing": "没有这一条",
    "withdrawn": "已停用",
    "early": "还没有生效",
    "expired": "已过有效期",
}


@dataclass(frozen=True, slots=True)
class Validity:
    """What decides whether an article may be used: published or withdrawn, its first and last day if it has any."""

    active: bool
    first: date | None = None
    last: date | None = None

    def on(self, day: date) -> str:
        """One of ``STANDINGS`` for a civil day of the city."""
        if not self.active:
            return "withdrawn"
        if self.first is not None and day < self.first:
            return "early"
        return "expired" if self.last is not None and day > self.last else FITS


def refusal(code: str, standing: str) -> str | None:
    """What to tell whoever wants to answer with an article that is not fit for it; None when it is."""
    if standing in ("", FITS):
        return None
    if standing == "missing":
        return f"没有知识条目“{code}”，请从右侧的知识列表选用"
    return f"知识条目 {code} {STANDINGS[standing]}，不能再用来答复，请换一条或写明答复依据后派单"
