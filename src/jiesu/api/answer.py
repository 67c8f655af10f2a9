"""JSON answers: one content type, no caching, since orders are about people."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse

TYPE = "application/json; charset=utf-8"
_HEADERS = {"Content-Type": TYPE, "Cache-Control": "no-store"}
_encode = msgspec.json.Encoder().encode


def answer(content: Any, status: int = 200) -> HttpResponse:
    """``content`` (plain values or shapes) as JSON. Times come out in UTC, ISO 8601."""
    return HttpResponse(_encode(content), status=status, headers=_HEADERS)
