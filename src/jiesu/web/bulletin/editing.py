"""One edition: read with what was changed, written to, issued, corrected; its papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.assessment.bulletin import content, papers
from jiesu.assessment.bulletin import editions as verbs
from jiesu.domain.bulletins import EDITIONS, SECTIONS, filled
from jiesu.domain.daily import moment_words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.readings import plain
from jiesu.domain.windows import Window
from jiesu.store import editions, names
from jiesu.store.editions import Edition, Reading
from jiesu.web.bulletin import shown
from jiesu.web.bulletin.seat import DRAFTS, READERS, has, surrounded, window_of
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.papers import setting

_DONE: Final = {
    "make": "已起草。段落可以改，数字跟着数据走。",
    "text": "已存下，上一稿也留着。",
    "renew": "数字已换成现在的，文字没有动。",
    "issue": "已发布。正文、数字和三种文件从此不变。",
    "correct": "更正已发布，原来的一次也留着。",
}


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, code: str) -> HttpResponse:
    """An edition as it would be printed, with what was changed; ``?edit=1``: its fields; ``?no=``: an earlier reading.
    At most six statements."""
    return _page(request, who, code)


def _page(
    request: HttpRequest,
    who: Person,
    code: str,
    given_texts: Mapping[str, str] | None = None,
    wrong: Refused | None = None,
    mode: str = "",
) -> HttpResponse:
    if not has(who, READERS):
        return failures.forbidden(request)
    window = window_of(code)
    asked = request.GET.get("no", "")
    kept = editions.edition(window, int(asked) if asked.isdecimal() and len(asked) < 6 else None) if window else None
    if kept is None or not (kept.issues or has(who, DRAFTS)):
        return failures.page(request, 404, "没有这份通报", "请从“通报”里选一份。")
    given = surrounded(request, who, "editions")
    mode = mode or _mode(request, who, kept)
    told = editions.readings(kept.window) if given["drafts"] else []
    last = kept.no == kept.last
    found = verbs.printed(kept, who.now) if last else verbs.made(kept, who.now)
    tracks = mode == "" and given["drafts"] and not kept.issues and request.GET.get("clean") != "1"
    upto = [one for one in told if one.no <= kept.no]
    marks = shown.changes(upto, found.figures, moment_words) if tracks else {}
    given.update(
        kept=kept,
        zh=EDITIONS[kept.window.span],
        mode=mode,
        found=found,
        blocks=shown.blocks(found, marks),
        annexes=[shown.Shown("table", one.title, table=one) for one in found.annexes],
        changed=bool(marks),
        tracks=tracks,
        readings=[*reversed(told)],
        last=last,
        writer=next((one.name for one in told if one.no == kept.no), ""),
        fields=_fields(kept, _over(request, kept, told, given_texts), wrong) if mode else [],
        figures=sorted(kept.base["figures"].items()) if mode else [],
        stale=not kept.issues and kept.final != kept.publication,
        news=bool(kept.issues) and kept.corrected is not None and kept.corrected != kept.issues[-1].publication,
        writes=verbs.writes(who.actor) and not kept.issues and last,
        issues=verbs.issues(who.actor),
        issued=[(one, names.of_actor(one.by)) for one in kept.issues],
        reason=request.POST.get("reason", ""),
        wrong=wrong.message if wrong else "",
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "bulletin/edition.html", given, status=422 if wrong else 200)


def _mode(request: HttpRequest, who: Person, kept: Edition) -> str:
    """Whether the page is read, edited or corrected."""
    if kept.no != kept.last:
        return ""
    if request.GET.get("edit") == "1" and verbs.writes(who.actor) and not kept.issues:
        return "edit"
    return "correct" if request.GET.get("correct") == "1" and verbs.issues(who.actor) and kept.issues else ""


def _over(
    request: HttpRequest, kept: Edition, told: Sequence[Reading], given: Mapping[str, str] | None
) -> tuple[Mapping[str, str], dict[str, str]]:
    """What the fields hold: what was written, where its writer changed it, over what somebody else has saved since he
    began; and of sections that both changed, what the other one wrote."""
    if given is None:
        return kept.texts, {}
    began = next((one.texts for one in told if one.no == _seen(request)), kept.texts)
    mine = {name: text for name, text in given.items() if plain(text) != began.get(name, "")}
    figures = kept.base["figures"]
    clashes = {
        name: f"别人刚把这一段改成：{filled(kept.texts.get(name, ''), figures) or '（清空）'}"
        for name in mine
        if kept.texts.get(name) not in (began.get(name), plain(mine[name]))
    }
    return {**kept.texts, **mine}, clashes


def _fields(kept: Edition, held: tuple[Mapping[str, str], dict[str, str]], wrong: Refused | None) -> list[shown.Field]:
    texts, clashes = held
    said = {wrong.field: wrong.message} if wrong and wrong.field else {}
    return shown.fields(content.read(kept.base), texts, clashes | said)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {section: request.POST[section] for section in SECTIONS if section in request.POST}


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 6 else -1


def _taken(
    request: HttpRequest, who: Person, code: str, name: str, verb: Callable[[Window], object], mode: str = ""
) -> HttpResponse:
    """Call a verb; back to the page, or the form again with what is wrong."""
    window = window_of(code)
    if window is None:
        return failures.not_found(request)
    try:
        verb(window)
    except Forbidden:
        return failures.forbidden(request)
    except NotFound:
        return failures.not_found(request)
    except Refused as no:
        return _page(request, who, code, _asked(request), no, mode)
    return HttpResponseRedirect(f"{reverse('bulletin-edition', args=[code])}?done={name}")


@signed_in
@require_POST
def text(request: HttpRequest, who: Person, code: str) -> HttpResponse:
    """Another reading of the words."""

    def write(window: Window) -> object:
        return verbs.write(window, _asked(request), seen=_seen(request), by=who.actor, now=who.now)

    return _taken(request, who, code, "text", write, "edit")


@signed_in
@require_POST
def renew(request: HttpRequest, who: Person, code: str) -> HttpResponse:
    """Figures of now under the words."""
    return _taken(request, who, code, "renew", lambda window: verbs.renew(window, by=who.actor, now=who.now))


@signed_in
@require_POST
def issue(request: HttpRequest, who: Person, code: str) -> HttpResponse:
    """发布."""

    def issued(window: Window) -> object:
        return verbs.issue(window, seen=_seen(request), by=who.actor, now=who.now)

    return _taken(request, who, code, "issue", issued)


@signed_in
@require_POST
def correct(request: HttpRequest, who: Person, code: str) -> HttpResponse:
    """更正."""
    reason = request.POST.get("reason", "")

    def corrected(window: Window) -> object:
        return verbs.correct(window, _asked(request), reason=reason, seen=_seen(request), by=who.actor, now=who.now)

    return _taken(request, who, code, "correct", corrected, "correct")


@signed_in
@require_GET
def paper(request: HttpRequest, who: Person, code: str, form: str) -> HttpResponse:
    """An edition as .docx, PDF or .xlsx: the newest reading, once issued as it was issued; ``?no=``: an earlier
    issue."""
    if not has(who, READERS):
        return failures.forbidden(request)
    window = window_of(code)
    kept = editions.edition(window) if window else None
    if kept is None or form not in papers.FORMS or not (kept.issues or has(who, DRAFTS)):
        return failures.not_found(request)
    no = request.GET.get("no", "")
    try:
        found = verbs.printed(kept, who.now, int(no) if no.isdecimal() and len(no) < 6 else None)
    except NotFound:
        return failures.not_found(request)
    return setting.attached(papers.FORMS[form](found), _name(kept, who.now, no), form)


def _name(kept: Edition, now: datetime, no: str) -> str:
    """通报-2026-10; a draft and an earlier issue say that they are."""
    said = "" if kept.issues else f"-草稿{kept.no + 1}"
    return f"通报-{kept.window.code}{f'-第{no}次' if no else said}"
