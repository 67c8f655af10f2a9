"""A demander's own data as one file: a page to read, the same as data, and the files that he sent (PIPL art. 45)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.template.loader import render_to_string

from jiesu.domain import calls, sight, words
from jiesu.domain.errors import NotFound
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES
from jiesu.domain.openings import WHAT
from jiesu.domain.order import Actor, Event, Order
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import files
from jiesu.store import rules as rules_store
from jiesu.store.own_copy import Own
from jiesu.web.order.forms import matter_name, region_name

_TOLD: Final = frozenset({"first_contact", "chase", "callback_attempt", "rate", "contest", "withdraw"})
_FROM_HIM: Final = frozenset({"register", "supply_details", "reopen", "contest", "chase"})
# Said by him, though it stands with the notes of the centre.
_HIS_WORDS: Final = frozenset({"opinion"})
_SKIPPED: Final = frozenset({"title"})


def archive(own: Own, now: datetime) -> bytes:
    """The ZIP file. Only what a citizen may see of his own orders is in it; nobody's name but his own."""
    data = _data(own, now)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("本人资料.html", render_to_string("privacy/copy.html", data))
        made.writestr("本人资料.json", json.dumps(data, ensure_ascii=False, indent=1))
        for number, name, content in _files(own):
            made.writestr(f"附件/{number}-{name}", content)
    return out.getvalue()


def _data(own: Own, now: datetime) -> dict[str, Any]:
    labels = {"name": "姓名", "phone": "电话", "address": "地址", "company": "单位", "credit_code": "统一社会信用代码"}
    return {
        "导出时间": _time(now),
        "本人": {labels[key]: value for key, value in asdict(own.known).items() if value},
        "工单": [_order(one, own) for one in own.orders],
        "只含最近的": len(own.orders) if own.more else 0,
        "通话": [
            {"时间": _time(at), "方向": calls.DIRECTIONS.get(way, way), "结果": calls.OUTCOMES.get(outcome, outcome)}
            for at, way, outcome in own.calls
        ],
        "谁看过": [
            {"时间": _time(one.at), "工单号": str(one.number), "做了什么": WHAT[one.what], "岗位": _role(one.role)}
            for one in own.looks
        ],
    }


def _order(order: Order, own: Own) -> dict[str, Any]:
    rules = rules_store.current()
    himself = Actor("p0", (("citizen", ""),), person=order.person)
    said = [
        {"时间": _time(event.at), "事": MOVES[event.move].zh, "单位": rules.unit_name(event.unit) if event.unit else ""}
        | dict(_words(event, order, own, himself))
        for event in _told(own.events[order.number])
    ]
    return {
        "工单号": str(order.number),
        "状态": words.zh(words.STATES, order.state),
        "结果": words.zh(words.OUTCOMES, order.outcome) if order.outcome else "",
        "类型": words.zh(words.KINDS, order.kind),
        "渠道": words.zh(words.CHANNELS, order.channel),
        "事项": matter_name(rules, order.matter),
        "区域": region_name(rules, order.region),
        "登记时间": _time(order.received_at) if order.received_at else "",
        "经过": said,
    }


def _told(events: Sequence[Event]) -> Iterator[Event]:
    """The steps that he may know: no draft of a unit, and no reply before the centre has passed it."""
    for at, event in enumerate(events):
        if event.move == "submit" or (MOVES[event.move].beside and event.move not in _TOLD):
            continue
        judged = next((one.move for one in events[at:] if one.move in ("pass_review", "send_back")), "")
        if event.move != "reply" or judged == "pass_review":
            yield event


def _words(event: Event, order: Order, own: Own, himself: Actor) -> Iterator[tuple[str, str]]:
    for name, text in own.texts.get((order.number, event.seq), {}).items():
        shown = name in _HIS_WORDS or sight.sight(himself, order, sight.field_of(name)) == "full"
        if shown and name not in _SKIPPED:
            yield FACTS[name].zh, text


def _role(role: str) -> str:
    return words.zh(words.ROLES, role) if role else ""


def _time(at: datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def _files(own: Own) -> Iterator[tuple[int, str, bytes]]:
    """What he sent himself; pictures of units may show other people."""
    for number, events in own.events.items():
        for event in events:
            if event.move not in _FROM_HIM:
                continue
            for digest in event.data.get("facts", {}).get("files", ()):
                try:
                    kept, content = files.read(digest)
                except NotFound:
                    continue
                yield number, kept.name.replace("/", "_"), content
