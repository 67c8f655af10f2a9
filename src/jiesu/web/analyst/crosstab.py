"""A table of counts as a page and a file draw it: named, sorted, bounded, with sums and where each number opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from jiesu.domain import words
from jiesu.domain.rules import Rules
from jiesu.store.analysing import Table
from jiesu.store.counting import next_month
from jiesu.web.analyst.asked import NO_UNIT, Asked
from jiesu.web.order import forms

TITLES: Final = {
    "matter": "事项（二级）",
    "matter1": "事项（一级）",
    "region": "区域",
    "unit": "牵头单位",
    "kind": "类型",
    "month": "月份",
}
MOST_ROWS: Final = 60
MOST_COLUMNS: Final = 14


@dataclass(frozen=True, slots=True)
class Cell:
    n: int
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, its numbers, their sum."""

    name: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class Crosstab:
    """``hidden``: rows that were left out, with the fewest orders; ``folded``: columns likewise."""

    columns: list[str]
    lines: list[Line]
    totals: list[Cell]
    total: Cell
    hidden: int
    folded: int


def crosstab(held: Table, asked: Asked, rules: Rules, *, most: int = MOST_ROWS) -> Crosstab:
    by_row, by_column = _sums(held, 0), _sums(held, 1)
    rows, columns = _sorted(asked, asked.rows, by_row), _sorted(asked, asked.columns, by_column)
    shown, across = _kept(asked.rows, rows, by_row, most), _kept(asked.columns, columns, by_column, MOST_COLUMNS)

    def cell(row: str | None, column: str | None, n: int) -> Cell:
        return Cell(n, _address(asked, row, column))

    lines = [
        Line(
            name(asked.rows, row, rules),
            [cell(row, column, held.cells.get((row, column), 0)) for column in across],
            cell(row, None, by_row.get(row, 0)),
        )
        for row in shown
    ]
    return Crosstab(
        [name(asked.columns, column, rules) for column in across],
        lines,
        [cell(None, column, by_column.get(column, 0)) for column in across],
        cell(None, None, sum(by_row.values())),
        len(rows) - len(shown),
        len(columns) - len(across),
    )


def _sums(held: Table, at: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for codes, n in held.cells.items():
        found[codes[at]] = found.get(codes[at], 0) + n
    return found


def _sorted(asked: Asked, dimension: str, sums: dict[str, int]) -> list[str]:
    """Every month that was asked for, in their order; everything else by how many."""
    if dimension != "month" or not sums:
        return sorted(sums, key=lambda code: (-sums[code], code))
    month, found = asked.first, []
    while month <= asked.last:
        found.append(f"{month:%Y-%m}")
        month = next_month(month)
    return found


def _kept(dimension: str, codes: list[str], sums: dict[str, int], most: int) -> list[str]:
    return codes[-most:] if dimension == "month" else codes[:most]


def name(dimension: str, code: str, rules: Rules) -> str:
    if dimension in ("matter", "matter1"):
        return forms.matter_name(rules, code) if code else "还没有分类"
    if dimension == "region":
        return forms.region_name(rules, code) if code else "没有区域"
    if dimension == "unit":
        return rules.unit_name(code) if code else "没有派单"
    return words.zh(words.KINDS, code) if dimension == "kind" else code


def _address(asked: Asked, row: str | None, column: str | None) -> str:
    """Where a number opens into its orders."""
    given = {"from": f"{asked.first:%Y-%m}", "to": f"{asked.last:%Y-%m}", **asked.filters}
    for dimension, code in ((asked.rows, row), (asked.columns, column)):
        if code is None:
            continue
        if dimension == "month":
            given.update({"from": code, "to": code})
        elif dimension == "unit":
            given["unit"] = code or NO_UNIT
        else:
            given[dimension.removesuffix("1")] = code
    return f"{reverse('analyst-orders')}?{urlencode(given)}"
