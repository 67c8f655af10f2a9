"""The city's plan and score sheets: each reading kept for ever under its number, one in force on a day.

A reading never changes, so that each process reads it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from jiesu.domain.inspecting import SUBJECTS, Sheet, sheet_from_doc
from jiesu.domain.quality_plan import Plan, plan_from_doc
from jiesu.store import sql
from jiesu.store.documents import read_data, write_data

PLAN: Final = "plan"
NAMES: Final = (PLAN, *SUBJECTS)


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a document: from which day it holds, who wrote it when."""

    name: str
    version: int
    since: date
    at: datetime
    by: str
    note: str
    body: Any


IN_FORCE: Final = (
    "SELECT DISTINCT ON (name) name, version FROM quality_rule WHERE since <= %(day)s::date"
    " ORDER BY name, since DESC, version DESC"
)


PLAN_ON: Final = (
    "(SELECT r.version FROM quality_rule r WHERE r.name = 'plan' AND r.since <= %(day)s::date"
    " ORDER BY r.since DESC, r.version DESC LIMIT 1)"
)


def in_force(day: date) -> dict[str, int]:
    """The number of the reading of each document that holds on ``day``. One statement."""
    return dict(sql.hot(IN_FORCE, {"day": day}))


def standing(day: date) -> tuple[int, str]:
    """The number of the plan that holds on ``day`` (0: none) and the id of the rules of now. One statement."""
    plan, rules = sql.hot(f"SELECT {PLAN_ON}, (SELECT snapshot FROM rules_current WHERE one = 1)", {"day": day})[0]
    return plan or 0, rules or ""


def body(name: str, version: int) -> Any:
    """A document as it was written. Raises LookupError."""
    found = sql.hot("SELECT body::text FROM quality_rule WHERE name = %s AND version = %s", (name, version))
    if not found:
        raise LookupError(f"no reading {version} of {name}")
    return read_data(found[0][0])


def sheet(subject: str, version: int) -> Sheet:
    """A score sheet. Raises LookupError. At most one statement."""
    return _sheet(_database(), subject, version)


def plan(version: int) -> Plan:
    """A plan. Raises LookupError. At most one statement."""
    return _plan(_database(), version)


@lru_cache(maxsize=128)
def _sheet(_: str, subject: str, version: int) -> Sheet:
    return sheet_from_doc(subject, body(subject, version), version)


@lru_cache(maxsize=32)
def _plan(_: str, version: int) -> Plan:
    return plan_from_doc(body(PLAN, version), version)


def _database() -> str:
    return str(sql.link().info.dbname)


def plan_on(day: date) -> Plan | None:
    """The plan of a day, or None where the city has none yet."""
    version = in_force(day).get(PLAN)
    return plan(version) if version else None


def readings(limit: int = 60) -> list[Reading]:
    """Every reading of every document, those that come into force last first."""
    found = sql.rows(
        "SELECT name, version, since, at, by, note, body::text FROM quality_rule"
        " ORDER BY name, since DESC, version DESC LIMIT %s",
        (limit,),
    )
    return [Reading(*row[:-1], read_data(row[-1])) for row in found]


def add(name: str, doc: Mapping[str, Any], *, since: date, by: str, now: datetime, note: str) -> int:
    """Write another reading of a document; its number."""
    # Two at once would take the same number: the second one waits.
    sql.run("SELECT pg_advisory_xact_lock(hashtext('quality_rule'))")
    return int(
        sql.value(
            "INSERT INTO quality_rule (name, version, since, body, at, by, note)"
            " SELECT %(name)s::text, coalesce(max(version), 0) + 1, %(since)s, %(body)s::jsonb, %(now)s, %(by)s,"
            " %(note)s FROM quality_rule WHERE name = %(name)s::text RETURNING version",
            {"name": name, "since": since, "body": write_data(doc), "now": now, "by": by, "note": note},
        )
    )
