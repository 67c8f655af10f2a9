"""Register an order: what happened first, then where, what it is, who; a chase when it is about an open one."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.store import rules as rules_store
from jiesu.store import search
from jiesu.store.people import Known
from jiesu.web import failures, forms
from jiesu.web.gate import Person, frame, signed_in
from jiesu.workflow import intake

FACTS: Final = ("text", "place", "region", "matter", "kind", "urgency", "channel", "title", "anonymous", "secret") + (
    "happened_at",
    "files",
)
DEMANDER: Final = ("name", "phone", "address", "company", "credit_code")


@signed_in
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, who: Person) -> HttpResponse:
    """The form of a new order, and what comes of it."""
    if not {"agent", "dispatcher"} & set(who.roles):
        return failures.forbidden(request)
    if request.method == "GET":
        return _form(request, who, {"channel": "phone", "urgency": "normal", "phone": ""})
    given: dict[str, Any] = forms.given_in(request, FACTS)
    given.update({name: request.POST.get(name, "").strip() for name in DEMANDER})
    try:
        facts = forms.facts_in(request, FACTS, by=who.actor.id, now=who.now)
        facts = {name: value for name, value in facts.items() if value is not False}
        if not facts.get("text"):
            raise Refused("请填写诉求内容", field="text")
        known = Known(**{name: given[name] for name in DEMANDER})
        taken = intake.register(by=who.actor, now=who.now, facts=facts, demander=known)
    except Refused as refused:
        return _form(request, who, given, refused)
    return HttpResponseRedirect(f"{reverse('order', args=[taken.order.number])}?done=register")


def _form(request: HttpRequest, who: Person, given: dict[str, Any], refused: Refused | None = None) -> HttpResponse:
    rules = rules_store.current()
    phone = str(given.get("phone") or "")
    return render(
        request,
        "web/register.html",
        frame(
            who,
            given=given,
            error=refused.message if refused else "",
            field=refused.field if refused else "",
            kinds=list(words.KINDS.items()),
            urgencies=list(words.URGENCIES.items()),
            channels=list(words.CHANNELS.items()),
            matters=forms.matters(rules),
            rules=rules.id,
            regions=forms.regions(rules),
            history=search.by_phone(phone, limit=10) if phone else [],
        ),
        status=422 if refused else 200,
    )


@signed_in
@require_POST
def history(request: HttpRequest, who: Person) -> HttpResponse:
    """What a caller brought before, open orders first; a part of the page. The number travels in the body."""
    if not {"agent", "dispatcher"} & set(who.roles):
        return failures.forbidden(request)
    found = search.by_phone(request.POST.get("phone", ""), limit=10)
    return render(request, "web/_history.html", frame(who, history=found))
