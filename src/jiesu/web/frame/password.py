"""One's own password: exchanged for another one, the handed-out one before anything else."""

from __future__ import annotations

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jiesu.domain.errors import Refused
from jiesu.store.models import Staff
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.workflow import passwords


@sensitive_post_parameters()
@signed_in
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """Ask for the present password and a new one; this session goes on, every other one of the account ends."""
    if request.method == "GET":
        return _page(request, who, None, 200)
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    try:
        made = passwords.exchange(who.account.staff, old=old, new=new, again=again)
    except Refused as no:
        return _page(request, who, no, 422)
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = Staff(password=made).get_session_auth_hash()
    return HttpResponseRedirect("/" if who.account.must_change else "/password?done=1")


def _page(request: HttpRequest, who: Person, no: Refused | None, status: int) -> HttpResponse:
    given = around(request, who)
    given.update(no=no, must=who.account.must_change, done=bool(request.GET.get("done")))
    return answer(request, "frame/password.html", given, status=status)
