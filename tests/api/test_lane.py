"""Requests by token that go past what pages need are answered as Django itself would answer them, to the letter."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import override_settings

from jiesu.api.lane import Lane
from jiesu.store import sql
from tests.api.caller import DEMAND, Callers
from tests.city import HEAT


class Heard(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes


def ask(application: Any, method: str, path: str, body: Any = None, **headers: str) -> Heard:
    sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    where, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": where.encode().decode("latin-1"), "QUERY_STRING": query,
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(sent)), "HTTP_HOST": "localhost",
        "wsgi.input": io.BytesIO(sent), "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), **headers,
    }  # fmt: skip
    heard: list[tuple[str, list[tuple[str, str]]]] = []
    said = application(environ, lambda status, told, _=None: heard.append((status, told)))
    content = b"".join(said)
    getattr(said, "close", lambda: None)()
    ((status, told),) = heard
    assert len(dict(told)) == len(told)
    given = dict(told)
    assert given.get("Content-Length") in (None, str(len(content)))
    if given.get("Content-Encoding") == "gzip":
        del given["Content-Length"]  # it varies: Django adds some bytes by chance
        content = gzip.decompress(content)
    return Heard(status, given, content)


@pytest.fixture
def roads(callers: Callers) -> Iterator[tuple[Any, Any]]:
    usual = get_wsgi_application()
    yield Lane(usual), usual
    connection.close()


def test_every_answer_is_what_django_answers(roads: tuple[Any, Any], callers: Callers) -> None:
    number = callers.handling()
    zhou, liu = (f"Bearer {callers.secrets[name]}" for name in ("zhou", "liu"))
    long = "a" * 200
    asks: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", "/api/v1/orders", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", f"/api/v1/orders?unit={HEAT}&limit=1", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/orders?limit=0", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", f"/api/v1/orders?{long}=1", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", f"/api/v1/orders/{number}", None, {"HTTP_AUTHORIZATION": liu}),
        ("GET", f"/api/v1/orders/{number}", None, {"HTTP_AUTHORIZATION": liu, "HTTP_ACCEPT_ENCODING": "gzip, br"}),
        ("GET", f"/api/v1/orders/{number}/events", None, {"HTTP_AUTHORIZATION": liu}),
        ("GET", "/api/v1/orders/一", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/orders/7", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/orders/", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/orders/7/8/9", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/orders/7/events/", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/ordersandmore", None, {"HTTP_AUTHORIZATION": zhou}),
        ("GET", "/api/v1/orders", None, {}),
        ("GET", "/api/v1/orders", None, {"HTTP_AUTHORIZATION": "Bearer nobody"}),
        ("GET", "/api/v1/orders", None, {"HTTP_AUTHORIZATION": zhou, "SCRIPT_NAME": "/city"}),
        ("PUT", "/api/v1/orders", b"x" * 3000, {"HTTP_AUTHORIZATION": zhou}),
        ("HEAD", f"/api/v1/orders/{number}", None, {"HTTP_AUTHORIZATION": zhou}),
        ("POST", "/api/v1/orders", {"text": "x"}, {"HTTP_AUTHORIZATION": zhou}),
        ("POST", "/api/v1/orders", b"{", {"HTTP_AUTHORIZATION": zhou}),
        ("POST", f"/api/v1/orders/{number}/moves/note", {"version": 3}, {"HTTP_AUTHORIZATION": liu}),
        ("POST", f"/api/v1/orders/{number}/moves/nothing", {}, {"HTTP_AUTHORIZATION": liu}),
        ("GET", f"/api/v1/orders/{number}/moves/note", None, {"HTTP_AUTHORIZATION": liu}),
        ("GET", "/healthz", None, {}),
    ]
    lane, usual = roads
    for method, path, body, headers in asks:
        assert ask(lane, method, path, body, **headers) == ask(usual, method, path, body, **headers), path
    short = ask(lane, *asks[4][:3], **asks[4][3])
    packed = ask(lane, *asks[5][:3], **asks[5][3])
    assert (packed.headers["Content-Encoding"], packed.body) == ("gzip", short.body)
    assert short.headers["X-Frame-Options"] == "DENY"


def test_an_order_that_is_registered_and_moved_this_way_is_there(roads: tuple[Any, Any], callers: Callers) -> None:
    lane, usual = roads
    who = {"HTTP_AUTHORIZATION": f"Bearer {callers.secrets['zhou']}", "HTTP_IDEMPOTENCY_KEY": "one"}
    first = ask(lane, "POST", "/api/v1/orders", DEMAND, **who)
    assert (first.status, first.headers["Location"]) == (
        "201 Created",
        f"/api/v1/orders/{json.loads(first.body)['number']}",
    )
    assert ask(usual, "POST", "/api/v1/orders", DEMAND, **who) == first._replace(status="200 OK")
    chen = {"HTTP_AUTHORIZATION": f"Bearer {callers.secrets['chen']}"}
    path = f"{first.headers['Location']}/moves/accept"
    assert ask(lane, "POST", path, {"version": 1}, **chen).status == "200 OK"
    assert ask(lane, "POST", path, {"version": 1}, **chen) == ask(usual, "POST", path, {"version": 1}, **chen)


def test_a_host_that_is_not_ours_is_refused_here_too(callers: Callers) -> None:
    zhou = f"Bearer {callers.secrets['zhou']}"
    with override_settings(ALLOWED_HOSTS=["city.example"]):
        usual = get_wsgi_application()
        lane = Lane(usual)
        for host in ("city.example", "elsewhere.example", "city.example", "bad host"):
            asked = {"HTTP_AUTHORIZATION": zhou, "HTTP_HOST": host}
            heard = ask(lane, "GET", "/api/v1/orders", **asked)
            assert heard == ask(usual, "GET", "/api/v1/orders", **asked)
            assert heard.status == ("200 OK" if host == "city.example" else "400 Bad Request")
    with override_settings(SECURE_HSTS_SECONDS=60, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        usual = get_wsgi_application()
        lane = Lane(usual)
        for proto in ("https", "http", "https"):
            asked = {"HTTP_AUTHORIZATION": zhou, "HTTP_X_FORWARDED_PROTO": proto}
            heard = ask(lane, "GET", "/api/v1/orders", **asked)
            assert heard == ask(usual, "GET", "/api/v1/orders", **asked)
            assert ("Strict-Transport-Security" in heard.headers) == (proto == "https")
    assert settings.ALLOWED_HOSTS


def test_many_hosts_are_not_remembered_and_answered_all_the_same(roads: tuple[Any, Any], callers: Callers) -> None:
    lane, usual = roads
    zhou = f"Bearer {callers.secrets['zhou']}"
    for at in range(70):
        asked = {"HTTP_AUTHORIZATION": zhou, "HTTP_HOST": f"h{at}.example"}
        assert ask(lane, "GET", "/api/v1/orders", **asked).status == "200 OK"
    assert len(lane._added) == 64
    assert ask(lane, "GET", "/api/v1/orders", **asked) == ask(usual, "GET", "/api/v1/orders", **asked)


def test_a_connection_that_was_lost_costs_the_next_request_nothing(roads: tuple[Any, Any], callers: Callers) -> None:
    lane, _ = roads
    zhou = {"HTTP_AUTHORIZATION": f"Bearer {callers.secrets['zhou']}"}
    assert ask(lane, "GET", "/api/v1/orders", **zhou).status == "200 OK"
    mine = sql.value("SELECT pg_backend_pid()")
    connection.connection.close()
    assert ask(lane, "GET", "/api/v1/orders", **zhou).status in ("200 OK", "503 Service Unavailable")
    assert ask(lane, "GET", "/api/v1/orders", **zhou).status == "200 OK"
    assert sql.value("SELECT pg_backend_pid()") != mine


def test_threads_of_the_web_server_do_not_queue_for_what_nobody_set() -> None:
    """In a process of its own: the entry for web servers alone exchanges them."""
    asked = (
        "import jiesu.wsgi; from django.urls import base, reverse; from django.utils.translation import trans_real as t"
        "\n"
        "print({type(one).__name__ for one in (base._urlconfs, base._prefixes, t._active)}, reverse('order', args=[7]))"
    )
    shown = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout == "{'_local'} /order/7\n"
