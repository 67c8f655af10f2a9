"""Photos and papers of an order, for those who may see the order; pictures also small."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.domain import sight
from jiesu.domain.errors import NotFound
from jiesu.domain.permissions import sees
from jiesu.store import files, orders
from jiesu.store.files import Kept
from jiesu.web.frame import failures
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order.thumbnails import thumbnail

_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf")
_SMALL = (224, 168)


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, number: int, digest: str) -> HttpResponse:
    """The file itself, if the order names it and this person sees the order."""
    found = _file(request, who, number, digest)
    if isinstance(found, HttpResponse):
        return found
    kept, content = found
    how = "inline" if kept.mime in _INLINE else "attachment"
    response = HttpResponse(content, content_type=kept.mime)
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(kept.name)}"
    return _closed_in(response)


@signed_in
@require_GET
def small(request: HttpRequest, who: Person, number: int, digest: str) -> HttpResponse:
    """A picture of the order as a thumbnail; one that cannot be read as a picture is not shown small."""
    found = _file(request, who, number, digest)
    if isinstance(found, HttpResponse):
        return found
    drawn = thumbnail(found[1], _SMALL) if found[0].picture else None
    if drawn is None:
        return failures.not_found(request)
    response = HttpResponse(drawn, content_type="image/jpeg")
    # Named by its digest, it never changes; kept only in the browser of whoever was let in.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return _closed_in(response)


def _file(request: HttpRequest, who: Person, number: int, digest: str) -> tuple[Kept, bytes] | HttpResponse:
    """The file, or the answer to somebody who may not have it."""
    found = orders.load(number)
    if found is None or not sees(who.actor, found[0].order):
        return failures.not_found(request)
    if sight.sight(who.actor, found[0].order, "internal_note") == "nothing":
        return failures.forbidden(request)
    named = any(digest in event.data.get("facts", {}).get("files", ()) for event in orders.events(number))
    try:
        if not named:
            raise NotFound(digest)
        return files.read(digest)
    except NotFound:
        return failures.page(request, 404, "没有这个附件", "附件可能已按规定删除。")


def _closed_in(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
    return response
