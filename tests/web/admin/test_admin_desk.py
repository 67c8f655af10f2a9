"""The administrator's pages: found, changed, confirmed; refused to everybody else; what each of them costs."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain.administration.kinds import FILED
from jiesu.store import rules as rules_store
from jiesu.store import sql
from jiesu.store.models import CatalogLine, PlannedChange, SettingChange, Unit
from tests import city
from tests.city import HEAT, MONDAY, local
from tests.web.admin.forms import fields, saved, sent
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    DISPATCHER,
    DPO,
    HEAT_CLERK,
    HEAT_LEADER,
    LEADER,
    SUPERVISOR,
    Desk,
)
from tests.workflow.administration.changing import NEXT_MONDAY, PIPES, changed, line, made

LISTS = (
    "/admin",
    *(f"/admin/{kind}" for kind in FILED if kind != "day"),
    "/admin/calendar",
    "/admin/season",
    "/admin/history",
)
PAGES = (
    *LISTS,
    "/admin/unit/new",
    f"/admin/unit/one/{HEAT}",
    f"/admin/catalog/one/{PIPES}",
    "/admin/staff/one/1",
    "/admin/unit/import",
    "/admin/unit/export.xlsx",
)
POSTS = (
    f"/admin/unit/one/{HEAT}",
    "/admin/unit/new",
    "/admin/unit/import",
    "/admin/unit/import/take",
    "/admin/staff/password",
    "/admin/calendar/recalculate",
    "/admin/season",
    "/admin/planned/1/off",
)


# -- who may


def test_nobody_else_sits_here(desk: Desk) -> None:
    before = SettingChange.objects.count()
    for who in (AGENT, DISPATCHER, SUPERVISOR, ANALYST, DPO, LEADER, HEAT_CLERK, HEAT_LEADER):
        browser = desk.browser(who)
        assert {browser.get(one).status_code for one in PAGES} == {403}
        assert {browser.post(one, {"step": "save", "reason": "试试"}).status_code for one in POSTS} == {403}
        assert 'href="/admin"' not in desk.get(who, "/notices").html
    stranger = desk.anybody()
    assert {stranger.get(one).status_code for one in PAGES} == {302}
    assert SettingChange.objects.count() == before


def test_a_form_needs_the_proof_of_its_origin(desk: Desk) -> None:
    strict = desk.anybody(strict=True)
    assert strict.post("/admin/unit/new", {"step": "save"}).status_code == 403


# -- what it costs


def test_lists_cost_at_most_five_and_the_history_six(desk: Desk) -> None:
    browser = desk.browser(ADMINISTRATOR)
    rules_store.current()
    spent = {}
    for address in LISTS:
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(address).status_code == 200
        spent[address] = len(ours) + len(djangos)
    print(spent)
    assert {address for address, n in spent.items() if n > 5} == {"/admin/history"}
    assert spent["/admin/history"] == 6


def test_what_a_change_costs_does_not_grow_with_the_orders(desk: Desk) -> None:
    costs = []
    for n in range(2):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            made(changed("limit", "review~*~*", limit=[n + 1, "hour"]))
        costs.append(len(ours) + len(djangos))
        for _ in range(20):
            city.dispatched()
    print(f"a change checked and saved: {costs} statements")
    assert costs[0] == costs[1]


# -- lists


def test_lists_are_searched_filtered_and_counted(desk: Desk) -> None:
    found = {
        "/admin/unit": f"{Unit.objects.count()} 个",
        "/admin/unit?q=grgs": "1 个",
        "/admin/unit?kind=company": "9 个",
        "/admin/unit?state=off": "0 个",
        "/admin/staff?role=administrator": "1 人",
        f"/admin/staff?unit={HEAT}": "2 人",
        "/admin/matter": "23 个",
        "/admin/matter?under=03": "8 个",
        "/admin/region?q=钢城街道": "8 个",
        "/admin/catalog?q=03.06": "3 条",
        "/admin/catalog?q=供热公司": "11 条",
        "/admin/catalog?region=R02": "15 条",
        "/admin/catalog?when=later": "0 条",
        "/admin/catalog?season=供暖季": "15 条",
        "/admin/catalog?q=没有的": "0 条",
        "/admin/limit?clock=dispatch": "3 条",
        "/admin/text?list=refusal": "18 条",
        "/admin/script?q=撤回": "1 份",
        "/admin/param?group=督办": "7 项",
        "/admin/param?q=久拖": "1 项",
    }
    counts = {address: desk.get(ADMINISTRATOR, address).html for address in found}
    assert {address: re.findall(r'id="count">([^<]*)<', html)[0] for address, html in counts.items()} == found
    assert "清除条件" in desk.get(ADMINISTRATOR, "/admin/unit?q=没有的").words
    assert desk.get(ADMINISTRATOR, "/admin/unit?from=50").html.count("data-row") == Unit.objects.count() - 50
    assert desk.get(ADMINISTRATOR, "/admin/unit").next == "?from=50"
    # Who looks for a person writes a name: it travels in the body, never in an address.
    person = desk.post(ADMINISTRATOR, "/admin/staff", {"q": "周敏"})
    assert 'method="post"' in person.html
    assert "1 人" in person.words
    assert "199****0001" in person.words
    assert "19900000001" not in person.html
    many = desk.post(ADMINISTRATOR, "/admin/staff", {"q": "员", "role": ""})
    assert 'name="from" value="50"' in many.html
    assert desk.post(ADMINISTRATOR, "/admin/staff", {"q": "员", "from": "50"}).html.count("data-row") == 16
    assert desk.get(ADMINISTRATOR, "/admin/day").status == 404
    assert desk.get(ADMINISTRATOR, "/admin/nothing").status == 404


def test_the_overview_says_what_wants_a_look(desk: Desk) -> None:
    assert "2027 年放假安排没有公布" in desk.get(ADMINISTRATOR, "/").words
    Unit.objects.create(code="U0310", name="新", short="新公司", kind="company")
    CatalogLine.objects.create(matter="03.06", region="R99", lead=HEAT, effective_from="2026-01-01")
    CatalogLine.objects.filter(matter="15").delete()
    rules_store.publish(MONDAY)
    waits = made(changed("unit", HEAT, since=NEXT_MONDAY, short="热力集团")).planned[0]
    words = desk.get(ADMINISTRATOR, "/admin").words
    for said in ("新公司 没有联络员、单位领导、值班表", "没有这个区域，这一条永远用不到", "热力集团"):
        assert said in words
    off = desk.post(ADMINISTRATOR, f"/admin/planned/{waits}/off", {"back": "//elsewhere"})
    assert off.address == f"/admin?done=off-{waits}"
    assert desk.post(ADMINISTRATOR, f"/admin/planned/{waits}/off", {}).status == 409
    assert desk.post(ADMINISTRATOR, "/admin/planned/9999/off", {}).status == 409
    PlannedChange.objects.update(state="failed", said="还有在办工单")
    assert "没有生效" in desk.get(ADMINISTRATOR, "/admin").words


def test_matters_without_a_line_are_told(desk: Desk) -> None:
    CatalogLine.objects.filter(matter="01").delete()
    rules_store.publish(MONDAY)
    assert "没有目录条目的事项" in desk.get(ADMINISTRATOR, "/admin").words


# -- one thing


def test_a_thing_is_changed_by_its_form(desk: Desk) -> None:
    done = saved(desk, f"/admin/unit/one/{HEAT}", short="热力集团", since="2026-11-23")
    assert "已保存" in done.words
    assert "供热公司 → 热力集团" in done.words
    assert rules_store.current().unit_name(HEAT) == "热力集团"
    later = saved(desk, f"/admin/unit/one/{HEAT}", phone="0000-1", since="2026-11-30")
    assert "已记下，到日子自动生效" in later.words
    assert "2026-11-30 起" in later.words
    assert Unit.objects.get(code=HEAT).phone != "0000-1"


def test_every_kind_of_thing_can_be_opened_checked_and_saved(desk: Desk) -> None:
    storm = {"begins": "2026-11-24T08:00", "ends": "2026-11-25T08:00", "clocks": ["handle"], "factor": "2"}
    handling = ["bureau", "subdistrict", "company", "institution", "section"]
    changes = {
        "/admin/matter/one/03.06": {"keywords": "保温、管网"},
        "/admin/matter/new": {"code": "03.91", "name": "新事项", "kinds": ["help"]},
        "/admin/region/one/R0103": {"unit": "河东街道"},
        f"/admin/catalog/one/{PIPES}": {"assist": "住建局", "handle.amount": "2", "fields": ["photo"]},
        "/admin/catalog/new": {"matter": "03.91", "region": "全市", "lead": "供热公司"},
        "/admin/catalog/one/03.91~R01": {"lead": "属地街道"},
        "/admin/limit/one/review~*~*": {"limit.amount": "2"},
        "/admin/limit/new": {"clock": "interim", "kind": "*", "urgency": "*", "limit.amount": "1"},
        "/admin/day/one/2026-11-25": {"working": "否", "note": "暴雪停工"},
        "/admin/year/one/2027": {"off": "2027-01-01", "on": "2027-01-09"},
        "/admin/declared/new": {"id": "BX1", "name": "暴雪", "basis": "市指令", "notice": "放宽", **storm},
        "/admin/text/one/refusal~litigation": {"text": "请向法院提出。"},
        "/admin/script/one/callback": {"lines": "您好，{name}\n再见"},
        "/admin/param/one/chase_warning": {"value": "4"},
        "/admin/param/one/ageing": {"value.amount": "20"},
        "/admin/param/one/handling_kinds": {"value": handling},
        "/admin/param/one/count_start_day": {"value": "是"},
        "/admin/staff/one/1": {"title": "班长"},
    }
    for address, given in changes.items():
        saved(desk, address, **given)
    rules = rules_store.current()
    assert (rules.params["chase_warning"], rules.params["ageing"]) == (4, [20, "day"])
    assert rules.limits()["interim", "*", "*"].zh() == "1 个工作日"
    assert not rules.calendar.is_workday(local("2026-11-25 10:00").date())
    assert SettingChange.objects.filter(note="按文件").count() == len(changes)


def test_what_was_typed_stays_with_what_is_wrong(desk: Desk) -> None:
    address = f"/admin/unit/one/{HEAT}"
    page = desk.get(ADMINISTRATOR, address)
    wrong = sent(desk, address, page, "check", short="", phone="打不通", reason="改")
    assert wrong.status == 422
    assert "请填写“简称”" in wrong.words
    assert fields(wrong.html)["phone"] == "打不通"
    past = sent(desk, address, page, "check", short="热", since="2026-11-22", reason="改")
    assert past.status == 422
    assert "生效日期不能早于今天（2026-11-23）" in past.words
    assert "“明天”不是日期" in sent(desk, address, page, "check", short="热", since="明天", reason="改").words
    silent = sent(desk, address, page, "check", short="热")
    assert "请写明为什么改，写进改动记录" in sent(desk, address, silent, "save", reason="").words
    other = sent(desk, address, silent, "save", short="别的", reason="改")
    assert other.status == 422
    assert "核对：这样改会怎样" in other.words
    assert "下面还有在用的单位" in sent(desk, address, page, "check", active="否", reason="撤并").words
    assert "没有改动任何内容" in sent(desk, address, page, "check", reason="试").words
    assert Unit.objects.get(code=HEAT).short == "供热公司"


def test_two_administrators_on_one_thing(desk: Desk) -> None:
    address = f"/admin/unit/one/{HEAT}"
    mine = desk.get(ADMINISTRATOR, address)
    made(changed("unit", HEAT, short="热力集团"), reason="更名批复")
    late = sent(desk, address, mine, "check", phone="0000-5", reason="换号")
    assert late.status == 409
    assert "刚改过这一项（更名批复），您的没有保存，写的内容都在下面" in late.words
    assert "供热公司 → 热力集团" in late.words
    assert fields(late.html)["phone"] == "0000-5"
    # Whoever has read it checks again, against what stands there now.
    again = sent(desk, address, late, "check", short="热力集团")
    assert again.status == 200
    sent(desk, address, again, "save")
    assert (Unit.objects.get(code=HEAT).short, Unit.objects.get(code=HEAT).phone) == ("热力集团", "0000-5")
    lines_page = desk.get(ADMINISTRATOR, f"/admin/catalog/one/{PIPES}")
    made(line(lead="U0302"))
    assert sent(desk, f"/admin/catalog/one/{PIPES}", lines_page, "check", lead="住建局", reason="改").status == 409


def test_what_is_there_already_is_not_made_twice(desk: Desk) -> None:
    words = "已经有了：别人刚加过，或本来就有。请回到列表打开它，在那里改"
    again = {"code": HEAT, "name": "又一家", "short": "又一家", "kind": "company", "reason": "新增"}
    page = sent(desk, "/admin/unit/new", desk.get(ADMINISTRATOR, "/admin/unit/new"), "check", **again)
    assert (page.status, words in page.words) == (409, True)
    taken = {"matter": "03.06", "region": "全市", "lead": "供热公司", "reason": "新增"}
    page = sent(desk, "/admin/catalog/new", desk.get(ADMINISTRATOR, "/admin/catalog/new"), "check", **taken)
    assert (page.status, words in page.words) == (409, True)
    assert fields(page.html)["lead"] == "供热公司"


def test_a_line_is_ended_or_taken_down(desk: Desk) -> None:
    address = f"/admin/catalog/one/{PIPES}"
    page = saved(desk, address, lead="北岭热电", since="2026-11-30")
    assert "2026-11-30 起 以后生效 北岭热电" in page.words
    seen = fields(page.html)["seen"]
    down = desk.post(ADMINISTRATOR, address, {"step": "away", "since": "2026-11-30", "seen": seen})
    assert "核对：这样改会怎样" in down.words
    sent(desk, address, down, "away-save", reason="不移交了")
    assert CatalogLine.objects.get(matter="03.06", region="*").effective_to is None
    seen = fields(desk.get(ADMINISTRATOR, address).html)["seen"]
    end = desk.post(ADMINISTRATOR, address, {"step": "away", "since": "2026-12-01", "seen": seen})
    assert "请写明为什么改" in sent(desk, address, end, "away-save", reason="").words
    sent(desk, address, end, "away-save", reason="不再单列")
    assert str(CatalogLine.objects.get(matter="03.06", region="*").effective_to) == "2026-11-30"
    assert "2026-01-01 到 2026-11-30 现在有效" in desk.get(ADMINISTRATOR, address).words


def test_addresses_that_lead_nowhere(desk: Desk) -> None:
    nowhere = (
        "/admin/nothing/new", "/admin/region/new", "/admin/day/new", "/admin/nothing/one/x", "/admin/unit/one/U9999",
        "/admin/staff/one/xiaozhou", "/admin/staff/one/99999", "/admin/day/one/tomorrow", "/admin/year/one/1999",
        "/admin/catalog/one/99~*", "/admin/catalog/one/03.06~R99", "/admin/catalog/one/nothing",
        "/admin/history/99999", "/admin/unit/export.docx", "/admin/year/export.xlsx", "/admin/year/import",
    )  # fmt: skip
    assert {address: desk.get(ADMINISTRATOR, address).status for address in nowhere} == dict.fromkeys(nowhere, 404)
