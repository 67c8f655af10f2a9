"""Rules snapshots: made from the city's tables, kept for ever, read once per process (architecture.md §3)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any, Final

from django.db import transaction

from jiesu.domain.rules import PARTS, Rules, part_hash, snapshot_id
from jiesu.domain.workdays import OFFICE_HOURS, Calendar
from jiesu.store import sql
from jiesu.store.documents import read_data, write_data
from jiesu.store.models import CatalogLine, Day, Matter, Region, Setting, SettingChange, Unit

_KEPT = 32
_cache: OrderedDict[str, Rules] = OrderedDict()
_lock = Lock()


def at(snapshot: str) -> Rules:
    """The rules of a snapshot. Raises LookupError when there is none of that id."""
    with _lock:
        held = _cache.get(snapshot)
        if held is not None:
            _cache.move_to_end(snapshot)
            return held
    found = sql.rows(
        "SELECT p.name, p.doc::text FROM rules_snapshot s, jsonb_each_text(s.parts) x"
        " JOIN rules_part p ON p.hash = x.value WHERE s.id = %s",
        (snapshot,),
    )
    if not found:
        raise LookupError(f"no rules snapshot {snapshot}")
    parts = {name: read_data(doc) for name, doc in found}
    rules = Rules(snapshot, parts)
    with _lock:
        _cache[snapshot] = rules
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return rules


def current_id() -> str:
    """The id of the snapshot that decides now. Raises LookupError before a city is loaded."""
    found = sql.hot("SELECT snapshot FROM rules_current WHERE one = 1")
    if not found:
        raise LookupError("本市的规则还没有载入，请先运行 jiesu demo 或载入城市资料")
    return str(found[0][0])


def current() -> Rules:
    return at(current_id())


LOCK: Final = "SELECT pg_advisory_xact_lock(4711)"
"""Held until the transaction ends by whoever changes the city's tables: no snapshot of them misses a change."""


def publish(now: datetime, parts: Mapping[str, Any] | None = None) -> str:
    """Make the snapshot of the city's tables as they stand, and let it decide from now on. Its id is returned.

    ``parts``: what ``collect`` gave in this transaction, under the lock.
    """
    with transaction.atomic():
        sql.rows(LOCK)
        parts = parts or collect()
        hashes = {name: part_hash(parts[name]) for name in PARTS}
        snapshot = snapshot_id(hashes)
        values = ", ".join(["(%s, %s, %s::jsonb)"] * len(PARTS))
        sql.run(
            f"INSERT INTO rules_part (hash, name, doc) VALUES {values} ON CONFLICT (hash) DO NOTHING",
            [value for name in PARTS for value in (hashes[name], name, write_data(parts[name]))],
        )
        sql.run(
            "INSERT INTO rules_snapshot (id, parts, made_at) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING",
            (snapshot, write_data(hashes), now),
        )
        sql.run(
            "INSERT INTO rules_current (one, snapshot) VALUES (1, %s)"
            " ON CONFLICT (one) DO UPDATE SET snapshot = excluded.snapshot",
            (snapshot,),
        )
    return snapshot


def change_setting(name: str, value: Any, *, by: str, now: datetime, note: str = "") -> None:
    """Set a document of settings, keep what it was, and publish the rules that follow."""
    with transaction.atomic():
        held = Setting.objects.select_for_update().filter(name=name).first()
        SettingChange(name=name, before=held.value if held else None, after=value, by=by, at=now, note=note).save()
        Setting.objects.update_or_create(name=name, defaults={"value": value})
        publish(now)


def collect() -> dict[str, Any]:
    """The parts of the rules as the city's tables hold them now."""
    settings = {one.name: one.value for one in Setting.objects.all()}
    return {
        "calendar": _calendar(settings.get("calendar") or {}),
        "limits": settings.get("limits") or [],
        "params": settings.get("params") or {},
        "reasons": settings.get("reasons") or {},
        "declared": settings.get("declared") or [],
        "units": [
            {
                "code": one.code,
                "name": one.name,
                "short": one.short,
                "kind": one.kind,
                "parent": one.parent_id,
                "size": one.group_size,
            }
            | _gone(one)
            for one in Unit.objects.order_by("code")
        ],
        "matters": [
            {"code": one.code, "name": one.name, "parent": one.parent_id, "urgency": one.urgency} | _gone(one)
            for one in Matter.objects.order_by("code")
        ],
        "regions": [
            {"code": one.code, "name": one.name, "parent": one.parent_id, "unit": one.unit_id}
            for one in Region.objects.order_by("code")
        ],
        "catalog": [line_doc(one) for one in CatalogLine.objects.order_by("matter", "region", "effective_from", "id")],
    }


def _gone(one: Unit | Matter) -> dict[str, Any]:
    """What is no longer in use keeps its name in the rules, and says so."""
    return {} if one.active else {"active": False}


def _calendar(setting: dict[str, Any]) -> Any:
    base = Calendar(
        days={one.day: one.working for one in Day.objects.order_by("day")},
        announced=frozenset(setting.get("announced") or ()),
        hours=OFFICE_HOURS,
    ).to_doc()
    if setting.get("hours"):
        base["hours"] = setting["hours"]
    return base


def line_doc(one: CatalogLine) -> dict[str, Any]:
    """A catalog line as the rules hold it."""
    return {
        "matter": one.matter,
        "region": one.region,
        "lead": one.lead,
        "assist": one.assist,
        "legal_basis": one.legal_basis,
        "handle": one.handle,
        "fields": one.fields,
        "statutory": one.statutory,
        "season": one.season,
        "must_lead_by_law": one.must_lead_by_law,
        "effective_from": one.effective_from.isoformat(),
        "effective_to": one.effective_to.isoformat() if one.effective_to else None,
    }
