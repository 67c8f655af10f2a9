"""How pages show times, clocks and codes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from jiesu.domain import clocks, inspecting, words
from jiesu.domain.administration.kinds import LIMIT_CLOCKS
from jiesu.domain.workdays import CITY_ZONE
from jiesu.web import rows as list_rows

register = template.Library()
_TABLES = {
    "state": words.STATES,
    "kind": words.KINDS,
    "urgency": words.URGENCIES,
    "channel": words.CHANNELS,
    "outcome": words.OUTCOMES,
    "leg": words.LEG_STATES,
    "clock": words.CLOCKS,
    "flag": words.FLAGS,
    "request": words.REQUESTS,
    "request_state": words.REQUEST_STATES,
    "solved": words.SOLVED,
    "rating": words.RATINGS,
    "attempt": words.ATTEMPTS,
    "role": words.ROLES,
    "inspected": inspecting.SUBJECTS,
    "inspected_part": inspecting.PARTS_ZH,
}


@register.filter
def zh(code: str | None, table: str) -> str:
    """``{{ order.state|zh:"state" }}``."""
    return words.zh(_TABLES[table], code)


@register.filter
def local(at: datetime | None) -> str:
    """A moment in city time: 11-22 17:30, with the year when it is another one."""
    if at is None:
        return ""
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


@register.filter
def short(at: datetime | None) -> str:
    return f"{at.astimezone(CITY_ZONE):%m-%d %H:%M}" if at else ""


@register.simple_tag
def ago(at: datetime | None, now: datetime) -> SafeString | str:
    """How long ago, within a day; else the date. The exact moment is in the element for those who point at it."""
    if at is None:
        return ""
    there = at.astimezone(CITY_ZONE)
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 0 or minutes >= 24 * 60:
        same_year = there.year == now.astimezone(CITY_ZONE).year
        words_ = f"{there:%m-%d %H:%M}" if same_year else f"{there:%Y-%m-%d %H:%M}"
    elif minutes < 60:
        words_ = f"{minutes} 分钟前" if minutes else "刚刚"
    else:
        words_ = f"{minutes // 60} 小时前"
    return format_html('<time datetime="{}" title="{}">{}</time>', there.isoformat(), f"{there:%Y-%m-%d %H:%M}", words_)


@register.filter
def file_name(kept: Mapping[str, Any], digest: str) -> str:
    """The name that a file was sent with."""
    held = kept.get(digest)
    return held.name if held else "附件（已删除）"


@register.filter
def sorted_clocks(clocks: Collection[str]) -> list[str]:
    """Clocks of limits in words, in the order in which an order meets them."""
    return [zh for name, zh in LIMIT_CLOCKS.items() if name in clocks]


@register.filter
def item(things: Sequence[Any], at: int) -> Any:
    """``{{ names|item:forloop.counter0 }}``."""
    return things[at]


@register.filter
def name_of(options: Sequence[tuple[str, str]], value: str) -> str:
    """The words of a value among options; a field that has none shows the value itself."""
    return dict(options).get(value, value)


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.simple_tag
def clock(start: datetime | None, amber: datetime | None, due: datetime | None, now: datetime) -> SafeString:
    """A clock as a short bar with its words; colour never stands alone.

    ``data-clock``: start, amber and due in seconds, by which an open page turns it without asking.
    """
    if due is None:
        return format_html('<span class="clock none">{}</span>', "—")
    colour = "red" if now > due else "amber" if amber is not None and now >= amber else "green"
    said = clocks.words(due, now)
    part = _part(start, amber, due, now)
    exact = f"{due.astimezone(CITY_ZONE):%Y-%m-%d %H:%M} 前"
    moments = " ".join(str(int(at.timestamp())) if at else "-" for at in (start, amber, due))
    # Nothing here was written by a person: no word needs to be escaped, and a list has fifty of them.
    return SafeString(
        f'<span class="clock {colour}" title="{exact}" data-clock="{moments}">'
        f'<progress max="100" value="{part}" aria-hidden="true"></progress><span class="said">{said}</span></span>'
    )


def _part(start: datetime | None, amber: datetime | None, due: datetime, now: datetime) -> int:
    """How full the bar is: straight to three quarters at amber, then straight to the end."""
    if start is None or amber is None or start >= due:
        return 100 if now >= due else 0
    if now >= due:
        return 100
    if now >= amber:
        return 75 + int(25 * ((now - amber) / (due - amber))) if due > amber else 75
    return max(0, int(75 * ((now - start) / (amber - start)))) if amber > start else 75


@register.simple_tag
def due_words(due: datetime | None, now: datetime) -> str:
    return clocks.due_words(due, now) if due else ""


@register.filter
def marked(text: str, asked: str) -> SafeString:
    """The words that were asked for stand out in the text; wherever they stand, once each part."""
    words_ = sorted({one for one in asked.split() if len(one) > 1}, key=len, reverse=True)
    if not words_ or not text:
        return format_html("{}", text)
    pieces = re.split(f"({'|'.join(map(re.escape, words_))})", text, flags=re.IGNORECASE)
    drawn = (format_html("<mark>{}</mark>", piece) if at % 2 else piece for at, piece in enumerate(pieces))
    return format_html_join("", "{}", ((one,) for one in drawn))


@register.filter
def is_number(cell: str) -> bool:
    """Whether a cell of a table is the number of an order, so that it can be opened."""
    return len(cell) == 13 and cell.isascii() and cell.isdecimal()


@register.filter
def lookup(table: Any, key: Any) -> Any:
    """``{{ names|lookup:code }}``."""
    return table.get(key, key) if hasattr(table, "get") else key


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The options of a select, the chosen one marked: a form has hundreds."""
    return SafeString(
        "".join(
            f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(zh)}</option>'
            for code, zh in choices
        )
    )


@register.simple_tag
def boxes(name: str, choices: Iterable[tuple[str, str]], chosen: Collection[str] = ()) -> SafeString:
    """Boxes to tick, each with its words."""
    return SafeString(
        "".join(
            f'<label><input type="checkbox" name="{escape(name)}" value="{escape(code)}"'
            f"{' checked' if code in chosen else ''}> {escape(zh)}</label>"
            for code, zh in choices
        )
    )


@register.simple_tag(takes_context=True)
def rows(context: template.Context, name: str, **given: Any) -> SafeString:
    """The rows of a long list, drawn by the template of that name in ``jiesu.web.rows``: with what is named here, or,
    where nothing is, with everything that the page was given."""
    return list_rows.drawn(name, given or context.flatten())


list_rows.offer_tags(clock=clock, ago=ago, due_words=due_words, boxes=boxes, options=options)
list_rows.offer_filters(zh=zh, short=short, thousands=thousands, marked=marked)
