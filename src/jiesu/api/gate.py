"""What every request passes: its method, its token, its body; and what every error becomes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from jiesu.api.errors import Trouble, bad_request, not_allowed, response_to, too_large, unauthorized
from jiesu.domain.calls import EXCHANGE
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.store import staff

MAX_BODY: Final = 1024 * 1024
View = Callable[..., HttpResponse]
_decode = msgspec.json.Decoder().decode


def endpoint(*methods: str) -> Callable[[View], View]:
    """A view of the API: these methods only, and whatever is raised in it answered in JSON."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise not_allowed(methods)
                return view(request, *args, **named)
            except Exception as error:  # noqa: BLE001 - the edge: nothing may leave here but JSON
                _read_off(request)
                return response_to(error, f"{request.method} {request.path}")

        guarded.csrf_exempt = True  # type: ignore[attr-defined]  # a token is no cookie: no other site can send it
        return guarded

    return wrap


def _read_off(request: HttpRequest) -> None:
    """Read a body that nobody looked at: the server closes a connection on which one is left lying."""
    if _length(request) <= MAX_BODY:
        with suppress(OSError, SuspiciousOperation, RawPostDataException):
            _ = request.body


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def secret_of(request: HttpRequest) -> str:
    """The token that came with the request. Raises 401 when there is none."""
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise unauthorized("请在请求头里带上令牌：Authorization: Bearer jiesu_…")
    return secret.strip()


def bad_key() -> Trouble:
    return bad_request("Idempotency-Key 须是 1 到 120 个可见的英文字符，例如一个 UUID")


def known(found: Any) -> Any:
    """``found``, or 401 when the token is nobody's."""
    if found is None:
        raise unauthorized("令牌无效或已停用", "invalid_token")
    return found


def signed_in(request: HttpRequest) -> Actor:
    """Whoever the request's token stands for. One statement. Raises 401, and 403 for an exchange: it sees no order."""
    actor: Actor = known(staff.token_actor(secret_of(request)))
    if actor.has(EXCHANGE):
        raise Forbidden("这个令牌只用于上报通话")
    return actor


def exchange(request: HttpRequest) -> Actor:
    """The telephone exchange whose token came with the request. One statement. Raises 401, and 403 for all others."""
    actor: Actor = known(staff.token_actor(secret_of(request)))
    if not actor.has(EXCHANGE):
        raise Forbidden("只有电话交换机的令牌可以上报通话，请用 jiesu token 名称 --role exchange 发放")
    return actor


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object. Raises 413, 415, 400."""
    if _length(request) > MAX_BODY:
        raise too_large(MAX_BODY)
    charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
    if request.content_type != "application/json" or charset.lower() not in ("utf-8", "utf8"):
        raise Trouble(415, "unsupported_media_type", "请求体须是 JSON，并写明 Content-Type: application/json（UTF-8）")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise Trouble(415, "unsupported_media_type", "请求体不要压缩")
    try:
        content = _decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_request("请求体不是正确的 JSON") from None
    if not isinstance(content, dict):
        raise bad_request("请求体须是一个 JSON 对象，形如 {…}")
    return content


def read_query(request: HttpRequest, *names: str) -> dict[str, str]:
    """The query's parameters among ``names``; empty ones count as not given. Others and repeated ones are refused."""
    if not request.META.get("QUERY_STRING"):
        return {}
    given = {name: values for name, values in request.GET.lists() if values != [""]}
    unknown = [name for name in given if name not in names]
    if unknown:
        raise unknown_names(unknown, names, "参数")
    for name, values in given.items():
        if len(values) > 1:
            raise Refused(f"参数 {name} 只能写一次", code="bad_parameter", field=name)
    return {name: values[0] for name, values in given.items()}


def unknown_names(unknown: list[str], allowed: Any, what: str) -> Refused:
    """The refusal of names that are not known: which, and which are."""
    named = "、".join(name[:40] for name in unknown[:5])
    more = "等" if len(unknown) > 5 else ""
    hint = f"；可用的有：{'、'.join(allowed)}" if allowed else "；这里不用写任何一项"
    return Refused(f"不认识的{what}：{named}{more}{hint}", code="unknown_field", field=unknown[0][:40])
