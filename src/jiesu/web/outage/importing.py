"""Filled sheets as one spreadsheet: the empty one to take away, and what becomes of each row that comes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from jiesu.channels.files import FileProblem, Reject
from jiesu.channels.offline_files import MOST, Row, Sheets
from jiesu.channels.offline_files import blank as empty_book
from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.rules import Rules
from jiesu.store import offline
from jiesu.store import rules as rules_store
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.outage import seats
from jiesu.web.papers import setting
from jiesu.workflow import offline as verbs

_LARGEST: Final = 10 * 2**20


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file and what became of it."""

    line: int
    serial: str
    number: int | None = None
    known: bool = False
    why: str = ""


@signed_in
@require_GET
def blank(request: HttpRequest, who: Person) -> HttpResponse:
    """The empty spreadsheet; with ``?block=`` it holds the numbers of its sheets that are still out."""
    if not seats.sits(who):
        return failures.forbidden(request)
    asked = request.GET.get("block", "")
    held = offline.block(int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    serials: list[int] = []
    if held:
        final = {one.serial for one in offline.marks(held.id) if one.state not in ("out", "lost")}
        serials = [one for one in range(held.first, held.last + 1) if one not in final]
    name = f"补录表-{held.first}-{held.last}" if held else "补录表"
    return setting.attached(empty_book(serials, rules_store.current()), name, "xlsx")


@signed_in
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, who: Person) -> HttpResponse:
    """Check or enter the rows of a file; each row by itself, so that a bad one stops no other."""
    if not seats.enters(who):
        return failures.forbidden(request)
    if request.method == "GET":
        return _page(request, who)
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, who, wrong="请选择填好的补录表（.xlsx）")
    if (sent.size or 0) > _LARGEST:
        return _page(request, who, wrong="文件超过 10 MB，请核对是不是选错了")
    check = request.POST.get("do") != "enter"
    with NamedTemporaryFile(suffix=Path(sent.name or "").suffix.lower() or ".xlsx") as kept:
        kept.write(sent.read())
        kept.flush()
        try:
            sheets = Sheets(Path(kept.name), rules_store.current(), now=who.now)
        except FileProblem as no:
            return _page(request, who, wrong=no.message.replace(Path(kept.name).name, sent.name or "文件").rstrip("。"))
        lines = _lines(sheets, who, check=check)
    return _page(request, who, lines=lines, checked=check)


def _lines(sheets: Sheets, who: Person, *, check: bool) -> list[Line]:
    seen: dict[int, int] = {}
    found = []
    for item in sheets.rows():
        if isinstance(item, Reject):
            found.append(Line(item.line, "", why=item.reason.rstrip("。")))
        elif item.filled.serial in seen:
            why = f"受理单 {item.filled.serial} 在第 {seen[item.filled.serial]} 行已有，没有重复登记"
            found.append(Line(item.line, str(item.filled.serial), why=why))
        else:
            seen[item.filled.serial] = item.line
            found.append(_line(item, who, check=check))
    return found


def _line(row: Row, who: Person, *, check: bool) -> Line:
    serial = str(row.filled.serial)
    try:
        if check:
            made = verbs.look(row.filled, now=who.now, demander=row.demander)
        else:
            made = verbs.enter(row.filled, by=who.actor, now=who.now, demander=row.demander)
    except (Refused, Conflict, NotFound) as no:
        return Line(row.line, serial, why=no.message)
    return Line(row.line, serial, made.number, made.known)


def _page(
    request: HttpRequest, who: Person, *, lines: list[Line] | None = None, checked: bool = False, wrong: str = ""
) -> HttpResponse:
    given = seats.given(request, who, "import")
    held = lines or []
    rules: Rules = given["rules"]
    given.update(
        lines=held,
        read=lines is not None,
        checked=checked,
        taken=sum(1 for one in held if one.number and not one.known),
        known=sum(1 for one in held if one.known),
        refused=sum(1 for one in held if one.why),
        most=MOST,
        wrong=wrong,
        snapshot=rules.id,
    )
    return answer(request, "outage/import.html", given, status=422 if wrong else 200)
