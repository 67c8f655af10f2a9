"""Giving the city another plan or score sheet from a day on. What was judged by an earlier one stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.inspecting import sheet_from_doc
from jiesu.domain.order import Actor
from jiesu.domain.quality_plan import plan_from_doc
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import quality_rules
from jiesu.store.quality_rules import NAMES, PLAN

_KEEPERS: Final = ("administrator", "supervisor", "system")
_LONGEST_NOTE: Final = 200


def may_keep(by: Actor) -> bool:
    """Whether this person may change what is inspected and by which items; whoever inspects may not."""
    return any(by.has(role) for role in _KEEPERS)


def publish(name: str, doc: Any, *, since: date, by: Actor, now: datetime, note: str = "") -> int:
    """Another reading of ``plan``, ``call``, ``order`` or ``callback``, in force from the day ``since``; its number.

    Raises Forbidden, and Refused for a document that is none or a day that has passed; then nothing is kept.
    """
    if not may_keep(by):
        raise Forbidden("抽检方案和评分表由管理员或督办员维护")
    if name not in NAMES:
        raise Refused(f"没有“{name}”这份文件")
    if since < now.astimezone(CITY_ZONE).date():
        raise Refused("不能改已经过去的日子，生效日期请从今天起", field="since")
    if len(note) > _LONGEST_NOTE or "\0" in note:
        raise Refused(f"说明太长，请缩短到 {_LONGEST_NOTE} 字以内", field="note")
    if name == PLAN:
        plan_from_doc(doc)
    else:
        sheet_from_doc(name, doc)
    given: Mapping[str, Any] = doc
    with transaction.atomic():
        return quality_rules.add(name, given, since=since, by=by.id, now=now, note=note.strip())
