"""Register an order: what happened first, then where, what it is, who; a chase when it is about an open one."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jiesu.domain.errors import Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Order
from jiesu.store import search
from jiesu.store.people import Known
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order import forms
from jiesu.web.order.forms import Field
from jiesu.workflow import intake

FACTS: Final = ("text", "place", "region", "matter", "kind", "urgency", "channel", "title", "anonymous", "secret") + (
    "happened_at",
    "files",
)
DEMANDER: Final = {
    "name": "姓名",
    "phone": "电话",
    "address": "住址",
    "company": "企业名称",
    "credit_code": "统一社会信用代码",
}
_LONGEST: Final = 200
HISTORY: Final = 10


@signed_in
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, who: Person) -> HttpResponse:
    """The form of a new order, and what comes of it."""
    if not {"agent", "dispatcher"} & set(who.roles):
        return failures.forbidden(request)
    if request.method == "GET":
        return _form(request, who, {"channel": "phone", "urgency": "normal"})
    given: dict[str, Any] = forms.given_in(request, FACTS)
    given.update({name: request.POST.get(name, "").strip() for name in DEMANDER})
    try:
        sent = forms.files_in(request, FACTS, by=who.actor.id, now=who.now)
        given.update(forms.kept_of(sent))
        facts = {**sent, **forms.facts_in(request, FACTS)}
        taken = intake.register(by=who.actor, now=who.now, facts=facts, demander=_demander(given))
    except Refused as refused:
        return _form(request, who, given, refused)
    return HttpResponseRedirect(f"{reverse('order', args=[taken.order.number])}?done=register")


def _demander(given: dict[str, Any]) -> Known:
    """Who asks, as far as he said; Refused for what no name, number or address can be."""
    for name, zh in DEMANDER.items():
        if len(given[name]) > _LONGEST or "\0" in given[name]:
            raise Refused(f"“{zh}”太长或有无法保存的字符，请改短", field=name)
    return Known(**{name: given[name] for name in DEMANDER})


def _form(request: HttpRequest, who: Person, given: dict[str, Any], refused: Refused | None = None) -> HttpResponse:
    shown = around(request, who, desk="intake")
    rules = shown["rules"]
    form = forms.form_of(MOVES["register"], Order(0), rules, who.actor, who.now, given)
    fields = {field.name: field for field in form.fields}
    fields |= {name: Field(name, zh, "line", needed=False, value=given.get(name, "")) for name, zh in DEMANDER.items()}
    if refused and refused.field in fields:
        fields[refused.field].error = refused.message
    elif refused:
        form.error = refused.message
    phone = str(given.get("phone") or "")
    shown.update(
        form=form,
        fields=fields,
        matters=forms.matters(rules),
        history=search.by_phone(phone, limit=HISTORY) if phone else [],
    )
    return answer(request, "intake/register.html", shown, status=422 if refused else 200)


@signed_in
@require_POST
def history(request: HttpRequest, who: Person) -> HttpResponse:
    """What a caller brought before, open orders first; a part of the page. The number travels in the body."""
    if not {"agent", "dispatcher"} & set(who.roles):
        return failures.forbidden(request)
    found = search.by_phone(request.POST.get("phone", ""), limit=HISTORY)
    return render(request, "intake/_history.html", {**bare(request, who), "history": found})
