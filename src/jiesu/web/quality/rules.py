"""The plan and the score sheets: what holds now and what is to come, to read, to save as files, and to exchange."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.inspecting import PARTS_ZH, SUBJECTS, Sheet
from jiesu.domain.quality_plan import HEADS, Plan
from jiesu.store import quality_rules
from jiesu.store.names import of_actor
from jiesu.store.quality_rules import NAMES, PLAN, Reading
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.quality.pages import oversees, tabs
from jiesu.workflow import quality_rules as verbs
from jiesu.workflow import quality_sampling

_ZH: Final = {PLAN: "抽检方案", **{code: f"{zh}评分表" for code, zh in SUBJECTS.items()}}
_LARGEST_FILE: Final = 200_000
_SAID: Final = {"today": "已换用新的一版，今天起生效。", "later": "已存下新的一版，到生效日起用。"}


@dataclass(frozen=True, slots=True)
class Version:
    """One reading of a document: ``stands`` says whether it holds, is to come, or is past."""

    reading: Reading
    by: str
    stands: str


@dataclass(frozen=True, slots=True)
class Document:
    """The plan or a sheet: the reading that holds, and all there were."""

    name: str
    zh: str
    plan: Plan | None
    sheet: Sheet | None
    parts: list[tuple[str, list[Any]]]
    versions: list[Version]
    problem: str


def may_see(who: Person) -> bool:
    return oversees(who) or verbs.may_keep(who.actor)


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    return _page(request, who)


def _page(request: HttpRequest, who: Person, *, problem: str = "", of: str = "", status: int = 200) -> HttpResponse:
    if not may_see(who):
        return failures.forbidden(request)
    given = around(request, who, desk="quality")
    today = quality_sampling.today(who.now)
    held, readings = quality_rules.in_force(today), quality_rules.readings()
    given.update(
        tabs=tabs(who, given, "quality-rules") if oversees(who) else [],
        documents=[_document(name, held.get(name), readings, today, problem if name == of else "") for name in NAMES],
        keeps=verbs.may_keep(who.actor),
        today=today,
        heads=HEADS,
        written=request.POST.dict(),
        said=_SAID.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "quality/rules.html", given, status=status)


def _document(name: str, version: int | None, readings: list[Reading], today: date, problem: str) -> Document:
    plan = quality_rules.plan(version) if version and name == PLAN else None
    sheet = quality_rules.sheet(name, version) if version and name != PLAN else None
    parts = [(zh, [one for one in sheet.items if one.part == code]) for code, zh in PARTS_ZH.items()] if sheet else []
    versions = [Version(one, of_actor(one.by), _stands(one, version, today)) for one in readings if one.name == name]
    return Document(name, _ZH[name], plan, sheet, [one for one in parts if one[1]], versions, problem)


def _stands(one: Reading, version: int | None, today: date) -> str:
    if one.version == version:
        return "现行"
    return "待生效" if one.since > today else "已停用"


@signed_in
@require_GET
def file(request: HttpRequest, who: Person, name: str) -> HttpResponse:
    """The reading that holds today as a file, to be changed and brought back."""
    if not may_see(who):
        return failures.forbidden(request)
    version = quality_rules.in_force(quality_sampling.today(who.now)).get(name)
    if version is None:
        return failures.not_found(request)
    text = json.dumps(quality_rules.body(name, version), ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quality-{name}-{version}.json"'
    return response


@signed_in
@require_POST
def publish(request: HttpRequest, who: Person, name: str) -> HttpResponse:
    """Another reading from a file, from the day that the form says."""
    try:
        since = _since(request.POST.get("since", ""))
        verbs.publish(name, _doc(request), since=since, by=who.actor, now=who.now, note=request.POST.get("note", ""))
    except Forbidden as no:
        return failures.page(request, 403, "不能修改", no.message)
    except Refused as no:
        return _page(request, who, problem=no.message, of=name, status=422)
    done = "today" if since <= quality_sampling.today(who.now) else "later"
    return HttpResponseRedirect(f"{reverse('quality-rules')}?done={done}")


def _since(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("请填写生效日期", field="since") from None


def _doc(request: HttpRequest) -> Any:
    sent = request.FILES.get("file")
    if sent is None or sent.size is None or sent.size > _LARGEST_FILE:
        raise Refused("请选择不超过 200 KB 的 JSON 文件；可以先点“存为文件”，改好再传上来", field="file")
    try:
        return json.loads(sent.read().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError):
        raise Refused("这个文件不是 JSON，或不是 UTF-8 编码，没有保存", field="file") from None
