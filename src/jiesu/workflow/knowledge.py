"""Verbs of the knowledge editor: publish, change, withdraw. Every reading that ever was stays in the history."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.store import articles
from jiesu.store import rules as rules_store
from jiesu.store.articles import Article

EDITORS: Final = ("administrator", "supervisor")
"""Who may edit articles: knowledge is a duty of the centre, and what agents tell citizens is not theirs to change."""
_CODE: Final = re.compile(r"[A-Z][A-Z0-9\-]{1,15}")
_LONGEST: Final = {"title": 120, "source": 200, "body": 20_000}
_KEYWORDS, _KEYWORD = 30, 40


def publish(
    code: str,
    *,
    by: Actor,
    now: datetime,
    title: str,
    body: str,
    matter: str = "",
    region: str = "",
    keywords: tuple[str, ...] = (),
    source: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    note: str = "",
) -> Article:
    """A new article, ready for answers from ``valid_from`` on, or one that was withdrawn, in a new reading.

    Raises Forbidden, and Refused for a code that is in use or a fact that does not fit.
    """
    _editor(by)
    with transaction.atomic():
        held = articles.get(code, for_change=True)
        if held is not None and held.active:
            raise Refused(f"已有知识条目 {code}，请用“修改”", field="code")
        if not _CODE.fullmatch(code):
            raise Refused("条目编号须以大写字母开头，只用大写字母、数字和短横，如 K031", field="code")
        made = Article(
            *(code, title.strip(), matter, region, body.strip(), tuple(keywords), source.strip()),
            *(valid_from, valid_until, True, held.version + 1 if held else 1, held.used if held else 0, now, by.id),
        )
        return _write(made, "publish", note, by, now)


def change(code: str, *, by: Actor, now: datetime, seen: int | None = None, note: str = "", **values: Any) -> Article:
    """Another reading of an article: ``values`` are those of ``articles.FIELDS`` that change.

    ``seen``: the version that the editor was looking at. Raises Forbidden, Refused.
    """
    _editor(by)
    with transaction.atomic():
        held = _held(code)
        if seen is not None and seen != held.version:
            raise Refused("这条知识刚被别人改过，您写的内容没有丢，请看过最新内容再保存")
        if unknown := set(values) - set(articles.FIELDS):
            raise Refused(f"知识条目没有“{'、'.join(sorted(unknown))}”这一项")
        if "keywords" in values:
            values["keywords"] = tuple(values["keywords"])
        made = replace(held, **values, version=held.version + 1, updated_at=now, updated_by=by.id)
        if articles.doc(replace(made, version=held.version)) == articles.doc(held):
            raise Refused("没有改动任何内容")
        return _write(made, "change", note, by, now)


def withdraw(code: str, *, reason: str, by: Actor, now: datetime) -> Article:
    """Nobody may answer with this article from now on. Raises Forbidden, Refused."""
    _editor(by)
    if not reason.strip():
        raise Refused("请写明停用的理由", field="reason")
    with transaction.atomic():
        held = _held(code)
        if not held.active:
            raise Refused(f"知识条目 {code} 已经停用")
        made = replace(held, active=False, version=held.version + 1, updated_at=now, updated_by=by.id)
        return _write(made, "withdraw", reason.strip(), by, now)


def may_edit(by: Actor) -> bool:
    """Whether this person edits articles."""
    return any(by.has(role) for role in EDITORS)


def _editor(by: Actor) -> None:
    if not may_edit(by) and not by.has("system"):
        raise Forbidden("知识条目由管理员或督办员维护")


def _held(code: str) -> Article:
    held = articles.get(code, for_change=True)
    if held is None:
        raise Refused(f"没有知识条目 {code}", field="code")
    return held


def _write(made: Article, act: str, note: str, by: Actor, now: datetime) -> Article:
    _sound(made)
    if len(note) > _LONGEST["source"]:
        raise Refused(f"说明太长，请缩短到 {_LONGEST['source']} 字以内", field="note")
    articles.write(made, act, note=note, by=by.id, now=now)
    return made


def _sound(one: Article) -> None:
    """Refuse what no article can be."""
    for name, zh in (("title", "标题"), ("body", "内容")):
        if not getattr(one, name).strip():
            raise Refused(f"请填写“{zh}”", field=name)
    for name, most in _LONGEST.items():
        text = getattr(one, name)
        if len(text) > most or "\0" in text:
            raise Refused(f"太长或有无法保存的字符，请缩短到 {most} 字以内", field=name)
    if len(one.keywords) > _KEYWORDS or any(not word.strip() or len(word) > _KEYWORD for word in one.keywords):
        raise Refused(f"关键词最多 {_KEYWORDS} 个，每个不超过 {_KEYWORD} 字", field="keywords")
    if one.valid_from and one.valid_until and one.valid_until < one.valid_from:
        raise Refused("有效期的最后一天不能早于第一天", field="valid_until")
    rules = rules_store.current()
    if one.matter and one.matter not in rules.matters:
        raise Refused(f"没有这个事项：{one.matter}", field="matter")
    if one.region and one.region not in rules.regions:
        raise Refused(f"没有这个区域：{one.region}", field="region")
