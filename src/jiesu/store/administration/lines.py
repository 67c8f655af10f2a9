"""Lines of the dispatch catalog by matter and region, and the succession of one by another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from jiesu.domain.administration.catalog import Line, Succession, flat, nested
from jiesu.domain.administration.kinds import BETWEEN
from jiesu.store import rules, sql
from jiesu.store.models import CatalogLine

_FIELDS = ("lead", "assist", "legal_basis", "handle", "fields", "statutory", "season", "must_lead_by_law")


def of_keys(keys: Collection[str]) -> dict[str, list[Line]]:
    """All lines of these matters and regions (``matter~region``), past and to come. One statement."""
    pairs = [tuple(key.split(BETWEEN, 1)) for key in keys]
    found: dict[str, list[Line]] = {key: [] for key in keys}
    held = CatalogLine.objects.filter(matter__in={matter for matter, _ in pairs}).order_by("effective_from", "id")
    for one in held:
        key = f"{one.matter}{BETWEEN}{one.region}"
        if key in found:
            found[key].append(_line(one))
    return found


def every() -> dict[str, list[Line]]:
    """All lines of the catalog by matter and region."""
    found: dict[str, list[Line]] = {}
    for one in CatalogLine.objects.order_by("matter", "region", "effective_from", "id"):
        found.setdefault(f"{one.matter}{BETWEEN}{one.region}", []).append(_line(one))
    return found


def with_season(name: str, day: date) -> list[str]:
    """The keys of the lines that hold on a day and have a season of this name."""
    return [
        f"{matter}{BETWEEN}{region}"
        for matter, region in sql.rows(
            "SELECT DISTINCT matter, region FROM catalog_line WHERE season ->> 'name' = %s AND effective_from <= %s"
            " AND (effective_to IS NULL OR effective_to >= %s) ORDER BY 1, 2",
            (name, day, day),
        )
    ]


def _line(one: CatalogLine) -> Line:
    return Line(one.id, flat(rules.line_doc(one)))


def put(successions: Sequence[Succession]) -> None:
    """Let these successions happen. Three statements."""
    ends = [end for one in successions for end in one.ends]
    goes = [row for one in successions for row in one.goes]
    if ends:
        sql.run(
            "UPDATE catalog_line SET effective_to = x.last::date FROM unnest(%s::bigint[], %s::text[]) x(id, last)"
            " WHERE catalog_line.id = x.id",
            ([row for row, _ in ends], [last for _, last in ends]),
        )
    if goes:
        sql.run("DELETE FROM catalog_line WHERE id = ANY(%s)", (goes,))
    CatalogLine.objects.bulk_create(_row(one.after) for one in successions if one.after is not None)


def _row(thing: dict[str, Any]) -> CatalogLine:
    doc = nested(thing)
    return CatalogLine(
        matter=doc["matter"],
        region=doc["region"],
        effective_from=date.fromisoformat(doc["effective_from"]),
        effective_to=date.fromisoformat(doc["effective_to"]) if doc["effective_to"] else None,
        **{name: doc[name] for name in _FIELDS},
    )
