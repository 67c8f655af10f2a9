"""The paper of an order (工单) as .docx and PDF: what its reader may see, masked unless he says what it is for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from jiesu.domain import privacy, words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import files
from jiesu.store.datadir import DataDir
from jiesu.web.frame import failures
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order.page import nowhere
from jiesu.web.order.sheet import Sheet, Told, sheet
from jiesu.web.order.thumbnails import thumbnail
from jiesu.web.order.way import Stop
from jiesu.web.papers import setting
from jiesu.workflow.papers import take_paper

OWN: Final = "templates/工单.docx"
"""Where a city lays a .docx of its own, beneath the data directory."""
_MOST_PHOTOS: Final = 6
_PHOTO: Final = (720, 540)


@dataclass(frozen=True, slots=True)
class Row:
    """One event on paper."""

    at: str
    who: str
    said: str
    took: list[str]
    details: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Photo:
    name: str
    content: bytes


@dataclass(slots=True)
class Paper:
    """What stands on the paper, all of it text."""

    number: str
    city: str
    title: str
    state: str
    facts: list[tuple[str, str]]
    text: str
    legs: list[tuple[str, str, str, str]]
    limits: list[str]
    way: list[Row]
    printed: str
    photos: list[Photo] = field(default_factory=list)


@signed_in
@require_POST
def take(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The paper as a file; that it was taken is kept before it is made."""
    form, personal = request.POST.get("form", ""), request.POST.get("personal") == "yes"
    reason = request.POST.get("reason", "")
    try:
        shown = sheet(request, who, number, moves=False, related=False)
        open_fields = shown.open_fields if personal else []
        taken = take_paper(shown.order, form, open_fields, by=who.actor, now=who.now, reason=reason)
    except NotFound:
        return nowhere(request, number)
    except Forbidden as refused:
        return failures.page(request, 403, "不能打印", refused.message)
    except Refused as refused:
        return failures.page(request, 422, "还不能打印", refused.message)
    paper = paper_of(shown, who, taken, personal=bool(open_fields))
    content = pdf(paper) if form == "pdf" else docx(paper)
    response = HttpResponse(content, content_type=setting.TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{number}.{form}"'
    return response


def paper_of(shown: Sheet, who: Person, taken: int, *, personal: bool) -> Paper:
    """What stands on the paper. Not ``personal``: names, numbers and what free words hold of them are masked."""
    keep = _as_is if personal else privacy.mask_text
    printed = f"打印：{who.name}（{who.roles_zh}） {_time(who.now)}，第 {taken} 号"
    return Paper(
        number=str(shown.number),
        city="12345 热线",
        title=keep(shown.title),
        state=_state(shown),
        facts=_facts(shown, personal),
        text=keep(shown.text.value),
        legs=[
            (one.name, "牵头" if one.leg.lead else "配合", words.zh(words.LEG_STATES, one.leg.state), _time(one.leg.at))
            for one in shown.legs
        ],
        limits=[
            f"{f'{one.unit} ' if one.unit else ''}{one.name}：{_time(one.clock.due)} 前"
            f"{'（已超期）' if one.clock.late(shown.now) else ''}"
            for one in shown.line.ahead
        ],
        way=[_row(one, shown, keep) for one in shown.line.stops],
        printed=printed if personal or not shown.open_fields else f"{printed}，个人信息已隐去",
        photos=_photos(shown),
    )


def _as_is(text: str) -> str:
    return text


def _state(shown: Sheet) -> str:
    said = words.zh(words.STATES, shown.order.state)
    return f"{said}：{words.zh(words.OUTCOMES, shown.order.outcome)}" if shown.order.outcome else said


def _facts(shown: Sheet, personal: bool) -> list[tuple[str, str]]:
    order = shown.order
    place = shown.place if personal else privacy.mask_text(shown.place)
    facts = [
        ("类型", words.zh(words.KINDS, order.kind) or "未定"),
        ("紧急程度", words.zh(words.URGENCIES, order.urgency)),
        ("事项", shown.matter or "未定"),
        ("渠道", words.zh(words.CHANNELS, order.channel)),
        ("区域", shown.region or "未定"),
        ("地点", place),
        ("登记时间", _time(order.received_at)),
        ("保密", "是" if order.secret else "否"),
    ]
    facts += [(one.label, _personal(one, personal)) for one in shown.demander]
    # Two pairs stand in a line.
    return facts if len(facts) % 2 == 0 else [*facts, ("", "")]


def _personal(one: Told, personal: bool) -> str:
    if personal or one.sight != "full" or one.name not in privacy.FIELDS:
        return one.value
    return privacy.shown(one.name, one.value, "masked")


def _row(stop: Stop, shown: Sheet, keep: Any) -> Row:
    said = stop.said if not stop.state else f"{stop.said} → {stop.state}"
    took = [
        f"{one.name}用时 {one.took}{f'，限 {one.limit}' if one.limit else ''}{f'，{one.late}' if one.late else ''}"
        for one in stop.timings
    ]
    took += [f"{one.unit}{one.name}时限改为 {_time(one.due)} 前" for one in stop.starts if one.moved]
    details = [(label, keep(value)) for label, value in stop.details]
    names = "、".join(shown.kept[digest].name for digest in stop.files if digest in shown.kept)
    if names:
        details.append(("附件", names))
    who = " ".join(part for part in (stop.unit, stop.who) if part)
    return Row(_time(stop.at), who, said, took, details)


def _photos(shown: Sheet) -> list[Photo]:
    found: list[Photo] = []
    for digest in shown.pictures:
        kept = shown.kept.get(digest)
        if kept is None or not kept.picture or len(found) >= _MOST_PHOTOS:
            continue
        try:
            drawn = thumbnail(files.read(digest)[1], _PHOTO, quality=72)
        except NotFound:
            continue
        if drawn:
            found.append(Photo(kept.name, drawn))
    return found


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" if at else ""


# -- the two forms


def pdf(paper: Paper) -> bytes:
    """The paper as PDF, in the fonts that the installation carries."""
    made: bytes = typeset(paper, "pdf")
    return made


def typeset(paper: Paper, form: Literal["pdf", "png"], **how: Any) -> Any:
    """The paper set by typst: bytes of a PDF, or of one PNG for each page."""
    content = asdict(paper)
    for photo in content["photos"]:
        photo["content"] = list(photo["content"])
    return setting.typeset("order.typ", content, form, **how)


def docx(paper: Paper) -> bytes:
    """The paper as .docx: the city's own template where there is one, else the one that comes along."""
    from docx.shared import Mm  # noqa: PLC0415 - loaded when somebody prints
    from docxtpl import DocxTemplate, InlineImage  # noqa: PLC0415

    own = DataDir.choose().root / OWN
    template = DocxTemplate(own if own.exists() else setting.PAPERS / "order.docx")
    given = {one: getattr(paper, one) for one in Paper.__slots__}
    given["pairs"] = list(zip(paper.facts[::2], paper.facts[1::2], strict=True))
    given["photos"] = [InlineImage(template, BytesIO(one.content), width=Mm(54)) for one in paper.photos]
    template.render(given, autoescape=True)
    made = BytesIO()
    template.save(made)
    return made.getvalue()
