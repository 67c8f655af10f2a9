"""Pages for when something cannot be shown: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiesu.web.frame.part import is_part


def page(request: HttpRequest, status: int, title: str, said: str) -> HttpResponse:
    """The page of one failure, in the frame of whoever is signed in; it asks the database nothing."""
    who = getattr(request, "person", None)
    base = "frame/part.html" if is_part(request) else "frame/base.html"
    given = {"title": title, "said": said, "status": status, "person": who, "base": base}
    return render(request, "frame/failure.html", given, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 400, "请求有误", "浏览器发来的内容不完整，没有改动任何工单。请返回上一页重试。")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 403, "不能查看", "这个页面不在您的权限内。需要的话请联系管理员。")


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 404, "没有这个页面", "请核对地址，或回到工作列表再找。")


def broken(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        500,
        "出错了",
        "系统出了问题，已提交的内容不受影响，未提交的没有写入。请稍后再试；一再出现请告诉管理员。",
    )


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's proof of origin is missing or old: sent from a page that was open too long, or from elsewhere."""
    return page(
        request, 403, "页面已过期", "这个页面打开太久了。请返回上一页（浏览器会留住您写的内容），刷新后再提交。"
    )
