"""City data as files: exported as they are, imported after a look at every line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiesu.channels import city_files
from jiesu.channels.files.records import FileProblem
from jiesu.domain.administration import cells
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import FILED, KINDS, Kind, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.errors import Refused
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store.administration import lines, shelves
from jiesu.web.admin.seat import address_of, administrators, seated
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person
from jiesu.workflow.administration import files
from jiesu.workflow.administration.files import CHANGED, GONE, NEW, SAME, WRONG, Seen

_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
_SHOWN: Final = 300
_CLASSES: Final = {NEW: "good", CHANGED: "amber", GONE: "amber", WRONG: "red", SAME: ""}


def _kind(name: str) -> Kind:
    if name not in FILED:
        raise Http404
    return KINDS[name]


@administrators
@require_GET
def export(request: HttpRequest, who: Person, kind: str, shape: str) -> HttpResponse:
    """All things of a kind as a file."""
    if shape not in city_files.FORMATS:
        raise Http404
    one = _kind(kind)
    content = city_files.write(one, _things(kind), Names(rules_store.current()), shape, who.now)
    response = HttpResponse(content, content_type=_TYPES[shape])
    file_name = f"{one.zh}-{who.now.astimezone(CITY_ZONE):%Y%m%d-%H%M}.{shape}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    return response


def _things(kind: str) -> Iterable[Thing]:
    if kind == "catalog":
        return [one.thing for held in lines.every().values() for one in held if not one.void]
    return list(shelves.of(kind).every().values())


@administrators
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, who: Person, kind: str) -> HttpResponse:
    """Choose a file; posted: every line of it against the city, nothing written."""
    one = _kind(kind)
    if request.method == "GET":
        return _page(request, who, one)
    since, rest = request.POST.get("since", ""), bool(request.POST.get("rest"))
    upload = request.FILES.get("file")
    try:
        if upload is None or isinstance(upload, list):
            raise Refused("请先选择文件", field="file")
        if (upload.size or 0) > city_files.MOST_BYTES:
            raise Refused(f"文件超过 {city_files.MOST_BYTES // 1_000_000} MB，请分开导入", field="file")
        day = cells.day_of(since) if since else who.now.astimezone(CITY_ZONE).date()
        found = city_files.read(one, upload.name or "", upload.read(), Names(rules_store.current()))
        seen = files.look_through(kind, upload.name or "", found.rows, since=day, rest=rest, by=who.actor, now=who.now)
    except (Refused, BadValue, FileProblem) as no:
        return _page(request, who, one, problem=getattr(no, "message", str(no)), status=422)
    return _page(request, who, one, seen=seen, ignored=found.ignored, status=422 if seen.count(WRONG) else 200)


@administrators
@require_POST
def take_over(request: HttpRequest, who: Person, kind: str) -> HttpResponse:
    """Make the changes of the file that was looked through."""
    one = _kind(kind)
    checked = request.POST.get("checked", "")
    try:
        saved = files.take_over(kind, by=who.actor, now=who.now, reason=request.POST.get("reason", ""), checked=checked)
    except Refused as no:
        return _again(request, who, one, no)
    if kind == "staff":
        return HttpResponseRedirect(f"{address_of('staff')}?done=import&state=on")
    batch = f"?batch={saved.batch}" if saved.batch else ""
    return HttpResponseRedirect(f"{reverse('admin-history')}{batch}")


def _again(request: HttpRequest, who: Person, kind: Kind, no: Refused) -> HttpResponse:
    """The lines once more, as they stand now, with what kept them from being taken over."""
    try:
        seen: Seen | None = files.look_again(kind.name, by=who.actor, now=who.now)
    except Refused:
        seen = None
    said = "看过之后本市资料又被改过，下面是按现在重新比对的结果" if no.code == "unchecked" else no.message
    status = 409 if no.code in ("unchecked", "overtaken") else 422
    return _page(request, who, kind, seen=seen, problem=said, status=status, reason=request.POST.get("reason", ""))


def _page(
    request: HttpRequest,
    who: Person,
    kind: Kind,
    *,
    seen: Seen | None = None,
    ignored: Iterable[str] = (),
    problem: str = "",
    reason: str = "",
    status: int = 200,
) -> HttpResponse:
    given = seated(request, who, kind.name)
    today: date = who.now.astimezone(CITY_ZONE).date()
    given.update(
        kind=kind,
        seen=seen,
        problem=problem,
        reason=reason,
        ignored=list(ignored),
        today=today.isoformat(),
        since=request.POST.get("since") or today.isoformat(),
        planned=kind.planned or kind.name == "catalog",
        may_rest=kind.removable or kind.field("active") is not None,
        formats=city_files.FORMATS,
        **(_told(seen) if seen else {}),
    )
    return answer(request, "admin/import.html", given, status=status)


def _told(seen: Seen) -> dict[str, Any]:
    """Wrong lines first, then what would change; what stays the same is only counted."""
    order = {WRONG: 0, GONE: 1, NEW: 2, CHANGED: 3}
    shown = sorted(
        (one for one in seen.lines if one.standing in order), key=lambda one: (order[one.standing], one.line)
    )
    return {
        "rows": [(one, _CLASSES[one.standing]) for one in shown[:_SHOWN]],
        "more": max(0, len(shown) - _SHOWN),
        "counts": [(zh, seen.count(zh), _CLASSES[zh]) for zh in (WRONG, NEW, CHANGED, GONE, SAME)],
        "wrong": seen.count(WRONG),
    }
