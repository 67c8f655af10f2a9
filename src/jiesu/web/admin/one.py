"""One thing of the city: its form, the check of what a change would alter, the confirmation, and what it was before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain.administration import catalog, cells
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import BETWEEN, KINDS, STAFF_ROLES, Kind, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.things import (
    Difference,
    Problems,
    described,
    differences,
    key_parts,
    print_of,
    read,
)
from jiesu.domain.duties import LOCAL
from jiesu.domain.errors import Refused
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store.administration import changes, lines, shelves
from jiesu.store.administration.changes import Kept
from jiesu.store.administration.changes import Wanted as Asked
from jiesu.web import desks
from jiesu.web.admin import controls, people
from jiesu.web.admin.seat import address_of, administrators, seated
from jiesu.web.admin.wording import told, waits
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person
from jiesu.workflow.administration import change
from jiesu.workflow.administration.change import Weighed
from jiesu.workflow.administration.enact import seen_lines
from jiesu.workflow.administration.wanted import PAST, Overtaken, Unsound, Wanted, today_of

_SHOWN: Final = 8


@dataclass(slots=True)
class Editing:
    """A thing being looked at or changed. ``key``: empty for a new one. ``seen``: the print of what stands there."""

    kind: Kind
    key: str
    held: Thing | None
    seen: str
    lines: list[catalog.Line] = field(default_factory=list)
    preset: dict[str, Any] = field(default_factory=dict)
    restored: Kept | None = None

    @property
    def fresh(self) -> bool:
        """Whether the thing may still be given its name."""
        return not self.key and not self.preset

    @property
    def base(self) -> Thing | None:
        """What the form is laid over: the thing that stands there, or a blank one that has its name already."""
        if self.held is not None or not self.preset:
            return self.held
        return {**self.kind.blank(), **self.preset}

    @property
    def draft(self) -> str:
        named = hashlib.sha256((self.key or repr(self.preset)).encode()).hexdigest()[:12]
        return f"admin/{self.kind.name}/{named if self.key or self.preset else 'new'}"


@dataclass(slots=True)
class Sent:
    """What came of a form: what is wrong, what was weighed, what is said above it."""

    wrong: Problems = field(default_factory=dict)
    problem: str = ""
    weighed: Weighed | None = None
    differences: list[Difference] = field(default_factory=list)
    status: int = 200
    away: bool = False
    since: str = ""
    reason: str = ""


@administrators
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, who: Person, kind: str) -> HttpResponse:
    """The form of a new thing."""
    if kind not in KINDS or not KINDS[kind].made or kind in ("day", "year"):
        raise Http404
    editing = Editing(KINDS[kind], "", None, print_of([]) if kind == "catalog" else print_of(None))
    return _page_of(request, who, editing)


@administrators
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, who: Person, kind: str, key: str) -> HttpResponse:
    """A thing with its form and its history."""
    if kind not in KINDS:
        raise Http404
    return _page_of(request, who, _editing(KINDS[kind], key))


def _editing(kind: Kind, key: str) -> Editing:
    if kind.name == "staff":
        key = (shelves.staff_key(int(key)) if key.isdecimal() and len(key) < 10 else None) or ""
    if "\0" in key or len(key) > 120 or not key:
        raise Http404
    if kind.name == "catalog":
        return _line(kind, key)
    if kind.name == "day":
        key = _iso(key)
    held = shelves.get(kind.name, key)
    if held is None:
        return Editing(kind, "", None, print_of(None), preset=_preset(kind, key))
    return Editing(kind, key, held, print_of(held))


def _iso(key: str) -> str:
    try:
        return date.fromisoformat(key).isoformat()
    except ValueError:
        raise Http404 from None


def _preset(kind: Kind, key: str) -> dict[str, Any]:
    if kind.name == "day":
        return {"day": key}
    if kind.name == "year" and key.isdecimal() and 2004 <= int(key) <= 2100:
        return {"year": int(key)}
    raise Http404


def _line(kind: Kind, key: str) -> Editing:
    held = lines.of_keys([key])[key] if BETWEEN in key else []
    rules = rules_store.current()
    matter, region = key_parts("catalog", key) if BETWEEN in key else ("", "")
    if not held and (matter not in rules.matters or (region != "*" and region not in rules.regions)):
        raise Http404
    going = [one_ for one_ in held if not one_.void]
    thing = going[-1].thing if going else None
    preset = {"matter": matter, "region": region}
    return Editing(kind, key, thing, print_of(seen_lines(held)), lines=going, preset=preset)


def _page_of(request: HttpRequest, who: Person, editing: Editing) -> HttpResponse:
    editing.restored = _restored(request, editing)
    if request.method == "GET":
        sent = Sent(away=bool(editing.restored and _to_take_away(editing)))
        sent.reason = _taken_back(editing.restored) if editing.restored else ""
        return _page(request, who, editing, sent, _shown_first(editing))
    return _sent(request, who, editing)


def _restored(request: HttpRequest, editing: Editing) -> Kept | None:
    """The change that is to be taken back, when the address or the form names one of this kind."""
    number = request.POST.get("restores") or request.GET.get("restore", "")
    found = changes.get(int(number)) if number.isdecimal() and len(number) < 18 else None
    return found if found is not None and found.name == editing.kind.name else None


def _to_take_away(editing: Editing) -> bool:
    """To take back that something was added is to take it away."""
    return editing.restored is not None and editing.restored.before is None and editing.kind.removable


def _taken_back(kept: Kept) -> str:
    return f"撤回 {kept.at.astimezone(CITY_ZONE):%m-%d %H:%M} {kept.who}的改动"


def _shown_first(editing: Editing) -> dict[str, Any]:
    """What the form shows when it is opened: the thing, with a change taken back where one is."""
    thing: dict[str, Any] = {**editing.kind.blank(), **editing.preset, **(editing.held or {})}
    kept = editing.restored
    if kept is not None and kept.before is not None:
        # A masked number is not a number: it is not put back.
        before = {name: value for name, value in kept.before.items() if cells.MASK not in str(value)}
        thing.update(before if "season_name" in before or editing.kind.name != "catalog" else catalog.flat(before))
    elif kept is not None and "active" in thing:
        thing["active"] = False
    if editing.kind.name == "catalog":
        # Whoever writes a line from today on does not mean the end that an earlier one came to.
        thing["effective_to"] = None
    return thing


# -- what was sent


def _sent(request: HttpRequest, who: Person, editing: Editing) -> HttpResponse:
    names, step = Names(rules_store.current()), request.POST.get("step", "check")
    param = editing.key if editing.kind.name == "param" else ""
    said = controls.said(editing.kind, request.POST, fresh=editing.fresh, param=param)
    thing, wrong = read(editing.kind, said, names, editing.base)
    away = step.startswith("away")
    sent = Sent(
        {} if away else wrong, since=request.POST.get("since", ""), reason=request.POST.get("reason", ""), away=away
    )
    since = _since(editing.kind, sent, who.now)
    if sent.wrong or since is None:
        sent.status = 422
        return _page(request, who, editing, sent, thing)
    wanted = _wanted(request, editing, None if away else thing, since)
    if step.endswith("save"):
        saved = _save(request, who, editing, wanted, sent)
        if saved is not None:
            return _done(request, who, editing, wanted, saved)
    if not sent.problem and not sent.wrong:
        _check(who, editing, wanted, sent, names)
    if sent.status == 409 and not editing.fresh:
        # What stands there now is what the next check is held against; what was typed stays in the form.
        editing = _editing(editing.kind, _url_key(request))
    return _page(request, who, editing, sent, thing)


def _url_key(request: HttpRequest) -> str:
    assert request.resolver_match is not None  # noqa: S101 - a view is always found by its address
    return str(request.resolver_match.kwargs.get("key", ""))


def _since(kind: Kind, sent: Sent, now: datetime) -> date | None:
    """The day from which the change holds; today for kinds whose things have their own days."""
    if not (kind.planned or kind.name == "catalog") or not sent.since.strip():
        return now.astimezone(CITY_ZONE).date()
    try:
        since = cells.day_of(sent.since)
    except BadValue as bad:
        sent.wrong["since"] = str(bad)
        return None
    if since < today_of(now):
        # Told together with what else is wrong; the verb refuses it in any case.
        sent.wrong["since"] = PAST.format(today=today_of(now).isoformat())
    return since


def _wanted(request: HttpRequest, editing: Editing, thing: Thing | None, since: date) -> Wanted:
    if editing.kind.name == "catalog" and thing is not None:
        thing = {**thing, "effective_from": since.isoformat()}
    restores = editing.restored.id if editing.restored else None
    return Wanted(editing.kind.name, editing.key, thing, since, request.POST.get("seen", ""), restores)


def _check(who: Person, editing: Editing, wanted: Wanted, sent: Sent, names: Names) -> None:
    try:
        sent.weighed = change.check([wanted], by=who.actor, now=who.now)
    except Refused as refused:
        _refused(refused, sent, editing)
        return
    act = sent.weighed.acts[0]
    sent.differences = differences(editing.kind, act.before, act.after, names)


def _save(request: HttpRequest, who: Person, editing: Editing, wanted: Wanted, sent: Sent) -> change.Saved | None:
    """The change saved; None when it was refused, or is not what was checked and has to be checked again."""
    try:
        checked = request.POST.get("checked", "")
        return change.save([wanted], by=who.actor, now=who.now, reason=sent.reason, checked=checked)
    except Refused as refused:
        if refused.code == "unchecked":
            sent.status = 422
            return None
        if refused.field == "reason":
            sent.wrong["reason"], sent.status = refused.message, 422
            return None
        _refused(refused, sent, editing)
        return None


def _refused(refused: Refused, sent: Sent, editing: Editing) -> None:
    sent.status = 409 if isinstance(refused, Overtaken) else 422
    faults = refused.faults if isinstance(refused, Unsound) else []
    for fault in faults:
        if fault.field:
            sent.wrong.setdefault(fault.field, fault.said)
    general = [fault.said for fault in faults if not fault.field]
    sent.problem = "；".join(general) if faults else refused.message
    if isinstance(refused, Overtaken) and editing.fresh:
        sent.problem = "已经有了：别人刚加过，或本来就有。请回到列表打开它，在那里改"


def _done(request: HttpRequest, who: Person, editing: Editing, wanted: Wanted, saved: change.Saved) -> HttpResponse:
    kind = editing.kind
    if kind.name == "staff" and editing.fresh and wanted.after is not None:
        return people.handed_out(request, who, [wanted.after["login"]], "新建账号", draft=editing.draft)
    number = f"done={saved.made[0]}" if saved.made else f"waits={saved.planned[0]}"
    if wanted.after is None and kind.name != "catalog":
        return HttpResponseRedirect(f"{address_of(kind.name)}?{number}&draft={quote(editing.draft, safe='')}")
    key: str | int = wanted.key or kind.key_of(wanted.after or {})
    if kind.name == "staff":
        key = shelves.staff_numbers([str(key)])[str(key)]
    draft = quote(editing.draft, safe="")
    return HttpResponseRedirect(f"{reverse('admin-one', args=[kind.name, key])}?{number}&draft={draft}")


# -- the page


def _page(request: HttpRequest, who: Person, editing: Editing, sent: Sent, thing: dict[str, Any]) -> HttpResponse:
    kind = editing.kind
    given = seated(request, who, kind.name)
    rules: Rules = given["rules"]
    names = Names(rules)
    posted = request.POST if request.method == "POST" else None
    key = kind.key_of(editing.held) if editing.held and kind.name != "catalog" else editing.key
    history = changes.history(Asked(name=kind.name, key=key), _SHOWN) if key else []
    made = controls.controls(kind, thing, names, fresh=editing.fresh, wrong=sent.wrong, posted=posted)
    given.update(
        kind=kind,
        editing=editing,
        title=described(kind, editing.held, names) if editing.held else _new_title(kind, editing, names),
        controls=[one_ for one_ in made if not one_.fixed],
        fixed=[one_ for one_ in made if one_.fixed],
        sent=sent,
        seen=editing.seen,
        planned=kind.planned or kind.name == "catalog",
        today=f"{who.now.astimezone(CITY_ZONE):%Y-%m-%d}",
        since=sent.since or f"{who.now.astimezone(CITY_ZONE):%Y-%m-%d}",
        reason=sent.reason,
        history=[told(kept, names) for kept in history[:_SHOWN]],
        waiting=[waits(one_, names) for one_ in changes.planned(kind.name, key)] if key else [],
        lines=[_line_shown(one_, names, rules.day(who.now)) for one_ in reversed(editing.lines)],
        lists=_lists(kind, rules, names),
        lost=_lost(sent.weighed),
        roles=list(STAFF_ROLES.items()),
        overtaken=told(history[0], names) if sent.status == 409 and history else None,
        done=request.GET.get("done", "") if request.method == "GET" else "",
        waits=request.GET.get("waits", "") if request.method == "GET" else "",
        sent_draft=request.GET.get("draft", "") if request.method == "GET" else "",
        number=_number(request) if kind.name == "staff" else "",
        problem=sent.problem or _unshown(sent.wrong, made),
    )
    return answer(request, "admin/one.html", given, status=sent.status)


def _unshown(wrong: Problems, made: list[controls.Control]) -> str:
    """What is wrong with something that has no field of its own on the page."""
    shown = {one_.name for one_ in made if not one_.fixed} | {"since", "reason"}
    return "；".join(said for name, said in wrong.items() if name not in shown)


def _number(request: HttpRequest) -> str:
    return _url_key(request)


def _new_title(kind: Kind, editing: Editing, names: Names) -> str:
    if kind.name == "catalog" and editing.key:
        return names.title("catalog", editing.key)
    named = str(editing.preset.get("day") or editing.preset.get("year") or "")
    return named or f"新增{kind.zh}"


def _line_shown(line: catalog.Line, names: Names, today: date) -> dict[str, Any]:
    state = "现在有效" if line.first <= today <= line.last else "以后生效" if line.first > today else "已失效"
    thing = line.thing
    limit = cells.written(KINDS["catalog"].field("handle"), thing["handle"], names)  # type: ignore[arg-type]
    return {"state": state, "first": thing["effective_from"], "last": thing["effective_to"] or ""} | {
        "lead": names.lead(thing["lead"]),
        "assist": "、".join(names.unit(code) for code in thing["assist"]),
        "limit": limit or "按类型",
        "season": thing["season_name"],
    }


def _lists(kind: Kind, rules: Rules, names: Names) -> dict[str, list[tuple[str, str]]]:
    """What the fields of this kind offer while one types."""
    wanted = {one_.type for one_ in kind.fields}
    units = [(names.unit(code), code) for code in rules.units]
    found: dict[str, list[tuple[str, str]]] = {}
    if wanted & {"unit", "units", "roles"}:
        found["unit"] = units
    if "lead" in wanted:
        found["lead"] = [(names.lead(LOCAL), ""), *(pair for pair in units if rules.can_handle(pair[1]))]
    if "matter" in wanted:
        found["matter"] = [(names.matter(code), "") for code in sorted(rules.matters)]
    if "region" in wanted:
        found["region"] = [(names.region("*"), ""), *((names.region(code), "") for code in rules.regions)]
    return found


def _lost(weighed: Weighed | None) -> list[str]:
    """The desks that somebody would no longer have."""
    found = []
    for act in weighed.acts if weighed else []:
        if act.wanted.kind == "staff" and act.before is not None and act.after is not None:
            was, now = (
                {role[0] for role in one_["roles"]} if one_["active"] else set() for one_ in (act.before, act.after)
            )
            now_desks = {desk.zh for desk in desks.of(now)}
            found += [desk.zh for desk in desks.of(was) if desk.zh not in now_desks]
    return found
