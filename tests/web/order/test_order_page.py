"""The order page: who sees what of it, the way told in order, and what becomes of what people write."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import city
from tests.city import HEAT, HOUR, HOUSING, LIU, MA, MONDAY
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    ARBITER,
    CALLER,
    DISPATCHER,
    DPO,
    FARMING_CLERK,
    HEAT_CLERK,
    HEAT_LEADER,
    HEAT_SECTION,
    HOUSING_CLERK,
    INSPECTOR,
    LEADER,
    REVIEWER,
    SECTION,
    SUPERVISOR,
    Desk,
    events_of,
    order_of,
    photo,
)
from tests.web.situations import after

TEXT = "楼外的热力管道没有保温，我的电话13912345678"
PERSON = {"name": "张小凤", "phone": "13800001111", "text": TEXT, "title": "管道没有保温"}


def shown(desk: Desk, who: str, number: int) -> tuple[bool, ...]:
    """Whether the page gives away the name, the phone, the masked phone, and the number within the words."""
    words = desk.order(who, number).words
    return tuple(one in words for one in ("张小凤", "13800001111", "138****1111", "13912345678"))


def test_each_role_sees_its_part_of_the_person_and_the_words(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    seen = {who: shown(desk, who, number) for who in (AGENT, HEAT_CLERK, DISPATCHER, REVIEWER, ARBITER, ANALYST)}
    assert seen == {
        AGENT: (True, True, False, True),
        HEAT_CLERK: (True, True, False, True),
        DISPATCHER: (False, False, True, True),
        REVIEWER: (False, False, True, True),
        ARBITER: (False, False, True, True),
        ANALYST: (False, False, False, False),
    }
    assert "张**" in desk.order(DISPATCHER, number).words
    administrator = desk.order(ADMINISTRATOR, number)
    assert shown(desk, ADMINISTRATOR, number) == (False, False, False, False)
    assert "没有保温" not in administrator.html
    assert "（不在您的查看范围）" in administrator.words


@pytest.mark.parametrize("guard", [{"secret": True}, {"kind": "report"}])
def test_of_a_report_or_a_secret_order_the_unit_sees_the_facts_and_not_the_person(
    desk: Desk, guard: dict[str, object]
) -> None:
    number = city.handling(**PERSON, **guard).number
    assert shown(desk, HEAT_CLERK, number) == (False, False, False, False)
    assert "139****5678" in desk.order(HEAT_CLERK, number).words
    assert shown(desk, CALLER, number)[:2] == (True, True)


def test_one_who_has_no_part_in_it_is_told_nothing(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    seen = desk.order(FARMING_CLERK, number)
    assert seen.status == 403
    assert "这张工单不在您的办理范围内。" in seen.words
    assert "管道" not in seen.html
    refused = desk.post(FARMING_CLERK, f"/order/{number}/note", {"seen": "4", "note": "我来看看"})
    assert refused.status == 403
    assert "管道" not in refused.html
    assert len(events_of(number)) == 4


def test_a_masked_field_is_opened_with_a_reason_for_ten_minutes_and_on_record(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    refused = desk.move(DISPATCHER, number, "reveal", field="phone", reason="")
    assert (refused.status, refused.forms["reveal"].problems) == (422, {"reason": "请填写“理由”"})
    opened = desk.move(DISPATCHER, number, "reveal", field="phone", reason="诉求人来电核对")
    assert opened.status == 200
    assert shown(desk, DISPATCHER, number)[:3] == (False, True, False)
    made = events_of(number)[-1]
    assert (made.move, made.data["facts"]["field"]) == ("reveal", "phone")
    assert shown(desk, SUPERVISOR, number)[:3] == (False, False, True)
    desk.at += timedelta(minutes=10)
    assert shown(desk, DISPATCHER, number)[:3] == (False, False, True)


def test_the_words_themselves_can_be_opened_where_the_role_may(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    assert shown(desk, DPO, number)[3] is False
    desk.move(DPO, number, "reveal", field="text", reason="核对一起投诉")
    assert shown(desk, DPO, number)[3] is True


def test_internal_notes_are_for_those_who_handle_and_check_not_for_the_telephone(desk: Desk) -> None:
    order = after(city.handling(), "note", LIU, note="阀门锈死，等配件")
    for who in (HEAT_LEADER, DISPATCHER, REVIEWER, SUPERVISOR, INSPECTOR, LEADER):
        assert "阀门锈死，等配件" in desk.order(who, order.number).words, who
    assert "阀门锈死" not in desk.order(AGENT, order.number).html


def test_a_unit_learns_of_a_callback_when_it_is_final(desk: Desk) -> None:
    order = situations.answered("unresolved", "dissatisfied")()
    desk.at = MONDAY + 5 * HOUR
    for who in (HEAT_CLERK, HEAT_LEADER):
        at_unit = desk.order(who, order.number)
        assert "回访：" not in at_unit.words
        assert "韩雪梅" not in at_unit.words
        assert "还剩" not in at_unit.words
    assert "回访：已接通，未解决，不满意" in desk.order(CALLER, order.number).words
    after(order, "rework", city.FANG, reason="请再次上门")
    assert "回访：已接通，未解决，不满意" in desk.order(HEAT_CLERK, order.number).words


def test_reminders_to_the_centre_are_not_for_units(desk: Desk) -> None:
    order = after(city.handling(), "request_extension", MA, days=3, reason="等配件")
    desk.at = MONDAY + HOUR
    assert "有延期申请待审定" in desk.order(DISPATCHER, order.number).words
    assert "有延期申请待审定" not in desk.order(HEAT_CLERK, order.number).words


def test_nobody_is_said_to_assist_where_none_was_named(desk: Desk) -> None:
    order = city.take(city.accepted(), "dispatch", city.CHEN, MONDAY, {"lead": city.HEAT, "assist": []})
    assert "派给供热公司牵头 → 待签收" in desk.order(DISPATCHER, order.number).words


def test_the_way_is_told_with_who_what_and_how_long(desk: Desk) -> None:
    order = city.handling()
    desk.at = MONDAY + HOUR
    desk.move(HEAT_CLERK, order.number, "interim_reply", measures="已到现场，拉了警戒线")
    desk.move(HEAT_CLERK, order.number, "sub_dispatch", section=SECTION, note="请今天去")
    words = desk.order(HEAT_CLERK, order.number).words
    for part in (
        "供热公司 刘桂芬 阶段反馈",
        "已采取的措施 已到现场，拉了警戒线",
        "供热公司 刘桂芬 转给热力一分办理 内容 请今天去",
        "派给供热公司牵头 → 待签收",
        "登记求助，来自12345 电话 → 待受理",
    ):
        assert part in words, words
    assert words.index("转给热力一分") < words.index("阶段反馈")


def test_what_was_late_says_so(desk: Desk) -> None:
    order = city.accepted()
    after(order, "dispatch", city.CHEN, 0.75, lead=HEAT)
    assert "派单用时 45分钟，限 30 分钟， 超期 15分钟" in desk.order(DISPATCHER, order.number).words


def test_a_late_entry_shows_the_claimed_time(desk: Desk) -> None:
    order = situations.late_entry_asked()
    words = desk.order(SUPERVISOR, order.number).words
    assert "申请补录签收，实际 2026-11-23 11:00" in words
    assert "补录原因" in words


def test_refused_the_message_stands_beside_the_field_and_nothing_is_lost(desk: Desk) -> None:
    order = situations.contacted()
    desk.at = MONDAY + HOUR
    given = {"public_reply": "尚在查找原因。", "claim": "unsolved", "measures": "已开挖", "files": photo()}
    seen = desk.move(HEAT_LEADER, order.number, "reply", **given)
    form = seen.forms["reply"]
    assert (seen.status, form.open) == (422, True)
    assert list(form.problems) == ["why_not"]
    assert (form.values["public_reply"], form.values["measures"]) == (["尚在查找原因。"], ["已开挖"])
    assert form.values["claim"] == ["unsolved"]
    assert len(form.values["files_kept"]) == 1
    assert len(events_of(order.number)) == order.version
    done = desk.send(HEAT_LEADER, form, why_not="等管线图")
    assert done.status == 200
    assert order_of(order.number).state == "replied"
    assert events_of(order.number)[-1].data["facts"]["files"] == form.values["files_kept"]


def test_who_comes_too_late_reads_what_happened_and_keeps_the_words(desk: Desk) -> None:
    order = city.accepted()
    desk.at = MONDAY + timedelta(minutes=5)
    mine = desk.order("paidan2", order.number).forms["dispatch"]
    desk.move(DISPATCHER, order.number, "ask_for_details", question="请说明楼号")
    seen = desk.send("paidan2", mine, lead="供热公司", note="请尽快上门")
    form = seen.forms["dispatch"]
    assert (seen.status, form.open) == (409, True)
    assert "刚被陈亮“请诉求人补充”，现在是“待补充”；您写的内容没有丢" in "".join(form.problems.values())
    assert (form.values["lead"], form.values["note"]) == (["供热公司"], ["请尽快上门"])
    assert form.values["seen"] == [str(order_of(order.number).version)]
    assert [event.move for event in events_of(order.number)] == ["register", "accept", "ask_for_details"]


def test_what_stands_beside_takes_no_form_away(desk: Desk) -> None:
    order = city.dispatched()
    mine = desk.order(HEAT_CLERK, order.number).forms["acknowledge"]
    desk.move(SUPERVISOR, order.number, "urge", reason="请先签收")
    desk.move(AGENT, order.number, "chase", note="又来电问", via="phone")
    assert desk.send(HEAT_CLERK, mine).status == 200
    assert order_of(order.number).state == "handling"


def test_moves_that_are_not_lawful_are_grey_with_the_reason(desk: Desk) -> None:
    order = situations.in_callback()
    desk.at = MONDAY + 5 * HOUR
    seen = desk.order(CALLER, order.number)
    assert seen.grey["close"] == "还没有有效回访，不能办结；多次联系不上的请用“未联系上办结”"
    assert "close" not in seen.forms
    assert "callback_attempt" in seen.forms


def test_who_only_reads_has_no_forms_but_notes(desk: Desk) -> None:
    number = city.handling().number
    assert set(desk.order(INSPECTOR, number).forms) - {"search", "paper"} == {"note"}
    assert set(desk.order(ANALYST, number).forms) - {"search", "paper"} == set()
    assert "这张工单现在没有您要办的事。" in desk.order(ANALYST, number).words


def test_a_request_is_chosen_among_those_that_fit(desk: Desk) -> None:
    order = after(city.handling(), "request_extension", MA, days=3, reason="等配件")
    order = after(order, "request_assist", LIU, unit=HOUSING, reason="请核对产权")
    forms = desk.order(DISPATCHER, order.number).forms
    assert (forms["agree_extension"].values["request"], forms["agree_assist"].values["request"]) == (["1"], ["2"])
    assert "agree_return" not in forms
    desk.move(DISPATCHER, order.number, "refuse_extension", reason="理由不足")
    assert "agree_extension" not in desk.order(DISPATCHER, order.number).forms
    assert [one.state for one in order_of(order.number).requests] == ["refused", "open"]


def test_a_whistle_is_answered_by_the_units_that_were_called(desk: Desk) -> None:
    order = situations.whistled()
    assert "answer_whistle" in desk.order(HOUSING_CLERK, order.number).forms
    assert "answer_whistle" not in desk.order(HEAT_CLERK, order.number).forms
    section = after(order, "sub_dispatch", LIU, section=SECTION)
    assert "interim_reply" in desk.order(HEAT_SECTION, section.number).forms


def test_dispatch_starts_with_the_units_of_the_catalog(desk: Desk) -> None:
    order = city.accepted(matter="03.06")
    form = desk.order(DISPATCHER, order.number).forms["dispatch"]
    assert form.values["lead"] == ["供热公司"]
    assert form.values["assist"] == ["U0101", "U0203"]
    assert (
        "派单目录：供热公司牵头，依据：雄关市12345派单目录（2026版）第74条"
        in desk.order(DISPATCHER, order.number).words
    )
    desk.at = MONDAY + timedelta(minutes=5)
    seen = desk.send(DISPATCHER, form)
    assert [(leg.unit, leg.lead) for leg in order_of(order.number).legs] == [
        (HEAT, True),
        ("U0101", False),
        ("U0203", False),
    ]
    assert "已派给供热公司，供热公司应在" in seen.words


def test_a_unit_that_does_not_exist_is_answered_with_those_like_it(desk: Desk) -> None:
    order = city.accepted()
    seen = desk.move(DISPATCHER, order.number, "dispatch", lead="供热")
    assert (seen.status, seen.forms["dispatch"].problems) == (
        422,
        {"lead": "没有叫“供热”的牵头单位，是不是供热公司？"},
    )


def test_a_file_is_read_by_those_who_see_the_order_and_by_nobody_else(desk: Desk) -> None:
    order = city.replied()
    (digest,) = events_of(order.number)[-1].data["facts"]["files"]
    address = f"/order/{order.number}/file/{digest}"
    answer = desk.browser(REVIEWER).get(address)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, city.PHOTO, "image/png")
    assert answer["Content-Disposition"] == "inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%E7%85%A7%E7%89%87.png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert desk.get(FARMING_CLERK, address).status == 404
    other = city.handling()
    assert desk.get(REVIEWER, f"/order/{other.number}/file/{digest}").status == 404
    assert desk.get(REVIEWER, f"/order/{order.number}/file/{'0' * 64}").status == 404


def test_a_file_of_a_strange_kind_is_refused_beside_its_field(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    order = city.handling()
    program = SimpleUploadedFile("现场.exe", b"MZ", content_type="application/x-msdownload")
    seen = desk.move(HEAT_CLERK, order.number, "note", note="附件", files=program)
    assert (seen.status, seen.forms["note"].problems) == (
        422,
        {"files": "只收照片、PDF、Word、Excel、录音和文本文件"},
    )
    assert seen.forms["note"].values["note"] == ["附件"]


def test_what_was_just_done_is_said_with_what_comes_next(desk: Desk) -> None:
    order = situations.answered()()
    desk.at = MONDAY + 5 * HOUR
    assert "已办结：已解决。" in desk.move(CALLER, order.number, "close").words
    elsewhere = desk.get(SUPERVISOR, f"/order/{order.number}?done=close")
    assert "已办结：已解决。" not in elsewhere.words


def test_an_erased_order_says_so_and_keeps_its_way(desk: Desk, own_files: None) -> None:
    from jiesu.workflow.step import take  # noqa: PLC0415

    order = city.closed(**{key: PERSON[key] for key in ("name", "phone")})
    take(order.number, "erase", by=city.BAO, now=MONDAY + 6 * HOUR, facts={"reason": "本人申请"})
    seen = desk.order(SUPERVISOR, order.number)
    assert "个人信息已按规定删除" in seen.words
    assert "张小凤" not in seen.html
    assert "审核通过 → 待回访" in seen.words


def test_a_notice_held_back_for_the_night_is_not_shown_before_its_time(desk: Desk) -> None:
    number = city.dispatched(city.local("2026-11-22 22:30")).number
    desk.at = city.local("2026-11-23 06:59")
    assert "新派工单，牵头办理" not in desk.order(HEAT_CLERK, number).words
    desk.at = city.local("2026-11-23 08:01")
    assert "新派工单，牵头办理" in desk.order(HEAT_CLERK, number).words
