"""A list as a file: what its reader may see, masked as on the page, bounded, with how many rows there are."""

from __future__ import annotations

import csv
import io
from typing import Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.domain import clocks, words
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store import worklists
from jiesu.web.frame import failures, lines, queue
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.lines import Line

MOST: Final = 5000
_HEAD: Final = ("工单号", "诉求", "地点", "事项", "区域", "牵头单位", "状态", "结果", "类型", "紧急程度", "涉企") + (
    "催单次数",
    "轮次",
    "登记时间",
    "到期时间",
    "时限",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@signed_in
@require_GET
def csv_of(request: HttpRequest, who: Person, name: str) -> HttpResponse:
    """The rows of a list as CSV that spreadsheets open as they are; the last line tells when rows were left out."""
    chosen = next((one for one in worklists.queues_of(who.roles) if one.name == name), None)
    if chosen is None:
        return failures.not_found(request)
    rules = rules_store.current()
    filters = queue.filters_in(request.GET, rules)
    rows = worklists.page(chosen, units=who.units, now=who.now, filters=filters, limit=MOST)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for row in rows[:MOST]:
        writer.writerow(map(plain, _cells(lines.line(who, row, rules), who)))
    if len(rows) > MOST:
        writer.writerow([f"只导出前 {MOST:,} 张，请加筛选条件分次导出"])
    at = who.now.astimezone(CITY_ZONE)
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    file_name = f"{chosen.zh}-{at:%Y%m%d-%H%M}-{min(len(rows), MOST)}张.csv"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    return response


def _cells(line: Line, who: Person) -> list[str]:
    row = line.row
    due = line.due_at
    return [
        str(row.number),
        line.title or "（不在您的查看范围）",
        line.place,
        line.matter,
        line.region,
        line.unit,
        words.zh(words.STATES, row.state),
        words.zh(words.OUTCOMES, row.outcome),
        words.zh(words.KINDS, row.kind),
        words.zh(words.URGENCIES, row.urgency),
        "是" if row.enterprise else "",
        str(row.chases or ""),
        str(row.round),
        f"{row.received_at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}",
        f"{due.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" if due else "",
        clocks.words(due, who.now) if due else "",
    ]


def plain(cell: str) -> str:
    """A resident's words never start a formula in a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
