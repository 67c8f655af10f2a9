"""The end of a shift: what is open is frozen into the note, the next one reads and signs, and who was there is kept."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import CHEN, HOUR, MONDAY, local
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    CALLER,
    DISPATCHER,
    HEAT_CLERK,
    LEADER,
    SUPERVISOR,
    Desk,
)

NIGHT = local("2026-11-24 07:40")
OTHER_AGENT = "xiaozhao"


def last_note() -> int:
    return int(sql.value("SELECT max(id) FROM shift_note"))


def hand_over(desk: Desk, who: str = AGENT, name: str = "intake", text: str = "三号席位耳机坏了") -> int:
    desk.post(who, "/shift/write", {"desk": name, "text": text})
    return last_note()


def test_the_writer_sees_what_will_be_frozen_and_hands_over_with_a_few_words(desk: Desk) -> None:
    urgent = city.registered(urgency="urgent")
    waiting = situations.needs_details()
    desk.at = MONDAY + 30 * HOUR
    page = desk.get(AGENT, "/shift/write")
    assert "受理台交班" in page.words
    assert "待受理 1 待补充 1" in page.words
    assert f"紧急和特急 1 {urgent.number} 紧急 待受理" in page.words
    assert f"等诉求人补充 1 {waiting.number}" in page.words
    done = desk.post(AGENT, "/shift/write", {"desk": "intake", "text": "这件急的答应了十点前回话"})
    assert (done.address, "已交班。" in done.words) == ("/shift?done=written", True)
    assert "11月24日 白班，周敏交班" in done.words
    assert "还没有人接" in done.words


def test_a_note_holds_numbers_and_codes_and_its_words_are_sealed(desk: Desk) -> None:
    order = city.registered(urgency="urgent", name="张小凤", phone="13800001111", place="工人村二区 3栋")
    note = hand_over(desk, text="工人村二区张小凤那件要盯")
    kept, sealed = sql.rows("SELECT open::text, sealed FROM shift_note WHERE id = %s", (note,))[0]
    held = json.loads(kept)
    assert held["counts"] == {"received": 1, "needs_details": 0}
    told = {"number": order.number, "state": "received", "urgency": "urgent", "unit": "", "due": "2026-11-23T04:00:00Z"}
    assert held["groups"]["urgent"] == {"n": 1, "items": [told]}
    for secret in ("张小凤", "13800001111", "工人村", "保温"):
        assert secret not in kept
    assert "工人村".encode() not in bytes(sealed)


def test_the_next_one_reads_it_at_the_head_of_every_page_signs_and_takes_over(desk: Desk) -> None:
    order = city.registered(urgency="urgent")
    desk.at = NIGHT
    note = hand_over(desk)
    assert "受理交班" not in desk.get(AGENT, "/register").words
    desk.at = NIGHT + timedelta(minutes=10)
    said = "受理交班 周敏 10 分钟前 写的交班记录，您还没有签收。 读并接班"
    assert said in desk.get(OTHER_AGENT, "/register").words
    assert said in desk.get(OTHER_AGENT, "/work/all").words
    assert "受理交班" not in desk.get(DISPATCHER, "/dispatch").words
    city.take(order, "accept", CHEN, desk.at, {})
    page = desk.get(OTHER_AGENT, f"/shift/note/{note}")
    assert "三号席位耳机坏了" in page.words
    assert f"{order.number} 紧急 待受理 已超期 19小时40分钟 现在：待派单" in page.words
    assert "读过并接班 y" in page.words
    done = desk.post(OTHER_AGENT, f"/shift/note/{note}/sign", {})
    assert "已签收，您已接班。" in done.words
    assert "赵海燕 11-24 07:50 接班" in done.words
    assert "受理交班" not in desk.get(OTHER_AGENT, "/register").words
    again = desk.post(OTHER_AGENT, f"/shift/note/{note}/sign", {})
    assert (again.status, "您已经签收过这份交班记录。" in again.words) == (422, True)
    assert sql.value("SELECT count(*) FROM shift_sign") == 1


def test_others_of_the_desk_may_read_it_too_and_only_the_first_takes_over(desk: Desk) -> None:
    note = hand_over(desk)
    desk.post(OTHER_AGENT, f"/shift/note/{note}/sign", {})
    third = "xiaosun"
    assert "受理交班" in desk.get(third, "/register").words
    assert desk.post(third, f"/shift/note/{note}/sign", {}).address == "/shift?done=also"
    assert "另有 1 人签收" in desk.get(SUPERVISOR, "/shift/notes").words
    desk.at += HOUR
    newer = hand_over(desk, who=third, text="")
    assert "受理交班 周敏" not in desk.get(AGENT, "/register").words
    assert f"/shift/note/{newer}" in desk.get(AGENT, "/register").html


def test_nobody_signs_his_own_note_or_another_desks(desk: Desk) -> None:
    note = hand_over(desk)
    own = desk.post(AGENT, f"/shift/note/{note}/sign", {})
    assert (own.status, "自己写的交班记录由接班的人签收。" in own.words) == (422, True)
    assert desk.post(DISPATCHER, f"/shift/note/{note}/sign", {}).status == 403
    assert desk.post(SUPERVISOR, f"/shift/note/{note}/sign", {}).status == 403
    assert desk.get(SUPERVISOR, f"/shift/note/{note}").status == 200
    assert desk.get(DISPATCHER, f"/shift/note/{note}").status == 403
    for who in (HEAT_CLERK, LEADER, ANALYST):
        assert desk.get(who, f"/shift/note/{note}").status == 403
        assert desk.get(who, "/shift").status == 403
        assert desk.get(who, "/shift/notes").status == 403
        assert desk.post(who, "/shift/write", {"desk": "intake", "text": "x"}).status == 403
    assert desk.post(AGENT, "/shift/write", {"desk": "callback", "text": "x"}).status == 403
    assert desk.get(AGENT, "/shift/write?desk=callback").status == 403
    assert desk.get(ADMINISTRATOR, "/shift").status == 200
    assert desk.get(ADMINISTRATOR, "/shift/write").status == 403
    assert desk.post(AGENT, "/shift/note/999999/sign", {}).status == 404
    assert desk.get(AGENT, "/shift/note/999999").status == 404
    assert sql.value("SELECT count(*) FROM shift_sign") == 0


def test_words_that_are_too_long_stay_in_the_form_and_nothing_is_handed_over(desk: Desk) -> None:
    page = desk.post(AGENT, "/shift/write", {"desk": "intake", "text": "长" * 4_001})
    assert (page.status, "请缩短到 4,000 字以内。您写的话还在。" in page.words) == (422, True)
    assert "长" * 4_001 in page.html
    assert sql.value("SELECT count(*) FROM shift_note") == 0


def test_who_was_on_duty_when_is_kept_by_the_shift_in_which_it_was(desk: Desk) -> None:
    desk.at = local("2026-11-23 19:40")
    assert "已上岗。" in desk.post(AGENT, "/shift/duty", {"desk": "intake", "act": "come"}).words
    twice = desk.post(AGENT, "/shift/duty", {"desk": "intake", "act": "come"})
    assert (twice.status, "您已经在这个台上岗。" in twice.words) == (422, True)
    assert "受理台：您在岗" in desk.get(AGENT, "/shift").words
    # A little late: the note is still of the night.
    desk.at = local("2026-11-24 08:10")
    note = hand_over(desk)
    assert "受理台 11月23日 夜班交班" in desk.get(AGENT, f"/shift/note/{note}").words
    desk.post(OTHER_AGENT, f"/shift/note/{note}/sign", {})
    desk.at = local("2026-11-24 17:00")
    left = desk.post(OTHER_AGENT, "/shift/duty", {"desk": "intake", "act": "leave"})
    assert "已下岗。" in left.words
    gone = desk.post(OTHER_AGENT, "/shift/duty", {"desk": "intake", "act": "leave"})
    assert (gone.status, "您现在没有在这个台上岗。" in gone.words) == (422, True)
    monday = desk.get(SUPERVISOR, "/shift/notes?day=2026-11-23").words
    assert "11月23日的班谁在岗 11月23日谁在岗 台 姓名 从 到 受理 周敏 11-23 19:40 11-24 08:10" in monday
    tuesday = desk.get(SUPERVISOR, "/shift/notes?day=2026-11-24&desk=intake").words
    assert "受理 赵海燕 11-24 08:10 11-24 17:00 没有交班" in tuesday


def test_a_duty_that_nobody_ended_is_said_to_be_forgotten(desk: Desk) -> None:
    desk.post(AGENT, "/shift/duty", {"desk": "intake", "act": "come"})
    desk.at = MONDAY + 24 * HOUR
    assert "受理台：您没有上岗" in desk.get(AGENT, "/shift").words
    desk.post(AGENT, "/shift/duty", {"desk": "intake", "act": "come"})
    assert "周敏 11-23 10:00 11-24 02:00 忘了下岗" in desk.get(SUPERVISOR, "/shift/notes?day=2026-11-23").words


def test_duty_at_a_desk_that_is_not_ones_own_is_refused(desk: Desk) -> None:
    assert desk.post(AGENT, "/shift/duty", {"desk": "supervise", "act": "come"}).status == 403
    assert desk.post(AGENT, "/shift/duty", {"desk": "nowhere", "act": "come"}).status == 422
    assert desk.post(AGENT, "/shift/duty", {"desk": "intake", "act": "dance"}).status == 404


def test_notes_are_found_by_day_and_desk_page_by_page(desk: Desk) -> None:
    hand_over(desk, text="周一的")
    hand_over(desk, who=DISPATCHER, name="dispatch", text="派单台的")
    desk.at = MONDAY + 24 * HOUR
    for at in range(31):
        hand_over(desk, text=f"周二第 {at}")
    found = desk.get(SUPERVISOR, "/shift/notes?day=2026-11-23").words
    assert ("周一的" in found, "派单台的" in found, "周二第" in found) == (True, True, False)
    found = desk.get(SUPERVISOR, "/shift/notes?day=2026-11-23&desk=dispatch").words
    assert ("周一的" in found, "派单台的" in found) == (False, True)
    page = desk.get(SUPERVISOR, "/shift/notes?day=2026-11-24&desk=intake")
    assert "周二第 30" in page.words
    assert "周二第 0 " not in f"{page.words} "
    rest = desk.get(SUPERVISOR, f"/shift/notes{page.next}")
    assert "周二第 0" in rest.words
    assert "派单台的" not in desk.get(AGENT, "/shift/notes?desk=dispatch").words
    assert "没有符合条件的交班记录。" in desk.get(AGENT, "/shift/notes?day=2020-01-01").words
    assert desk.get(AGENT, "/shift/notes?day=nonsense&before=x").status == 200


def test_each_desk_is_handed_over_with_what_is_its_own(desk: Desk) -> None:
    situations.return_asked()
    situations.promised()
    situations.instructed()
    city.dispatched(urgency="emergency")
    situations.in_callback()
    desk.at = local("2026-12-20 10:00")
    for who, name, said in (
        (DISPATCHER, "dispatch", "申请还没有答复 1"),
        (CALLER, "callback", "承诺、撤诉要核实 1"),
        (SUPERVISOR, "supervise", "批示还没有反馈 1"),
    ):
        page = desk.get(who, f"/shift/write?desk={name}")
        assert said in page.words
        assert ("紧急件还没有签收 1" in page.words) == (name == "dispatch")
        note = hand_over(desk, who=who, name=name)
        assert said in desk.get(who, f"/shift/note/{note}").words


def test_missed_calls_and_calls_that_were_promised_are_handed_over(desk: Desk) -> None:
    from jiesu.store import callback_desk

    order = situations.in_callback()
    callback_desk.put_off(order.number, until=MONDAY + 30 * HOUR)
    sql.run(
        "INSERT INTO call_task (phone_hash, call, first_at, last_at, misses, urgent, due_at, next_at, state, attempts,"
        " taken_by, ended_by) VALUES ('\\x01', 1, %(at)s, %(at)s, 3, true, %(at)s, %(at)s, 'open', 0, '', '')",
        {"at": MONDAY},
    )
    desk.at = MONDAY + 25 * HOUR
    page = desk.get(CALLER, "/shift/write").words
    assert f"约好再打的回访 1 {order.number}" in page
    assert "还剩 5小时" in page
    assert "未接来电要回拨 1 未接来电" in page
    assert "未接 3 次" in page


def test_a_page_of_handing_over_costs_five_statements(desk: Desk) -> None:
    from jiesu.store import rules

    city.registered(urgency="urgent")
    note = hand_over(desk)
    browser = desk.browser(OTHER_AGENT)
    rules.current()
    for path in ("/shift", "/shift/write", "/shift/notes", f"/shift/note/{note}"):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(path).status_code == 200
        assert len(ours) + len(djangos) <= 5, path


def test_handing_over_and_signing_cost_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    def cost(who: str, path: str, given: dict[str, str]) -> int:
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.post(path, given).status_code == 302
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    assert cost(AGENT, "/shift/write", {"desk": "intake", "text": "好"}) <= 6
    assert cost(OTHER_AGENT, f"/shift/note/{last_note()}/sign", {}) <= 6


def test_notes_and_signatures_cannot_be_changed(desk: Desk) -> None:
    desk.post(OTHER_AGENT, f"/shift/note/{hand_over(desk)}/sign", {})
    for statement in ("UPDATE shift_note SET text = ''", "DELETE FROM shift_note", "DELETE FROM shift_sign"):
        with pytest.raises(Exception, match="shift_"):
            sql.run(statement)


def test_the_bar_says_which_shift_runs_until_when_also_after_midnight(desk: Desk) -> None:
    assert "11月23日 周一 工作日 白班到 20:00" in desk.get(AGENT, "/register").words
    desk.at = local("2026-11-28 00:10")
    page = desk.get(AGENT, "/register")
    assert "11月28日 周六 休息日 夜班到 08:00" in page.words
    assert 'data-until="2026-11-28T08:00:00+08:00"' in page.html
    desk.at = local("2026-11-28 21:10")
    assert 'data-until="2026-11-29T00:00:00+08:00"' in desk.get(AGENT, "/register").html
    assert "11月28日 周六 休息日 夜班到 08:00" in desk.get(AGENT, "/renewed").words
