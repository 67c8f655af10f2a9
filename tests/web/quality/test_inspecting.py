"""The inspector's desk as people read it: what waits, the sheet, the result where it is told, appeals, figures."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jiesu.store import sql
from jiesu.workflow import quality_rules as rules
from tests import city, exchange
from tests.city import GUAN, HOUR, MONDAY, local
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    CALLER,
    DISPATCHER,
    DPO,
    FARMING_CLERK,
    HEAT_CLERK,
    HEAT_LEADER,
    HOUSING_CLERK,
    INSPECTOR,
    LEADER,
    REVIEWER,
    SUPERVISOR,
    Desk,
    Seen,
    events_of,
)
from tests.web.quality import walked
from tests.web.quality.walked import SECOND, TUESDAY, called, closed, drawn, sheet


def open_look(page: Seen) -> str:
    """The line whose turn it is."""
    found = re.search(r'data-inspects="([\w.]+)"', page.html)
    return found[1] if found else ""


def submit(desk: Desk, id_: int, who: str = INSPECTOR, **given: Any) -> Seen:
    return desk.post(who, f"/quality/{id_}/submit", given or sheet())


def judged(desk: Desk, **less: tuple[str, str]) -> int:
    """An order that was judged on Tuesday morning."""
    id_ = drawn(closed())
    desk.at = TUESDAY
    assert submit(desk, id_, **sheet(**less)).status == 200
    return id_


# -- the inspector


def test_what_was_drawn_comes_by_its_limit_with_the_whole_thing_and_its_sheet(desk: Desk) -> None:
    first, second = drawn(closed()), drawn(closed())
    desk.at = TUESDAY
    page = desk.get(INSPECTOR, "/")
    assert (page.address, open_look(page)) == ("/quality", str(first))
    assert "工单质检 template：三天里五件答复一样" in page.words
    assert "受理 周敏 1 诉求要素齐全 15 分" in page.words
    assert "派单 陈亮" in page.words
    assert "答复 供热公司" in page.words
    assert "办结 韩雪梅" in page.words
    assert "裸露的管道已重新包好保温层。" in page.words
    assert "张** 电话 138****1111" in page.words
    assert "13800001111" not in page.html
    assert "张小凤" not in page.html
    page = submit(desk, first, **sheet(relevant=("8", "没有说什么时候修好")))
    assert (
        "上一件 已评：受理 100.0 分，合格；派单 100.0 分，合格；答复 87.3 分，合格；办结 100.0 分，合格" in page.words
    )
    assert open_look(page) == str(second)
    page = submit(desk, second)
    assert "没有待检的" in page.words


def test_a_colleague_gets_another_thing(desk: Desk) -> None:
    first, second = drawn(closed()), drawn(closed())
    desk.at = TUESDAY
    assert open_look(desk.get(INSPECTOR, "/quality")) == str(first)
    assert open_look(desk.get(SECOND, "/quality")) == str(second)
    submit(desk, first)
    late = desk.post(SECOND, f"/quality/{first}/submit", sheet())
    assert late.status == 409
    assert "这一件刚被别人检过了，您写的内容还在，请看下一件" in late.words
    assert "这一件不在待检里" in desk.get(SECOND, f"/quality?look={first}").words


def test_points_without_a_reason_come_back_with_what_was_written(desk: Desk) -> None:
    id_ = drawn(closed())
    desk.at = TUESDAY
    given = sheet(measures=("0", ""), relevant=("8", "只答了一半")) | {"e.relevant": "第5步", "coach": "先写结果"}
    page = submit(desk, id_, **given)
    assert page.status == 422
    assert "“措施具体、有结果”扣了分，请写明理由" in page.words
    assert "只答了一半" in page.words
    assert 'value="第5步"' in page.html
    assert "先写结果" in page.words
    assert sql.value("SELECT count(*) FROM inspection_part") == 0
    page = submit(desk, id_, **given | {"n.measures": "没有写日期"})
    assert page.status == 200
    marks = sql.rows("SELECT item, points, evidence FROM inspection_mark WHERE points < worth ORDER BY item")
    assert marks == [("measures", 0, ""), ("relevant", 8, "#5")]


def test_a_call_is_heard_where_it_is_judged_and_that_is_on_record(desk: Desk) -> None:
    id_ = called()
    desk.at = TUESDAY
    page = desk.get(INSPECTOR, "/quality")
    assert "通话质检 通话过短：只说了 12 秒" in page.words
    assert "2026-11-23 10:00 的来电 接听 周敏 等候 5 秒 通话 1分00秒" in page.words
    assert exchange.PHONE not in page.html
    answer = desk.browser(INSPECTOR).post(f"/quality/{id_}/play", {})
    assert (answer.status_code, "没有真实录音" in answer.content.decode()) == (422, True)
    assert sql.rows("SELECT role, reason FROM call_heard") == [("inspector", "")]
    for who in (AGENT, HEAT_CLERK, CALLER):
        assert desk.browser(who).post(f"/quality/{id_}/play", {}).status_code == 404
    assert sql.value("SELECT count(*) FROM call_heard") == 1
    page = submit(desk, id_, **sheet("call", rude=("0", "没说完就挂断")))
    assert "已评：接听 0.0 分，不合格（否决项）" in page.words


def test_a_call_of_a_secret_order_is_heard_for_a_reason_alone(desk: Desk) -> None:
    order = closed(secret=True, kind="report")
    id_ = called()
    sql.run("UPDATE call SET number = %s", (order.number,))
    sql.run("UPDATE inspection SET number = %s WHERE id = %s", (order.number, id_))
    desk.at = TUESDAY
    page = desk.get(INSPECTOR, f"/quality?look={id_}")
    assert "为什么要听" in page.words
    for hidden in ("张小凤", "张**", "138****1111"):
        assert hidden not in page.html
    answer = desk.browser(INSPECTOR).post(f"/quality/{id_}/play", {})
    assert "请写明为什么要听这段录音" in answer.content.decode()
    assert sql.value("SELECT count(*) FROM call_heard") == 0


def test_a_callback_is_judged_beside_its_order(desk: Desk) -> None:
    order = closed()
    id_ = drawn(order, subject="callback", no=1)
    desk.at = TUESDAY
    page = desk.get(INSPECTOR, "/quality")
    assert "回访质检" in page.words
    assert "第 1 次回访：已接通，已解决，满意" in page.words
    assert "回访 韩雪梅" in page.words
    submit(desk, id_, **sheet("callback", neutral=("13", "先替对方说了满意")))
    assert walked.name(CALLER) == "韩雪梅"
    own = desk.get(CALLER, "/quality/mine")
    assert "回访：韩雪梅 88.0 分，合格" in own.words
    for who in (HEAT_CLERK, HEAT_LEADER, AGENT):
        assert "先替对方说了满意" not in desk.get(who, "/quality/mine").html


def test_what_cannot_be_judged_is_left_out(desk: Desk) -> None:
    id_ = called()
    desk.at = TUESDAY
    assert desk.post(INSPECTOR, f"/quality/{id_}/drop", {}).status == 422
    page = desk.post(INSPECTOR, f"/quality/{id_}/drop", {"drop": "no_recording"})
    assert "上一件 没有检：没有录音，或录音听不清。" in page.words
    assert "没有检：没有录音，或录音听不清。秦立新" in desk.get(INSPECTOR, f"/quality/{id_}").words


def test_an_order_is_asked_for_by_its_number(desk: Desk) -> None:
    order = closed()
    desk.at = TUESDAY
    assert desk.post(INSPECTOR, "/quality/ask", {"number": "", "reason": "看看"}).status == 422
    assert desk.post(INSPECTOR, "/quality/ask", {"number": "2611230009999", "reason": "看看"}).status == 404
    page = desk.post(INSPECTOR, "/quality/ask", {"number": order.number, "reason": ""})
    assert (page.status, "请写明为什么要检" in page.words) == (422, True)
    page = desk.post(SUPERVISOR, "/quality/ask", {"number": order.number, "reason": "信访那边问起"})
    assert "已放进待检，办结了就排进来。" in page.words
    page = desk.post(INSPECTOR, "/quality/ask", {"number": order.number, "reason": "又问起"})
    assert "这张工单已经在待检里，或已检过。" in page.words
    assert "指定抽检" in page.words


def test_todays_draw_is_made_by_hand_where_the_night_did_not(desk: Desk) -> None:
    for _ in range(3):
        closed()
    desk.at = TUESDAY
    page = desk.get(INSPECTOR, "/quality")
    assert "没有待检的，今天的还没有抽" in page.words
    page = desk.post(INSPECTOR, "/quality/draw", {})
    assert "答复雷同：7 天里有 3 件答复几乎一样" in page.words
    assert "今天的还没有抽" not in desk.get(SECOND, "/quality").words
    for who in (AGENT, HEAT_CLERK, ANALYST):
        assert desk.post(who, "/quality/draw", {}).status == 403
        assert desk.post(who, "/quality/ask", {"number": "1", "reason": "看看"}).status == 403


# -- whoever is judged


def test_everybody_finds_his_own_results_from_his_own_desk_and_nobody_elses(desk: Desk) -> None:
    judged(
        desk,
        facts=("8", "没有问楼号"),
        relevant=("0", "没有回应第二问"),
        lead=("8", "目录里是住建局"),
        outcome=("5", "意见没有记全"),
    )
    said = {
        AGENT: ("受理：周敏 72.0 分，不合格", "没有问楼号"),
        DISPATCHER: ("派单：陈亮 65.0 分，不合格", "目录里是住建局"),
        HEAT_CLERK: ("答复：供热公司 72.7 分，不合格", "没有回应第二问"),
        HEAT_LEADER: ("答复：供热公司 72.7 分，不合格", "没有回应第二问"),
        CALLER: ("办结：韩雪梅 66.7 分，不合格", "意见没有记全"),
    }
    for who, (score, why) in said.items():
        desk_page = desk.get(who, "/")
        assert "质检 1" in desk_page.words
        page = desk.get(who, "/quality")
        assert (page.status, page.address) == (200, "/quality/mine")
        assert score in page.words
        for other in {why for _, why in said.values()} - {why}:
            assert other not in page.html
    for who in (FARMING_CLERK, HOUSING_CLERK, REVIEWER):
        page = desk.get(who, "/quality/mine")
        assert "还没有关于您" in page.words
        assert "质检 0" in page.words


def test_who_has_no_part_in_it_is_not_let_in(desk: Desk) -> None:
    id_ = judged(desk)
    for who in (AGENT, DISPATCHER, CALLER, REVIEWER, HEAT_CLERK, HEAT_LEADER, ANALYST, LEADER, DPO, ADMINISTRATOR):
        assert desk.get(who, f"/quality/{id_}").status == 403
        assert desk.get(who, "/quality/done").status == 403
        assert desk.get(who, "/quality/figures").status == 403
        for act in ("submit", "drop", "again", "reply/coach", "reply/decide"):
            assert desk.post(who, f"/quality/{id_}/{act}", {"reason": "我看看"}).status == 403, (who, act)
    for who in (ANALYST, LEADER, DPO, ADMINISTRATOR):
        assert desk.get(who, "/quality/mine").status == 403
    assert sql.value("SELECT count(*) FROM inspection") == 1


def test_a_receipt_and_a_coaching_note_with_its_own(desk: Desk) -> None:
    id_ = judged(desk, facts=("8", "没有问楼号"))
    page = desk.get(AGENT, "/quality/mine")
    page = desk.post(AGENT, f"/quality/mine/{id_}/intake/read", {})
    assert "已签阅" in page.words
    assert "质检 0" in page.words
    desk.at += HOUR
    page = desk.post(SECOND, f"/quality/{id_}/intake/coach", {"coach": "来电说“楼外”，就追问几号楼"})
    assert "11-24 09:00 已签阅" in page.words
    assert "倪文静，11-24 10:00；还没有读" in page.words
    page = desk.get(AGENT, "/quality/mine")
    assert "质检 1" in page.words
    assert "来电说“楼外”，就追问几号楼" in page.words
    desk.at += HOUR
    desk.post(AGENT, f"/quality/mine/{id_}/intake/read", {})
    assert "倪文静，11-24 10:00；11-24 11:00 已读" in desk.get(INSPECTOR, f"/quality/{id_}").words
    assert desk.post(SECOND, f"/quality/{id_}/intake/coach", {"coach": "再写一次"}).status == 422
    assert desk.post(CALLER, f"/quality/mine/{id_}/intake/read", {}).status == 403
    assert desk.post(CALLER, f"/quality/mine/{id_}/reply/read", {}).status == 403
    assert desk.post(CALLER, "/quality/mine/999/reply/read", {}).status == 404


def test_the_unit_appeals_and_another_inspector_decides(desk: Desk) -> None:
    id_ = judged(desk, relevant=("0", "没有回应第二问"))
    assert "不同意的，周五 17:30 前可以申诉一次" in desk.get(HEAT_CLERK, "/quality/mine").words
    assert desk.post(HEAT_CLERK, f"/quality/mine/{id_}/reply/appeal", {"appeal": " "}).status == 422
    assert desk.post(AGENT, f"/quality/mine/{id_}/reply/appeal", {"appeal": "不同意"}).status == 403
    page = desk.post(HEAT_CLERK, f"/quality/mine/{id_}/reply/appeal", {"appeal": "第二问在附件里答了"})
    assert "申诉已提交" in page.words
    assert "没有待裁定的申诉" not in desk.get(SUPERVISOR, "/quality").words
    assert open_look(desk.get(INSPECTOR, "/quality")) == ""  # not by whoever judged it
    page = desk.get(SECOND, "/quality")
    assert open_look(page) == f"{id_}.reply"
    assert "第二问在附件里答了" in page.words
    assert "没有回应第二问" in page.words
    assert desk.post(INSPECTOR, f"/quality/{id_}/reply/decide", {"decision": "没有答"}).status == 403
    assert desk.post(SECOND, f"/quality/{id_}/reply/decide", {"p.relevant": "8"}).status == 422
    given = {"p.relevant": "8", "decision": "附件里答了一半"}
    page = desk.post(SECOND, f"/quality/{id_}/reply/decide", given)
    assert "上一件 申诉已裁定，已改分：答复 87.3 分，合格。" in page.words
    page = desk.get(HEAT_LEADER, "/quality/mine")
    assert "裁定：已改分 附件里答了一半 倪文静" in page.words
    assert "原来 72.7 分" in page.words
    assert "（原来不合格）" in page.words
    again = desk.post(HEAT_LEADER, f"/quality/mine/{id_}/reply/appeal", {"appeal": "还是不同意"})
    assert (again.status, "一个结果只能申诉一次" in again.words) == (422, True)


def test_nothing_of_a_callback_is_told_to_a_unit_before_it_is_final(desk: Desk) -> None:
    order = situations.in_callback()
    id_ = drawn(order, subject="callback", no=1) if order.callbacks else drawn(order)
    desk.at = TUESDAY
    assert open_look(desk.get(INSPECTOR, "/quality")) == ""
    assert submit(desk, id_).status == 422
    assert "还没有关于您" in desk.get(HEAT_CLERK, "/quality/mine").words
    assert [event.move for event in events_of(order.number)][-1] == "pass_review"


# -- lists, figures, plans


def test_each_figure_opens_what_is_behind_it(desk: Desk) -> None:
    first = judged(desk, relevant=("0", "没有回应第二问"))
    for _ in range(4):
        submit(desk, drawn(closed()))
    page = desk.get(INSPECTOR, "/quality/figures")
    assert "抽到 5 已检 5 检不了 0 现在待检 0 申诉 0" in page.words
    assert "答其所问、逐项回应 工单 1/5 20.00 % 15" in page.words
    assert "答复 平均 94.5 分；合格率 80.00%（4/5）" in page.words
    assert "供热公司 94.5 4/5" in page.words
    assert "样本不足" not in page.words.partition("少于")[0]
    link = re.search(r'href="(/quality/done\?[^"]*item=relevant[^"]*)"', page.html)
    assert link is not None
    page = desk.get(INSPECTOR, link[1].replace("&amp;", "&"))
    assert re.findall(r'data-look="(\d+)"', page.html) == [str(first)]
    page = desk.get(SUPERVISOR, "/quality/done?month=2026-11&part=reply&failed=1")
    assert re.findall(r'data-look="(\d+)"', page.html) == [str(first)]
    assert "这个月还没有检过" in desk.get(INSPECTOR, "/quality/done?month=2026-10").words
    assert "这个月没有符合条件的结果" in desk.get(INSPECTOR, "/quality/done?appealed=1").words
    assert "2026-10 还没有检过" in desk.get(INSPECTOR, "/quality/figures?month=2026-10").words
    assert desk.get(INSPECTOR, "/quality/done?month=x&subject=x&part=x&from=x").status == 200


def test_an_item_that_is_gone_keeps_its_name_in_the_figures(desk: Desk) -> None:
    judged(desk, relevant=("0", "没有回应第二问"))
    doc = {"items": [{"code": "only", "part": "reply", "name": "答复", "points": 10}]}
    rules.publish("order", doc, since=TUESDAY.date(), by=GUAN, now=TUESDAY)
    assert "答其所问、逐项回应 工单 1/1" in desk.get(INSPECTOR, "/quality/figures").words


def test_few_results_make_no_mean(desk: Desk) -> None:
    judged(desk)
    assert "供热公司 样本不足 1/1" in desk.get(INSPECTOR, "/quality/figures").words


def test_a_long_month_is_paged(desk: Desk) -> None:
    order = closed()
    id_ = drawn(order)
    desk.at = TUESDAY
    submit(desk, id_)
    sql.run(
        "INSERT INTO inspection_part (inspection, part, subject, whom, unit, month, at, points, worth, fatal, passed,"
        " appeal_until) SELECT n, 'reply', 'order', 'U0301', 'U0301', '2026-11-01', now(), 50, 55, false, true, now()"
        " FROM generate_series(100, 160) n"
    )
    sql.run(
        "INSERT INTO inspection (id, thing, look, subject, no, signal, reason, whom, day, at, by, due_at, state)"
        " SELECT n, 't' || n, 1, 'order', 0, 'x', '', '', '2026-11-24', now(), 'system', now(), 'done'"
        " FROM generate_series(100, 160) n"
    )
    page = desk.get(INSPECTOR, "/quality/done?part=reply")
    assert len(re.findall(r"data-look=", page.html)) == 50
    assert len(re.findall(r"data-look=", desk.get(INSPECTOR, page.next).html)) == 12


def test_a_second_look_is_asked_for_and_counts_instead(desk: Desk) -> None:
    id_ = judged(desk, relevant=("0", "没有回应第二问"))
    assert desk.post(SUPERVISOR, f"/quality/{id_}/again", {"reason": ""}).status == 422
    page = desk.post(SUPERVISOR, f"/quality/{id_}/again", {"reason": "扣得太多"})
    assert "已要求复检，由另一位质检员检。" in page.words
    assert "要求复检" not in page.words.partition("已要求复检")[2]
    page = desk.get(SECOND, "/quality")
    assert "工单质检 复检" in page.words
    second = int(open_look(page))
    submit(desk, second, who=SECOND, **sheet())
    assert "已由复检代替" in desk.get(INSPECTOR, f"/quality/{id_}").words
    page = desk.get(INSPECTOR, f"/quality/{second}")
    assert "为什么复检：扣得太多" in page.words
    own = desk.get(HEAT_CLERK, f"/quality/mine?look={id_}.reply")
    assert "这次的结果已由复检代替，不再计分。" in own.words
    assert desk.get(INSPECTOR, "/quality/9999").status == 404


def test_the_plan_is_read_saved_and_exchanged(desk: Desk) -> None:
    desk.at = MONDAY
    page = desk.get(INSPECTOR, "/quality/rules")
    assert "通话周抽检 ：每名话务员每周 3 件，或当周的 1 %，取多的" in page.words
    assert "通话过短 ：接通后不到 20 秒就结束的通话；每天每人最多 1 件" in page.words
    assert "换用新的一版" not in page.words
    saved = json.loads(desk.browser(ADMINISTRATOR).get("/quality/rules/call.json").content)
    assert saved["items"][0]["name"] == "规范应答"
    saved["items"][0]["points"] = 20

    def send(who: str, name: str, text: str, since: str = "2026-12-01") -> Seen:
        file = SimpleUploadedFile("表.json", text.encode(), content_type="application/json")
        return desk.post(who, f"/quality/rules/{name}", {"file": file, "since": since, "note": "调高"})

    page = send(ADMINISTRATOR, "call", json.dumps(saved))
    assert "已存下新的一版，到生效日起用。" in page.words
    assert "第 2 版，2026-12-01 起 待生效" in page.words
    assert send(ADMINISTRATOR, "call", json.dumps(saved), "2026-11-23").words.count("现行") == 4
    assert "这个文件不是 JSON" in send(ADMINISTRATOR, "call", "{").words
    assert "请填写生效日期" in send(ADMINISTRATOR, "call", "{}", "").words
    assert "评分表没有条目" in send(SUPERVISOR, "order", "{}").words
    assert "没有“letter”这份文件" not in send(SUPERVISOR, "letter", "{}").words
    assert (
        "请选择不超过 200 KB 的 JSON 文件"
        in desk.post(ADMINISTRATOR, "/quality/rules/call", {"since": "2026-12-01"}).words
    )
    assert send(INSPECTOR, "call", json.dumps(saved)).status == 403
    for who in (AGENT, HEAT_CLERK, CALLER):
        assert desk.get(who, "/quality/rules").status == 403
        assert desk.browser(who).get("/quality/rules/call.json").status_code == 403
    assert desk.browser(INSPECTOR).get("/quality/rules/letter.json").status_code == 404


def test_a_city_without_a_plan_is_told_so(desk: Desk) -> None:
    id_ = drawn(closed())
    desk.at = TUESDAY
    sql.run("DELETE FROM quality_rule WHERE name = 'order'")
    page = desk.get(INSPECTOR, f"/quality?look={id_}")
    assert "还没有工单评分表" in page.words
    sql.run("DELETE FROM quality_rule")
    page = desk.get(INSPECTOR, "/quality")
    assert "本市还没有抽检方案和评分表" in page.words
    assert "还没有。" in desk.get(SUPERVISOR, "/quality/rules").words
    assert desk.get(INSPECTOR, "/quality/done").status == 200
    assert desk.get(INSPECTOR, "/quality/figures").status == 200


def test_nothing_of_it_stands_in_the_orders_own_record(desk: Desk) -> None:
    order = closed()
    before = len(events_of(order.number))
    id_ = drawn(order)
    desk.at = TUESDAY
    submit(desk, id_, **sheet(relevant=("0", "没有回应第二问")))
    desk.post(HEAT_CLERK, f"/quality/mine/{id_}/reply/appeal", {"appeal": "第二问在附件里答了"})
    desk.post(SECOND, f"/quality/{id_}/reply/decide", {"p.relevant": "15", "decision": "答了"})
    assert len(events_of(order.number)) == before
    assert "质检" not in desk.order(HEAT_CLERK, order.number).words.partition("流转记录")[2].partition("快捷键")[0]


def test_late_things_are_said_to_be_late(desk: Desk) -> None:
    drawn(closed())
    desk.at = local("2026-12-03 10:00")
    assert "现在待检 1 超期 1" in desk.get(INSPECTOR, "/quality/figures").words
    assert "已超期" in desk.get(INSPECTOR, "/quality").words
    desk.at += timedelta(days=40)
    assert city.CENTER == "CENTER"
