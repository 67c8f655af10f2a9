"""The road of requests by token: past what only pages need (sessions, forms, hundreds of addresses), which costs more
than most of these requests' own work.

The views are the very ones that `jiesu.urls` names, and what Django adds to any answer (headers that make browsers
careful, the check of the host) is asked of Django itself, once for each host. Whatever is not one of the few addresses
below goes the usual way, and so does a host that Django refuses.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.handlers.wsgi import WSGIRequest
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

from jiesu.api import orders

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_ROADS: Final[tuple[tuple[re.Pattern[str], Callable[..., HttpResponse]], ...]] = (
    (re.compile("/api/v1/orders/([^/]+)/moves/([^/]+)"), orders.move),
    (re.compile("/api/v1/orders"), orders.orders_),
    (re.compile("/api/v1/orders/([^/]+)"), orders.order),
    (re.compile("/api/v1/orders/([^/]+)/events"), orders.events),
)
_HOSTS: Final = 64  # hosts that are remembered; there are one or two
_OWN: Final = ("content-type", "content-length", "cache-control", "vary")


class Lane:
    """A WSGI application before Django's own."""

    def __init__(self, usual: Application) -> None:
        self._usual = usual
        self._added: dict[tuple[str, ...], Headers | None] = {}
        self._gzip = GZipMiddleware(_unused)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/api/v1/orders") or environ.get("SCRIPT_NAME"):
            return self._usual(environ, start_response)
        added = self._what_django_adds(environ)
        request = WSGIRequest(environ)
        for road, view in _ROADS if added is not None else ():
            found = road.fullmatch(request.path_info)
            if found:
                return self._answer(request, view(request, *found.groups()), added or [], start_response)
        return self._usual(environ, start_response)

    def _answer(
        self, request: HttpRequest, said: HttpResponse, added: Headers, start_response: StartResponse
    ) -> Iterable[bytes]:
        # As at the end of every request: a connection that may be broken, or was left in the midst, is not used again.
        connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
        self._gzip.process_response(request, said)
        content = said.content
        if "Content-Length" not in said.headers:
            said.headers["Content-Length"] = str(len(content))
        start_response(f"{said.status_code} {said.reason_phrase}", [*said.items(), *added])
        return [content]

    def _what_django_adds(self, environ: Environ) -> Headers | None:
        """The headers of any answer to this host; None for one that Django would not answer, or has not seen."""
        key = tuple(str(environ.get(name, "")) for name in _TOLD_BY)
        if key not in self._added and len(self._added) < _HOSTS:
            self._added[key] = self._ask(environ)
        return self._added.get(key)

    def _ask(self, environ: Environ) -> Headers | None:
        heard: list[tuple[str, Headers]] = []
        asked = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in _TOLD_BY}
        asked.update(REQUEST_METHOD="GET", PATH_INFO="/api/", QUERY_STRING="", CONTENT_LENGTH="0")
        asked["wsgi.input"] = io.BytesIO()
        said = self._usual(asked, lambda status, headers, _=None: heard.append((status, headers)))
        getattr(said, "close", _unused)()
        status, headers = heard[0]
        return [one for one in headers if one[0].lower() not in _OWN] if status.startswith("404") else None


# What the headers that Django adds depend on.
_TOLD_BY: Final = ("HTTP_HOST", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "SERVER_NAME", "SERVER_PORT")


def _unused(*_: Any) -> Any:
    """Stands where a part of Django wants the next one, and is not called."""
