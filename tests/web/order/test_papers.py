"""The paper of an order: what stands on it for whom, and the record that it was taken."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests import city
from tests.city import BAO, HOUR, MONDAY
from tests.web.desk import (
    AGENT,
    ANALYST,
    DISPATCHER,
    FARMING_CLERK,
    HEAT_CLERK,
    HOUSING_CLERK,
    SUPERVISOR,
    Desk,
)
from tests.web.order import crooked
from tests.web.order.crooked import PERSON

TEXT = "楼外的热力管道没有保温，我的电话13912345678"


def taken(desk: Desk, who: str, number: int, form: str = "docx", **given: str) -> Any:
    return desk.browser(who).post(f"/order/{number}/paper", {"form": form, **given})


def words(answer: Any) -> str:
    """All that stands in a .docx: paragraphs, tables, the foot."""
    paper = Document(BytesIO(answer.content))
    said = [line.text for line in paper.paragraphs]
    said += [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*said, *(line.text for line in paper.sections[0].footer.paragraphs)])


def rows(number: int) -> list[tuple[str, list[str], str]]:
    from jiesu.store import prints

    return [(one.form, one.open_fields, one.reason) for one in prints.of_order(number)]


def test_without_a_word_the_paper_is_masked_and_on_record(desk: Desk) -> None:
    number = city.handling(**PERSON, text=TEXT).number
    said = words(taken(desk, HEAT_CLERK, number))
    masked = ("张**", "138****1111", "139****5678")
    for shown in ("12345 热线工单", f"工单号 {number}", *masked, "派给供热公司牵头 → 待签收"):
        assert shown in said, shown
    for hidden in ("张小凤", "13800001111", "13912345678"):
        assert hidden not in said
    assert "打印：刘桂芬（联络员） 2026-11-23 10:00，第 1 号，个人信息已隐去" in said
    assert rows(number) == [("docx", [], "")]


def test_a_paper_with_the_person_on_it_asks_what_for(desk: Desk) -> None:
    number = city.handling(**PERSON, text=TEXT).number
    refused = desk.post(HEAT_CLERK, f"/order/{number}/paper", {"form": "docx", "personal": "yes", "reason": " "})
    assert (refused.status, "请写明用途；也可以选“隐去”，不用写" in refused.words) == (422, True)
    assert rows(number) == []
    said = words(taken(desk, HEAT_CLERK, number, personal="yes", reason="带去现场，联系 13912345678"))
    assert all(shown in said for shown in ("张小凤", "13800001111", "13912345678"))
    assert rows(number) == [("docx", ["name", "phone"], "带去现场，联系 139****5678")]
    looked = "刘桂芬 打印工单（Word，印有姓名、电话） 理由：带去现场，联系 139****5678"
    assert looked in desk.order(SUPERVISOR, number).words
    assert "印有姓名" not in desk.order(DISPATCHER, number).words


def test_nobody_prints_more_than_the_page_shows_him(desk: Desk) -> None:
    number = city.handling(**PERSON, text=TEXT).number
    for who in (DISPATCHER, SUPERVISOR, ANALYST):
        said = words(taken(desk, who, number, personal="yes", reason="归档"))
        assert not any(hidden in said for hidden in ("张小凤", "13800001111", "13912345678")), who
    desk.move(SUPERVISOR, number, "reveal", field="phone", reason="督办需要联系")
    said = words(taken(desk, SUPERVISOR, number, personal="yes", reason="督办"))
    assert ("13800001111" in said, "张小凤" in said) == (True, False)
    assert rows(number)[0] == ("docx", ["phone"], "督办")
    secret = city.handling(**PERSON, secret=True).number
    said = words(taken(desk, HEAT_CLERK, secret, personal="yes", reason="带去现场"))
    assert not any(hidden in said for hidden in ("张", "138"))


def test_who_may_not_see_the_order_gets_no_paper(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    assert taken(desk, FARMING_CLERK, number).status_code == 403
    assert taken(desk, AGENT, 2611230009999).status_code == 404
    assert taken(desk, AGENT, number, form="exe").status_code == 422
    assert taken(desk, AGENT, number, form="docx", personal="yes", reason="长" * 201).status_code == 422
    assert rows(number) == []


def test_the_pdf_carries_its_own_chinese_letters(desk: Desk) -> None:
    order = crooked.crooked()
    desk.at = order.last_at + HOUR  # type: ignore[operator]
    answer = taken(desk, HOUSING_CLERK, order.number, form="pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{order.number}.pdf"'
    assert answer.content.startswith(b"%PDF-1.")
    assert b"NotoSansSC" in answer.content
    assert b"NotoSerifSC" in answer.content


def test_markup_in_what_people_wrote_is_only_text(desk: Desk) -> None:
    text = '#panic("x") {{ number }} <b>粗</b> & {% if %} $x^2$ *强* @ref \\ //注'
    number = city.handling(**{**PERSON, "title": text[:40]}, text=text).number
    assert text in words(taken(desk, AGENT, number))
    assert taken(desk, AGENT, number, form="pdf").status_code == 200


def test_a_city_lays_a_template_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from jiesu.web.order import papers

    own = tmp_path / "templates" / "工单.docx"
    own.parent.mkdir()
    mine = Document()
    mine.add_paragraph("梧州市 {{ number }} {{ title }}")
    mine.save(str(own))
    monkeypatch.setattr(papers, "OWN", str(own))
    number = city.handling(**PERSON).number
    assert words(taken(desk, AGENT, number)) == f"梧州市 {number} 楼外热力管道没有保温\n"


def test_an_erased_order_is_printed_without_what_was_erased(desk: Desk, own_files: None) -> None:
    from jiesu.workflow.step import take

    order = city.closed(name="张小凤", phone="13800001111")
    take(order.number, "erase", by=BAO, now=MONDAY + 6 * HOUR, facts={"reason": "本人申请"})
    said = words(taken(desk, SUPERVISOR, order.number))
    assert "个人信息已按规定删除" in said
    assert "裸露的管道" not in said


def test_the_record_of_papers_cannot_be_changed(desk: Desk) -> None:
    from jiesu.store import sql

    number = city.handling(**PERSON).number
    taken(desk, AGENT, number)
    for statement in ("UPDATE order_print SET reason = ''", "DELETE FROM order_print"):
        with pytest.raises(Exception, match="order_print"):
            sql.run(statement)
