"""Editions of the bulletin: drafted from the figures, written to in kept readings, issued, corrected by dated lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from jiesu.assessment import filling
from jiesu.assessment.board import name_of
from jiesu.assessment.bulletin import content, draft
from jiesu.assessment.bulletin.content import Block, Bulletin, Heading, Para, Table
from jiesu.domain import bulletins, readings
from jiesu.domain.cards import COLOURS
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.followups import STATES as FOLLOWED
from jiesu.domain.order import Actor
from jiesu.domain.standing import Share
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import editions, followups, profiles, publications
from jiesu.store import rules as rules_store
from jiesu.store.editions import Edition, Issued

WRITERS: Final = frozenset({"supervisor", "analyst"})
ISSUERS: Final = frozenset({"supervisor"})
_LONGEST_REASON: Final = 400


def writes(by: Actor) -> bool:
    """Whether somebody drafts and edits editions."""
    return any(by.has(role) for role in WRITERS)


def issues(by: Actor) -> bool:
    """Whether somebody issues and corrects them."""
    return any(by.has(role) for role in ISSUERS)


def make(window: Window, *, by: Actor, now: datetime) -> bool:
    """Draft a window's edition; False when it has one. Raises Forbidden, Refused."""
    _may(writes(by), "通报由督办员和分析员起草")
    if window.span not in bulletins.EDITIONS:
        raise Refused("这个时段没有通报；一天的看“日报”")
    if window.first > now.astimezone(CITY_ZONE).date():
        raise Refused("这个时段还没有开始")
    if editions.edition(window) is not None:
        return False
    base, publication = _base(window, now)
    with transaction.atomic():
        return editions.keep(window, content.kept(base), _templates(base), publication=publication, by=by.id, now=now)


def _base(window: Window, now: datetime) -> tuple[Bulletin, int | None]:
    filling.fill_due(now)
    held = publications.final(window)
    return draft.base(window, now=now), held.id if held else None


def _templates(base: Bulletin) -> dict[str, str]:
    return {one.section: one.template for one in base.blocks if isinstance(one, Para) and one.section}


def renew(window: Window, *, by: Actor, now: datetime) -> None:
    """Put the figures of now under the words. Raises Forbidden, NotFound, Refused once it is issued."""
    _may(writes(by), "通报由督办员和分析员起草")
    held = _own(window)
    base, publication = _base(window, now)
    if held.issues or not editions.renew(window, content.kept(base), publication=publication, now=now):
        raise Refused("这份通报已经发布，数字不再变；数据有更正的，走“更正”")


def write(window: Window, texts: Mapping[str, str], *, seen: int, by: Actor, now: datetime) -> int:
    """Another reading of an edition's words, every earlier one is kept; its number. ``seen``: the one it was written
    over. Raises NotFound, Forbidden, Refused."""
    _may(writes(by), "通报由督办员和分析员起草")
    held = _own(window)
    if held.issues:
        raise Refused("这份通报已经发布，不能再改；确有错误的走“更正”")
    made = _checked(held, texts)
    _put(held, made, seen=seen, by=by, now=now)
    return held.no + 1


def _checked(held: Edition, texts: Mapping[str, str]) -> dict[str, str]:
    """The words as they may be kept; the draft's own stand as they are. Raises Refused."""
    figures = held.base["figures"]
    hint = bulletins.HINTS
    told = {
        section: text if text.strip() == hint.get(section) else bulletins.checked(section, text, figures)
        for section, text in texts.items()
        if readings.plain(text) != held.texts.get(section)
    }
    return readings.merged(held.texts, told)


def _put(held: Edition, texts: Mapping[str, str], *, seen: int, by: Actor, now: datetime) -> None:
    if seen != held.no or not editions.add_text(held.window, held.no + 1, texts, by=by.id, now=now):
        raise Refused("这份通报刚被别人改过，您写的内容没有丢，请看过最新内容再保存")


def issue(window: Window, *, seen: int, by: Actor, now: datetime) -> Issued:
    """Issue an edition: figures as they are frozen, words as they stand, fixed for ever. ``seen``: the reading that was
    read. Raises NotFound, Forbidden, Refused."""
    _may(issues(by), "通报由督办员发布")
    held = _own(window)
    if held.issues:
        raise Refused("这份通报已经发布")
    if seen != held.no:
        raise Refused("这份通报刚被别人改过，请看过最新内容再发布")
    if held.publication != held.final or window.span not in bulletins.FROZEN_FIRST:
        base, publication = _base(window, now)
        editions.renew(window, content.kept(base), publication=publication, now=now)
        held = _own(window)
    bulletins.check_issue(
        window.span,
        frozen=held.final is not None,
        over=now.astimezone(CITY_ZONE).date() >= window.after,
        texts=held.texts,
        figures=held.base["figures"],
    )
    return _issue(held, made(held, now), publication=held.publication, reason="", by=by, now=now)


def correct(window: Window, texts: Mapping[str, str], *, reason: str, seen: int, by: Actor, now: datetime) -> Issued:
    """Issue an edition anew as a dated correction beside the first: other words, or figures that were corrected since.
    Raises NotFound, Forbidden, Refused."""
    _may(issues(by), "通报由督办员更正")
    held = _own(window)
    said = " ".join(reason.split())
    if held.issued is None:
        raise Refused("这份通报还没有发布，不用更正，直接改就行")
    if not said or len(said) > _LONGEST_REASON:
        raise Refused(f"请写明更正了什么、为什么，不超过 {_LONGEST_REASON} 字", field="reason")
    with transaction.atomic():
        if _differ(held, texts):
            _put(held, _checked(held, texts), seen=seen, by=by, now=now)
            held = _own(window)
        elif held.corrected == _corrected(held):
            raise Refused("文字和数字都没有改动")
        return _issue(
            held, made(held, now, said), publication=held.corrected or held.final, reason=said, by=by, now=now
        )


def _differ(held: Edition, texts: Mapping[str, str]) -> bool:
    return any(readings.plain(text) != held.texts.get(section) for section, text in texts.items())


def _corrected(held: Edition) -> int | None:
    """The correction of figures that an issue has told of."""
    told = held.issued.publication if held.issued else None
    return told if told != held.final else None


def _issue(
    held: Edition, printed: Bulletin, *, publication: int | None, reason: str, by: Actor, now: datetime
) -> Issued:
    no = len(held.issues) + 1
    if not editions.add_issue(
        held.window,
        no,
        content.kept(printed),
        reading=held.no,
        publication=publication,
        reason=reason,
        by=by.id,
        now=now,
    ):
        raise Refused("这份通报刚被别人发布，请刷新再看")
    fresh = _own(held.window)
    return fresh.issues[no - 1]


def made(held: Edition, now: datetime, reason: str = "") -> Bulletin:
    """An edition as it would be printed now: the words of its reading over its figures; ``reason``: of a correction
    that is being made."""
    base = content.read(held.base)
    local = now.astimezone(CITY_ZONE)
    dated = f"{local.year}年{local.month}月{local.day}日"
    first = held.issues[0].at.astimezone(CITY_ZONE) if held.issues else local
    base = replace(base, date=f"{first.year}年{first.month}月{first.day}日")
    found = content.written(base, held.texts)
    lines = [(one.at, one.reason) for one in held.issues[1:]]
    if reason:
        lines.append((now, reason))
    if lines:
        found.stage = f"{found.stage}，{dated}更正" if reason else f"{found.stage}，有更正"
        found.blocks = [*_corrections(held, lines), *found.blocks]
    found.blocks = [*found.blocks, *_carded(held), *_followed(held.window, now)]
    return found


def _carded(held: Edition) -> list[Block]:
    """The cards of the window; nothing while no rule is on, or nobody agreed to one."""
    if not held.cards:
        return []
    rules = rules_store.current()
    rows = [
        [rules.unit_name(one.unit), COLOURS[one.colour], one.rule, f"{one.lifts_on.month}月{one.lifts_on.day}日"]
        for one in held.cards
    ]
    return [Heading("红黄牌"), Table("亮牌的单位", ["单位", "牌", "原因", "解除"], rows, (2, 1, 4, 1.4), words=True)]


def _followed(window: Window, now: datetime) -> list[Block]:
    """What review meetings asked for, and how far it is; nothing where none asked for anything."""
    rows, rules, today = [], rules_store.current(), now.astimezone(CITY_ZONE).date()
    for one in followups.of_edition(window):
        owner = rules.unit_name(one.item.unit) if one.item.unit else one.owner
        stands = FOLLOWED[one.item.state] + ("，已过期" if one.item.late(today) else "")
        said = f"{stands}：{one.ended.note}" if one.ended else stands
        rows.append([one.text, owner, f"{one.item.due.month}月{one.item.due.day}日", said])
    if not rows:
        return []
    return [
        Heading("调度会议定事项"),
        Table("议定事项", ["事项", "责任", "期限", "进展"], rows, (4, 1.6, 1.2, 3), words=True),
    ]


def _corrections(held: Edition, lines: Sequence[tuple[datetime, str]]) -> list[Block]:
    """Dated lines of what was put right, and the figures that are otherwise now; the frozen ones stand below."""
    blocks: list[Block] = [Heading("更正")]
    blocks += [Para(f"{_day(at)}更正：{reason.rstrip('。')}。") for at, reason in lines]
    rows = _differences(held)
    if rows:
        blocks.append(Para("以下数字有更正，正文和附表仍列定稿数。"))
        blocks.append(Table("更正的数字", ["单位", "指标", "定稿", "更正"], rows, (2, 1.6, 2, 2)))
    return blocks


def _differences(held: Edition) -> list[list[str]]:
    if held.final is None or held.corrected is None:
        return []
    rules = rules_store.current()
    profile = profiles.in_force(held.window.first)[1]
    weights = {rule.code: rule for rule in profile.rates}
    return [
        [
            "全市" if dim == "all" else name_of("unit", code, rules),
            weights[rate].zh,
            *(Share(*figure, weights[rate].weight).words() for figure in (before, after)),
        ]
        for rate, dim, code, before, after in editions.differences(held.final, held.corrected)
        if rate in weights
    ]


def _day(at: datetime) -> str:
    local = at.astimezone(CITY_ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def printed(held: Edition, now: datetime, no: int | None = None) -> Bulletin:
    """What the papers of an edition are made from: an issue as it was kept (the newest, or ``no``), before the first
    the newest reading. Raises NotFound."""
    if not held.issues:
        return made(held, now)
    kept = editions.printed(held.window, no or len(held.issues))
    if kept is None:
        raise NotFound("没有这一次发布")
    return content.read(kept)


def of_window(window: Window, *, now: datetime, live: bool = False) -> Bulletin:
    """The bulletin of a window for whoever prints it: its edition as it was issued, or with its newest words; a draft
    where it has none, and where its figures shall be ``live``."""
    held = None if live else editions.edition(window)
    return printed(held, now) if held else draft.draft(window, texts={}, now=now, live=live)


def _own(window: Window) -> Edition:
    held = editions.edition(window)
    if held is None:
        raise NotFound("这个时段还没有通报")
    return held


def _may(allowed: bool, said: str) -> None:
    if not allowed:
        raise Forbidden(said)
