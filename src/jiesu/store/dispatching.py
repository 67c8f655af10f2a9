"""What the dispatch desk reads beside a page of its list: which units gave an order back, how many have led it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Beside:
    """``excluded``: units whose return was agreed; ``tried``: how many units led it so far."""

    state: str
    lead_unit: str | None
    excluded: tuple[str, ...]
    tried: int


def beside(numbers: Sequence[int]) -> dict[int, Beside]:
    """Of each of these orders, as many as there are: one statement over their keys."""
    rows = sql.hot(
        "SELECT number, state, lead_unit, coalesce(doc->'excluded', '[]')::text::json,"
        " jsonb_array_length(coalesce(doc->'tried', '[]')) FROM work_order WHERE number = ANY(%s)",
        (list(numbers),),
    )
    return {number: Beside(state, unit, tuple(excluded), tried) for number, state, unit, excluded, tried in rows}
