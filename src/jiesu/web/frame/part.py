"""Whether a whole page is asked for, or a part of one that is open."""

from __future__ import annotations

from django.http import HttpRequest


def is_part(request: HttpRequest) -> bool:
    """Whether a script asks for a part of a page that is open; such a request says so in a header."""
    return "HX-Request" in request.headers or "X-Part" in request.headers


def part(request: HttpRequest) -> str:
    """Which part: "rows" of a list, the "way" of an order ...; "main" for the page's middle, "" for the whole."""
    return request.headers.get("X-Part", "") or ("main" if is_part(request) else "")
