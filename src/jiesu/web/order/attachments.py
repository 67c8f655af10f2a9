"""Photos and papers of an order, for those who may see the order."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.domain import sight
from jiesu.domain.errors import NotFound
from jiesu.domain.permissions import sees
from jiesu.store import files, orders
from jiesu.web.frame import failures
from jiesu.web.frame.gate import Person, signed_in

_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf")


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, number: int, digest: str) -> HttpResponse:
    """The file itself, if the order names it and this person sees the order."""
    found = orders.load(number)
    if found is None or not sees(who.actor, found[0].order):
        return failures.not_found(request)
    if sight.sight(who.actor, found[0].order, "internal_note") == "nothing":
        return failures.forbidden(request)
    named = any(digest in event.data.get("facts", {}).get("files", ()) for event in orders.events(number))
    try:
        if not named:
            raise NotFound(digest)
        kept, content = files.read(digest)
    except NotFound:
        return failures.page(request, 404, "没有这个附件", "附件可能已按规定删除。")
    how = "inline" if kept.mime in _INLINE else "attachment"
    response = HttpResponse(content, content_type=kept.mime)
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(kept.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
    return response
