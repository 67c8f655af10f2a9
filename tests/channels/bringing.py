"""Imports as the stories make them: into the demo city, on Monday 23 November 2026 at ten."""

# ruff: noqa: S608 - the statements are the stories' own
from __future__ import annotations

from pathlib import Path
from typing import Any

from jiesu.channels.arrivals import Terms
from jiesu.channels.files import SHANGHAI, Reject, open_source
from jiesu.channels.intake_files import Progress, Wishes, bring_in
from jiesu.domain.order import SYSTEM, Order
from jiesu.store import orders, sql
from tests.city import MONDAY

Outcome = tuple[int, int, list[tuple[int, str]]]


def brought(
    path: Path,
    source_name: str = "",
    *,
    unit_map: dict[str, str] | None = None,
    mapping: dict[str, str] | None = None,
    **wishes: Any,
) -> Outcome:
    """The file imported: how many orders are new, how many were known, and line and reason of each reject."""
    steps = list(imported(path, source_name, unit_map=unit_map, mapping=mapping, **wishes))
    last = steps[-1] if steps else Progress()
    rejects = [(one.line, one.reason) for step in steps for one in step.rejects]
    assert last.rejected == len(rejects)
    return last.added, last.known, rejects


def imported(
    path: Path,
    source_name: str = "",
    *,
    unit_map: dict[str, str] | None = None,
    mapping: dict[str, str] | None = None,
    **wishes: Any,
) -> list[Progress]:
    source = open_source(path, mapping, now=MONDAY)
    name = source_name or (source.channel if source.channel != "import" else source.shape)
    terms = Terms(name, source.digest, source.shape, SHANGHAI, unit_map or {})
    return list(bring_in(source, Wishes(terms, **wishes), name=path.name, by=SYSTEM, clock=lambda: MONDAY))


def rejects_of(steps: list[Progress]) -> list[Reject]:
    return [one for step in steps for one in step.rejects]


def order_of(external: str) -> Order:
    """The order that has this number in the other system."""
    number = sql.value("SELECT number FROM external WHERE external = %s", (external,))
    found = orders.load(number)
    assert found is not None
    return found[0].order


def words_of(order: Order) -> dict[str, str]:
    """What the order's first event keeps sealed, by field."""
    return {name: text for (seq, name), text in orders.texts(order.number).items() if seq == 1}


def tables() -> dict[str, int]:
    """How many rows each table has, and how far each sequence has come."""
    names = sql.rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT')"
    )
    counts = {name: sql.value(f'SELECT count(*) FROM "{name}"') for (name,) in names}
    return {**counts, **dict(sql.rows("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences"))}


def count(table: str) -> int:
    return int(sql.value(f"SELECT count(*) FROM {table}"))
