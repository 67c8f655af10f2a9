"""The intake desk: one screen used while talking. What happened first, then where, what it is, who; the caller, orders
like this one and knowledge beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiesu.domain import words
from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules
from jiesu.store import articles, calls, city_map, matters, orders, places
from jiesu.store.rows import current_clock
from jiesu.web.frame import failures, said
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.web.intake import asked, beside
from jiesu.web.intake.asked import Given
from jiesu.web.order import forms
from jiesu.workflow import telling
from jiesu.workflow.telling import Answer

_MOMENT = timedelta(minutes=5)
_FRESH = {"channel": "phone", "urgency": "normal"}


def _sits(who: Person) -> bool:
    return bool({"agent", "dispatcher"} & set(who.roles))


@signed_in
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, who: Person) -> HttpResponse:
    """The desk, and what comes of its form."""
    if not _sits(who):
        return failures.forbidden(request)
    if request.method == "GET":
        return _fresh(request, who)
    given = asked.given_in(request)
    if "look" in request.POST or "use" in request.POST:
        return _looked(request, who, given)
    try:
        sent = forms.files_in(request, asked.FACTS, by=who.actor.id, now=who.now)
        given.values.update(forms.kept_of(sent))
        taken = telling.take_down(
            by=who.actor,
            now=who.now,
            facts={**sent, **forms.facts_in(request, asked.FACTS)},
            demander=asked.demander_in(given),
            call=asked.number_in(given, "call"),
            after=asked.number_in(given, "after"),
            like=asked.number_in(given, "like"),
            answer=_answer_in(request, given),
        )
    except (Refused, NotFound, Conflict) as no:
        given.errors[getattr(no, "field", None) or ""] = no.message
        return _page(request, who, given, status=422)
    then = {"done": taken.order.number, "call": given.get("call"), "again": "1" * (request.POST.get("do") == "again")}
    return HttpResponseRedirect(f"{reverse('register')}?{urlencode({k: v for k, v in then.items() if v})}")


def _draft(given: Given) -> str:
    """Under which name words that are not sent yet are kept: each call has its own."""
    return f"register.{given.get('call')}" if given.get("call").isdecimal() else "register"


def _answer_in(request: HttpRequest, given: Given) -> Answer | None:
    if request.POST.get("do") != "answer":
        return None
    if not given.get("public_reply"):
        raise Refused("请写明答复内容", field="public_reply")
    return Answer(given.get("public_reply"), given.get("article"))


def _fresh(request: HttpRequest, who: Person) -> HttpResponse:
    """An empty form, with who is on the phone now, or with who and where of the order just taken down."""
    given = Given(dict(_FRESH))
    done = request.GET.get("done", "")
    if done.isdecimal() and request.GET.get("again"):
        try:
            held = telling.again(int(done), by=who.actor, now=who.now)
        except (Refused, NotFound) as no:
            given.errors[""] = no.message
        else:
            known = held.demander
            given.values.update({name: getattr(known, name) for name in asked.DEMANDER} if known else {})
            given.values.update(place=held.place, region=held.order.region, channel=held.order.channel, after=done)
    return _page(request, who, given, done=_done(done, who))


def _done(number: str, who: Person) -> tuple[Order, str] | None:
    """An order that was taken down a moment ago, and what comes next."""
    found = orders.load(int(number)) if number.isdecimal() and len(number) < 19 else None
    if found is None:
        return None
    order = found[0].order
    if order.received_at is None or who.now - order.received_at > _MOMENT:
        return None
    if order.state == "closed":
        return order, "已直接答复，办结"
    clock = current_clock(order)
    return order, f"请在{said.when(clock.due, who.now)}受理" if clock else ""


def _looked(request: HttpRequest, who: Person, given: Given) -> HttpResponse:
    """The form with all that stands beside it, for a browser without scripts; an article taken over for an answer."""
    rules = asked.rules_in(request)
    found = articles.get(request.POST.get("use", "")) if "use" in request.POST else None
    if found is not None:
        given.values.update(article=found.code, public_reply=found.body)
    shown: dict[str, Any] = {
        "known": beside.of_caller(given.get("phone"), who, rules),
        "beside": beside.of_form(given, who, rules),
        "suggested": places.complete(given.get("place")) if given.get("place") else [],
    }
    return _page(request, who, given, **shown)


def _page(request: HttpRequest, who: Person, given: Given, status: int = 200, **more: Any) -> HttpResponse:
    shown = around(request, who, desk="intake")
    rules: Rules = shown["rules"]
    talk = calls.pop(who.actor.id, now=who.now) if who.actor.has("agent") else None
    if talk and not given.get("phone") and not given.get("call"):
        given.values.update(call=str(talk.call), phone=talk.phone)
    shown.update(
        given=given,
        talk=talk if talk and given.get("call") == str(talk.call) else None,
        draft=_draft(given),
        kinds=list(words.KINDS.items()),
        urgencies=list(words.URGENCIES.items()),
        channels=list(words.CHANNELS.items()),
        regions=forms.regions(rules),
        shapes=city_map.shapes(rules),
        known=beside.unknown(),
        beside=beside.nothing(),
    )
    return answer(request, "intake/desk.html", {**shown, **more}, status=status)


# -- parts of the page


@signed_in
@require_POST
def caller(request: HttpRequest, who: Person) -> HttpResponse:
    """What a caller brought before, open orders first; a part of the page. The number travels in the body."""
    if not _sits(who):
        return failures.forbidden(request)
    return _caller(request, who)


def _caller(request: HttpRequest, who: Person, **more: Any) -> HttpResponse:
    rules = asked.rules_in(request)
    known = beside.of_caller(request.POST.get("phone", ""), who, rules)
    given = {**bare(request, who), "known": known, "asked": bool(request.POST.get("phone", "").strip())}
    return render(request, "intake/_caller.html", {**given, "call": request.POST.get("call", ""), **more})


@signed_in
@require_POST
def chase(request: HttpRequest, who: Person) -> HttpResponse:
    """A contact about an open order; the caller's part again, or back to the desk."""
    if not _sits(who):
        return failures.forbidden(request)
    given = asked.given_in(request)
    number = request.POST.get("number", "")
    try:
        if not number.isdecimal():
            raise Refused("请核对工单号")
        call, note = asked.number_in(given, "call"), request.POST.get("note", "")
        taken = telling.chase(int(number), by=who.actor, now=who.now, note=note, call=call)
    except (Refused, NotFound, Conflict) as no:
        return (
            _caller(request, who, wrong=no.message)
            if is_part(request)
            else failures.page(request, 422, "没有催单", f"{no.message}。请返回上一页再试。")
        )
    if not is_part(request):
        return HttpResponseRedirect(f"{reverse('register')}?chased={taken.order.number}")
    return _caller(request, who, chased=taken.order)


@signed_in
@require_POST
def told(request: HttpRequest, who: Person) -> HttpResponse:
    """Orders like what is being told, knowledge for it, what the catalog would do, suggestions; a part of the page."""
    if not _sits(who):
        return failures.forbidden(request)
    rules = asked.rules_in(request)
    found = beside.of_form(asked.given_in(request), who, rules)
    return render(request, "intake/_beside.html", {**bare(request, who), "beside": found, "rules": rules})


@signed_in
@require_POST
def find_place(request: HttpRequest, who: Person) -> HttpResponse:
    """Places that the words may mean, as options of the field."""
    if not _sits(who):
        return failures.forbidden(request)
    found = [beside.option(one) for one in places.complete(request.POST.get("place", ""))]
    return render(request, "intake/_options.html", {"options": found})


@signed_in
@require_POST
def find_matter(request: HttpRequest, who: Person) -> HttpResponse:
    """Matters that the words may mean, as options of the field."""
    if not _sits(who):
        return failures.forbidden(request)
    tree = matters.tree(asked.rules_in(request))
    found = tree.find(request.POST.get("matter", ""), limit=10)
    options = [{"value": beside.spoken(one), "label": one.name, "why": " / ".join(one.path[:-1])} for one in found]
    return render(request, "intake/_options.html", {"options": options})


@signed_in
@require_GET
def tree(request: HttpRequest, who: Person) -> HttpResponse:
    """One level of the tree of matters, with the way up."""
    if not _sits(who):
        return failures.forbidden(request)
    held = matters.tree(asked.rules_in(request))
    at = held.get(request.GET.get("at", ""))
    levels = [held.get(".".join(at.code.split(".")[:n])) for n in range(1, len(at.code.split(".")) + 1)] if at else []
    given = {**bare(request, who), "at": at, "levels": levels, "children": held.children(at.code if at else "")}
    return render(request, "intake/_tree.html", given)


@signed_in
@require_GET
def article(request: HttpRequest, who: Person, code: str) -> HttpResponse:
    """The whole of an article; a part of the page."""
    if not _sits(who):
        return failures.forbidden(request)
    found = articles.get(code)
    if found is None:
        return failures.not_found(request)
    return render(request, "intake/_article.html", {**bare(request, who), "article": found})
