"""Files at their page: every line is shown before anything is written, and a city that changed meanwhile is told."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from jiesu.store import rules as rules_store
from jiesu.store.models import Unit
from tests.web.admin.sheets import edited
from tests.web.desk import ADMINISTRATOR, Desk, Seen
from tests.workflow.administration.changing import changed, made


def upload(content: bytes, name: str = "时限.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def token(page: Seen) -> str:
    (found,) = re.findall(r'name="checked" value="([^"]+)"', page.html)
    return str(found)


def test_a_file_is_looked_through_and_taken_over(desk: Desk) -> None:
    export = desk.browser(ADMINISTRATOR).get("/admin/limit/export.xlsx")
    assert "filename*=UTF-8''%E6%97%B6%E9%99%90-20261123-1000.xlsx" in export.headers["Content-Disposition"]
    wrong = edited(export.content, {("裁定", "时限"): "两天"})
    page = desk.post(ADMINISTRATOR, "/admin/limit/import", {"file": upload(wrong), "since": "2026-11-23"})
    assert page.status == 422
    assert "1 行有误，一行也没有导入" in page.words
    assert "有误 裁定 时限 “两天”看不出是多久" in page.words
    good = edited(export.content, {("裁定", "时限"): "2 个工作日"})
    page = desk.post(ADMINISTRATOR, "/admin/limit/import", {"file": upload(good), "since": "2026-11-23"})
    given = {"checked": token(page), "reason": "调整"}
    done = desk.post(ADMINISTRATOR, "/admin/limit/import/take", given)
    assert done.address.startswith("/admin/history")
    assert rules_store.current().limits()["ruling", "*", "*"].zh() == "2 个工作日"
    gone = desk.post(ADMINISTRATOR, "/admin/limit/import/take", given)
    assert gone.status == 422
    assert "没有待导入的文件" in gone.words
    same = desk.post(ADMINISTRATOR, "/admin/limit/import", {"file": upload(good), "since": "2026-11-23"})
    assert "和现在一样，没有要改的。" in same.words


def test_a_city_that_changed_meanwhile_is_compared_again(desk: Desk) -> None:
    export = desk.browser(ADMINISTRATOR).get("/admin/unit/export.xlsx").content
    renamed = edited(export, {("U0302", "值班电话"): "0000-1"})
    page = desk.post(ADMINISTRATOR, "/admin/unit/import", {"file": upload(renamed, "单位.xlsx"), "since": ""})
    made(changed("unit", "U0302", duties="别的职责"))
    given = {"checked": token(page), "reason": "换号"}
    again = desk.post(ADMINISTRATOR, "/admin/unit/import/take", given)
    assert again.status == 409
    assert "看过之后本市资料又被改过，下面是按现在重新比对的结果" in again.words
    assert Unit.objects.get(code="U0302").duties == "别的职责"


def test_files_that_cannot_be_taken(desk: Desk) -> None:
    for name, words in (("", "请先选择文件"), ("时限.docx", "不是能导入的格式"), ("时限.xlsx", "不是完好的 .xlsx")):
        given = {"file": upload(b"x", name)} if name else {}
        page = desk.post(ADMINISTRATOR, "/admin/limit/import", {**given, "since": "2026-11-23"})
        assert page.status == 422
        assert words in page.words
    bad_day = desk.post(ADMINISTRATOR, "/admin/limit/import", {"file": upload(b"x", "a.json"), "since": "昨天"})
    assert "不是日期" in bad_day.words


def test_staff_by_file_wait_for_their_passwords(desk: Desk) -> None:
    doc = '[{"login": "xinren", "name": "新人", "roles": [["unit_clerk", "U0301"]]}]'.encode()
    page = desk.post(ADMINISTRATOR, "/admin/staff/import", {"file": upload(doc, "人员.json")})
    assert "第 1 项 新增 新人（xinren）" in page.words
    done = desk.post(ADMINISTRATOR, "/admin/staff/import/take", {"checked": token(page), "reason": "新到岗"})
    assert "新账号还没有密码" in done.words
    assert "还没有密码" in desk.post(ADMINISTRATOR, "/admin/staff", {"q": "xinren"}).words
