"""What the API says when it cannot do what was asked: one shape, one Chinese sentence, never anybody's data."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from traceback import extract_tb
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse, UnreadablePostError

from jiesu.api.answer import answer
from jiesu.domain import words
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.privacy import mask_text
from jiesu.store import orders
from jiesu.store.outage import is_outage

logger = logging.getLogger("jiesu.api")

RETRY_SECONDS = "2"


class Trouble(Exception):
    """An answer other than success that does not come from a rule of the work."""

    def __init__(
        self, status: int, code: str, message: str, *, field: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = headers or {}


def unauthorized(message: str, error: str = "") -> Trouble:
    challenge = 'Bearer realm="jiesu"' + (f', error="{error}"' if error else "")
    return Trouble(401, "unauthorized", message, headers={"WWW-Authenticate": challenge})


def bad_request(message: str) -> Trouble:
    return Trouble(400, "bad_request", message)


def too_large(most: int) -> Trouble:
    return Trouble(413, "too_large", f"内容太大，最多 {most // 1024} KB")


def not_allowed(methods: tuple[str, ...]) -> Trouble:
    allowed = ", ".join(methods)
    message = f"这个地址只接受 {'、'.join(methods)}"
    return Trouble(405, "method_not_allowed", message, headers={"Allow": allowed})


def refused(status: int, code: str, message: str, field: str | None = None, **more: Any) -> HttpResponse:
    """``{"error": {"code", "message", "field"}}``, and what a conflict adds beside it.

    A message may repeat a code that the caller got wrong: what looks like anybody's number in it is masked.
    """
    return answer({"error": {"code": code, "message": mask_text(message), "field": field}, **more}, status)


def response_to(error: Exception, where: str) -> HttpResponse:
    """The answer to an error. ``where`` (method and path) is written to the log for one that nobody expected."""
    match error:
        case Trouble():
            said = refused(error.status, error.code, error.message, error.field)
            for name, value in error.headers.items():
                said[name] = value
            return said
        case Forbidden():
            return refused(403, error.code, error.message)
        case Refused():
            return refused(422, error.code, error.message, error.field)
        case Conflict():
            return _conflict(error)
        case NotFound():
            return refused(404, "not_found", error.message)
        case RequestDataTooBig():
            return response_to(Trouble(413, "too_large", "内容太大"), where)
        case SuspiciousOperation() | UnreadablePostError():
            return response_to(bad_request("请求不完整或写得不对"), where)
    return _unexpected(error, where)


def _conflict(error: Conflict) -> HttpResponse:
    """409 with the order's version and state as they are now, so that the caller can look again."""
    found = orders.load(error.number)
    if found is None:
        return refused(409, "conflict", error.message, number=error.number, version=error.version, state=None)
    order = found[0].order
    return refused(
        409,
        "conflict",
        error.message,
        number=order.number,
        version=order.version,
        state=order.state,
        state_zh=words.zh(words.STATES, order.state),
    )


def _unexpected(error: Exception, where: str) -> HttpResponse:
    """Logged by kind and place in the code: the message of an error may hold what a person wrote."""
    mark = secrets.token_hex(4)
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-6:]]
    kind = type(error).__name__
    if is_outage(error):
        logger.warning("503 %s %s %s at %s", mark, where, kind, " ".join(frames))
        said = refused(503, "unavailable", "数据库暂时不可用，请稍后用同一个 Idempotency-Key 重试")
        said["Retry-After"] = RETRY_SECONDS
        return said
    logger.error("500 %s %s %s at %s", mark, where, kind, " ".join(frames))
    return refused(500, "internal", f"系统出错，已记录（编号 {mark}），请稍后再试或联系管理员")
