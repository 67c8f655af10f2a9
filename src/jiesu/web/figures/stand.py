"""What the figures on a page are: live, preliminary, frozen or corrected, of which moment; and where the others are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jiesu.assessment.board import Board
from jiesu.domain.tally import civil_day
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store.publications import Published
from jiesu.web.figures.asked import Asked


@dataclass(frozen=True, slots=True)
class Stand:
    """What the figures on a page are: a word for it, the rest of the sentence, whether they may still change."""

    word: str
    said: str
    firm: bool
    links: list[tuple[str, str]] = field(default_factory=list)


def stand(held: Board, asked: Asked) -> Stand:
    """Whether the figures are live, preliminary, frozen or corrected, of which moment, and where the others are."""
    final = next((one for one in held.told if one.stage == "final"), None)
    early = next((one for one in reversed(held.told) if one.stage == "preliminary"), None)
    shown = held.published
    links = []
    if final is not None and shown is not final:
        links.append(("看定稿数", asked.but(publication=0, live=False)))
    if final is not None and shown is not None:
        links.append(("看现在的记录算出来的", asked.but(live=True, publication=0)))
    if final is None and early is not None:
        links.append(
            ("看预公布的数", asked.but(publication=early.id))
            if shown is None
            else ("看现在的数", asked.but(publication=0))
        )
    if shown is None:
        return Stand("未定稿", _live_words(held, final, early), firm=False, links=links)
    return Stand(shown.zh, _published_words(shown, held), firm=shown.stage != "preliminary", links=links)


def _live_words(held: Board, final: Published | None, early: Published | None) -> str:
    if held.filled_at is None:
        return "还没有统计，后台每 5 分钟补一次，过几分钟再看"
    upto = upto_words(held.filled_at, held.window)
    if final is not None:
        return f"{upto}；这个时段已定稿，这里只供核对"
    return f"{upto}；已于 {moment(early.at)} 预公布，定稿前还会变" if early else f"{upto}，定稿前还会变"


def _published_words(shown: Published, held: Board) -> str:
    words = f"{moment(shown.at)}，{shown.orders:,} 张工单，摘要 {shown.inputs[:16]}"
    if shown.stage == "preliminary":
        words += "；单位可在申诉期内提出剔除申请，定稿前还会变"
    if held.correction is not None:
        words += f"；{moment(held.correction.at)} 更正（{held.correction.reason}），不同的数并列在下"
    return words


def upto_words(filled_at: datetime, window: Window) -> str:
    """Of which moment live figures are; of a window that still runs, up to which day."""
    cut = civil_day(filled_at)
    words = f"按记录算到 {moment(filled_at)}"
    if window.after <= cut:
        return words
    last = cut - timedelta(days=1)
    return f"{words}，只计到 {last.month}月{last.day}日，今天的还没有过完"


def moment(at: datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
