"""Changes in words: what was changed from what to what, whoever kept the record and in whatever shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from jiesu.domain.administration.catalog import flat
from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.things import Difference, described, differences
from jiesu.store.administration.changes import Kept, Planned
from jiesu.store.administration.documents import things_of

_SHOWN: Final = 4
OTHERS: Final = {
    "limits": "时限",
    "params": "参数",
    "reasons": "文本",
    "declared": "特殊时期",
    "calendar": "日历",
    "roster": "值班表",
    "recalculate": "重算时限",
    "city": "本市",
}
_WEEKDAYS: Final = "一二三四五六日"
_SHIFT: Final = {"weekday": "星期", "begins": "从", "ends": "到", "name": "姓名", "phone": "电话"}


@dataclass(frozen=True, slots=True)
class Told:
    """A change as a line of the history shows it. ``more``: how many differences are not shown."""

    id: int
    kind: str
    title: str
    who: str
    at: datetime
    note: str
    effective: date | None
    batch: str
    act: str
    differences: list[Difference] = field(default_factory=list)
    more: int = 0
    restores: int | None = None
    back: str = ""
    thing: str = ""


def told(kept: Kept, names: Names, *, most: int = _SHOWN) -> Told:
    """A kept change in words, with at most so many differences."""
    found = _differences(kept, names)
    name = kept.name.partition("/")[0]
    kind = KINDS.get(kept.name)
    return Told(
        kept.id,
        kind.zh if kind else OTHERS.get(name, name),
        f"{kept.person}（{kept.key}）" if kept.person else kept.title or _title(kept, names),
        kept.who or "系统",
        kept.at,
        kept.note,
        kept.effective,
        kept.batch,
        _act(kept),
        found[:most],
        max(0, len(found) - most),
        kept.restores,
        _back(kept),
        _thing(kept),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for its day, in words."""

    id: int
    title: str
    who: str
    at: datetime
    reason: str
    effective: date
    state: str
    said: str
    differences: list[Difference]


def waits(planned: Planned, names: Names) -> Waiting:
    """What a change that waits would do to its thing."""
    found = differences(KINDS[planned.kind], planned.before, planned.after, names)
    if planned.kind == "param":
        found = [_param_value(planned.key, planned.before, planned.after, names)]
    return Waiting(
        planned.id,
        planned.title,
        planned.who,
        planned.at,
        planned.reason,
        planned.effective,
        planned.state,
        planned.said,
        found[:_SHOWN],
    )


def _act(kept: Kept) -> str:
    if kept.name == "recalculate" or (kept.name == "staff" and kept.before == kept.after == {}):
        return ""
    if kept.before is None:
        return "装入" if kept.name in OTHERS else "新增"
    if kept.after is None:
        return "去掉" if kept.name != "catalog" else "停用"
    after = kept.after if isinstance(kept.after, Mapping) else {}
    return {False: "停用", True: "恢复"}.get(after.get("active"), "修改") if "active" in after else "修改"  # type: ignore[arg-type]


def _title(kept: Kept, names: Names) -> str:
    if kept.name.startswith("roster/"):
        return names.unit(kept.name.partition("/")[2])
    if kept.name == "catalog":
        doc = kept.after or kept.before or {}
        return described(KINDS["catalog"], flat(doc), names) if "matter" in doc else ""
    return "整份" if kept.name in OTHERS and kept.name != "recalculate" else ""


def _differences(kept: Kept, names: Names) -> list[Difference]:
    if kept.name == "catalog":
        was, now = (_line(one) for one in (kept.before, kept.after))
        return differences(KINDS["catalog"], was, now, names)
    if kept.name == "param":
        return [_param_value(kept.key, kept.before, kept.after, names)]
    if _of_thing(kept):
        return differences(KINDS[kept.name], kept.before, kept.after, names)
    if kept.name.startswith("roster/"):
        return _shift(kept)
    return _whole(kept, names)


def _of_thing(kept: Kept) -> bool:
    """Whether one thing was changed; a document of settings may have the name of a kind, and has no key."""
    return kept.name in KINDS and bool(kept.key)


def _param_value(name: str, before: Any, after: Any, names: Names) -> Difference:
    """A parameter's record holds its value alone: how it is written stands with its name."""
    said = [differences(KINDS["param"], None, {"name": name, **(one or {})}, names) for one in (before, after)]
    was, now = (next((one.after for one in found if one.zh == "取值"), "") for found in said)
    return Difference("取值", was, now)


def _line(doc: Any) -> dict[str, Any] | None:
    """A line as the desk keeps it, or as the rules hold it."""
    if doc is None:
        return None
    return dict(doc) if "season_name" in doc else flat(doc)


def _shift(kept: Kept) -> list[Difference]:
    was, now = (kept.before or {}, kept.after or {})
    return [
        Difference(zh, _shift_said(name, was), _shift_said(name, now))
        for name, zh in _SHIFT.items()
        if was.get(name) != now.get(name)
    ]


def _shift_said(name: str, held: Mapping[str, Any]) -> str:
    value = held.get(name)
    if name == "weekday" and name in held:
        return "每天" if value is None else f"周{_WEEKDAYS[value]}"
    return str(value or "")


def _whole(kept: Kept, names: Names) -> list[Difference]:
    """A change of a whole document: the things in it that differ, one difference each."""
    was, now = (things_of(kept.name, one) for one in (kept.before, kept.after))
    if was is None or now is None:
        return []
    kind, found = KINDS[now[0]], []
    for key in dict.fromkeys([*was[1], *now[1]]):
        before, after = was[1].get(key), now[1].get(key)
        if before != after and kept.before is not None:
            parts = differences(kind, before, after, names)
            title = described(kind, after or before or {}, names)
            said = [("，".join(f"{one.zh} {text}" for one in parts if (text := getattr(one, side)))) for side in _SIDES]
            found.append(Difference(title, *said))
    return found


_SIDES: Final = ("before", "after")


def _back(kept: Kept) -> str:
    """Where the change can be taken back; empty when it cannot."""
    if not _of_thing(kept) or (kept.before == kept.after == {}):
        return ""
    gone = kept.after is None and kept.name != "catalog"
    address = reverse("admin-new", args=[kept.name]) if gone else _thing(kept)
    return f"{address}?restore={kept.id}" if address else ""


def _thing(kept: Kept) -> str:
    key = kept.account if kept.name == "staff" else kept.key
    return reverse("admin-one", args=[kept.name, key]) if _of_thing(kept) and key else ""
