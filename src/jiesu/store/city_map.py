"""The simple map: the city's regions as shapes on a square of 1000 by 1000, read once and kept by a process."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final

from jiesu.domain.rules import Rules
from jiesu.store import sql
from jiesu.store.documents import read_data

KEPT: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Shape:
    """One region. ``points`` as SVG writes them; ``depth``: 0 the city, 1 below it, and so on."""

    code: str
    name: str
    kind: str
    depth: int
    points: str
    x: float
    y: float


_held: dict[str, tuple[float, tuple[Shape, ...]]] = {}
_lock = Lock()


def shapes(rules: Rules) -> tuple[Shape, ...]:
    """The city's regions with a shape, wider ones first. One statement the first time, none while they are kept."""
    with _lock:
        made, held = _held.get(rules.id, (0.0, None))
        if held is not None and monotonic() - made < KEPT:
            return held
    rows = sql.rows("SELECT code, name, kind, polygon::text, centre::text FROM region ORDER BY code")
    found = []
    for code, name, kind, polygon, centre in rows:
        points, middle = read_data(polygon), read_data(centre)
        if points and len(middle) == 2:
            drawn = " ".join(f"{x},{y}" for x, y in points)
            found.append(Shape(code, name, kind, _depth(code, rules), drawn, float(middle[0]), float(middle[1])))
    built = tuple(sorted(found, key=lambda one: (one.depth, one.code)))
    with _lock:
        _held.clear()
        _held[rules.id] = (monotonic(), built)
    return built


def _depth(code: str, rules: Rules) -> int:
    depth, above = 0, rules.regions.get(code, {}).get("parent")
    while above and depth < 8:
        depth, above = depth + 1, rules.regions.get(above, {}).get("parent")
    return depth
