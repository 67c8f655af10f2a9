"""What a page keeps for its person: words not sent yet, and lists under a name."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiesu.domain.errors import Refused
from jiesu.domain.workdays import CITY_ZONE
from jiesu.web.frame import failures
from jiesu.web.frame.gate import Person, signed_in
from jiesu.workflow import desktop
from jiesu.workflow import drafts as verbs

_NEVER: Final = frozenset({"csrfmiddlewaretoken", "draft", "seen", "rules", "password"})
_MOST_FORMS: Final = 60


@signed_in
@require_GET
def here(request: HttpRequest, who: Person) -> HttpResponse:
    """Nothing but that the server is there and the person still signed in: a form asks before it leaves its page."""
    return HttpResponse(status=204)


@signed_in
@require_http_methods(["GET", "POST"])
def drafts(request: HttpRequest, who: Person) -> HttpResponse:
    """GET ``?form=``: what was left in these forms. POST ``draft=`` and the fields: keep them; without one: forget."""
    if request.method == "GET":
        held = verbs.take(request.GET.getlist("form")[:_MOST_FORMS], by=who.actor)
        return JsonResponse(
            {
                one.form: {"at": f"{one.at.astimezone(CITY_ZONE):%H:%M}", "when": one.at.isoformat()}
                | {"fields": one.fields}
                for one in held
            }
        )
    form = request.POST.get("draft", "")
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in _NEVER}
    try:
        verbs.keep(
            form,
            by=who.actor,
            now=who.now,
            fields={name: values[0] if len(values) == 1 else values for name, values in fields.items()},
        )
    except Refused as refused:
        return JsonResponse({"said": refused.message}, status=422)
    return JsonResponse({"at": f"{who.now.astimezone(CITY_ZONE):%H:%M}", "when": who.now.isoformat()})


@signed_in
@require_POST
def drop_drafts(request: HttpRequest, who: Person) -> HttpResponse:
    """Forget what was left in these forms: they were sent, or the person does not want them."""
    verbs.drop(request.POST.getlist("form")[:_MOST_FORMS], by=who.actor)
    return HttpResponse(status=204)


@signed_in
@require_POST
def save_view(request: HttpRequest, who: Person, queue: str) -> HttpResponse:
    """Keep a list with its filters under a name; back to it."""
    query = request.POST.get("query", "")
    try:
        desktop.save_view(queue, by=who.actor, now=who.now, name=request.POST.get("name", ""), query=query)
    except Refused as refused:
        return failures.page(request, 422, "没有存下", f"{refused.message}。请返回上一页再试。")
    return HttpResponseRedirect(f"{reverse('worklist', args=[queue])}?{query}")


@signed_in
@require_POST
def drop_view(request: HttpRequest, who: Person, queue: str) -> HttpResponse:
    desktop.drop_view(queue, by=who.actor, name=request.POST.get("name", ""))
    return HttpResponseRedirect(reverse("worklist", args=[queue]))
