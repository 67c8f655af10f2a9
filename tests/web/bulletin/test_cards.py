"""Cards: none while the profile has them off; once on, proposed at the freeze, agreed to, then seen."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import copy
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests.city import local
from tests.web.bulletin.month import FREEZING, MONTH, OVER, frozen
from tests.web.bulletin.test_editions import PAGE, WHOLE, docx_words, drafted, write
from tests.web.desk import AGENT, ANALYST, HEAT_LEADER, HOUSING_CLERK, LEADER, SUPERVISOR, Desk, Seen

LIST = "/bulletin/cards"
CARD: dict[str, Any] = {
    "rate": "on_time", "zh": "按时办结率低于 90%", "colour": "yellow", "below": 90, "times": 1,
    "approver": "city_leader", "days": 30, "on": True,
}  # fmt: skip


def turned_on(*cards: dict[str, Any]) -> None:
    """The next version of the city's profile, with these cards."""
    from jiesu.assessment import filling
    from jiesu.domain import profiles as rules
    from jiesu.domain import windows
    from jiesu.store import profiles

    _, held = profiles.in_force(windows.read(MONTH).first)
    doc = copy.deepcopy(dict(held.doc)) | {"version": held.version + 1, "cards": list(cards)}
    profiles.load(rules.read(doc), by="system", now=OVER)
    filling.fill_due(OVER)


def act(desk: Desk, who: str, verb: str, note: str = "") -> Seen:
    last = sql.value("SELECT max(id) FROM card")
    return desk.post(who, f"{LIST}/{last}/{verb}", {"note": note})


def test_a_card_is_nobodys_until_it_is_agreed_to(desk: Desk) -> None:
    turned_on(
        CARD, {**CARD, "zh": "连续两月低于 90%", "colour": "red", "times": 2}, {**CARD, "zh": "关着", "on": False}
    )
    drafted(desk)
    write(desk, 0, **WHOLE)
    desk.at = FREEZING
    frozen()
    assert sql.rows("SELECT unit, colour, rule, state FROM card") == [("U0301", "yellow", CARD["zh"], "proposed")]
    page = desk.get(LEADER, LIST)
    assert "黄牌 供热公司 按时办结率低于 90%：85.71%（12/14） 2026年11月 · 待批准，由市领导定" in page.words
    own = desk.get(HEAT_LEADER, "/unit/month").words
    assert "提出亮黄牌，待市领导批准，还没有生效：2026年11月，按时办结率低于 90%：85.71%（12/14）。" in own
    assert "红黄牌" not in docx_words(desk, LEADER)
    assert act(desk, SUPERVISOR, "agree").status == 403
    empty = act(desk, LEADER, "refuse")
    assert (empty.status, "请写明为什么不予亮牌" in empty.words) == (422, True)
    assert "已批准，从今天起生效。" in act(desk, LEADER, "agree", "按会议意见").words
    assert "范晓光 2026-12-08 09:30，1月7日 解除：按会议意见" in desk.get(ANALYST, LIST).words
    own = desk.get(HEAT_LEADER, "/unit/month").words
    assert "黄牌 2026年11月，按时办结率低于 90%：85.71%（12/14）；1月7日 解除。" in own
    assert "黄牌" not in desk.get(HOUSING_CLERK, "/unit/month").words
    assert "亮牌的单位" in desk.get(SUPERVISOR, PAGE).words
    assert "亮牌的单位" in desk.post(SUPERVISOR, f"{PAGE}/issue", {"seen": "1"}).words
    twice = act(desk, LEADER, "agree")
    assert (twice.status, "这张牌已批准，不能再定" in twice.words) == (422, True)
    assert "已提前解除。" in act(desk, LEADER, "lift", "已补齐人手").words
    assert "提前解除：已补齐人手" in desk.get(LEADER, LIST).words
    assert "黄牌" not in desk.get(HEAT_LEADER, "/unit/month").words
    assert "亮牌的单位" in docx_words(desk, LEADER)


def test_a_card_ends_on_its_day_and_none_is_given_while_all_are_off(desk: Desk) -> None:
    desk.at = FREEZING
    turned_on(CARD)
    frozen()
    act(desk, LEADER, "agree")
    desk.at = local("2027-01-07 09:00")
    assert "到期解除" in desk.get(LEADER, LIST).words
    assert "黄牌" not in desk.get(HEAT_LEADER, "/unit/month?month=2026-11").words


def test_without_a_rule_that_is_on_there_is_no_card(desk: Desk) -> None:
    desk.at = FREEZING
    frozen()
    assert sql.value("SELECT count(*) FROM card") == 0
    assert '没有红黄牌。要用，在考核口径的 cards 里把条件打开（"on": true）' in desk.get(ANALYST, LIST).words
    for who in (AGENT, HEAT_LEADER):
        assert desk.get(who, LIST).status == 403
    for path in ("9/agree", "9/lift", "9/forget"):
        assert desk.post(LEADER, f"{LIST}/{path}", {"note": "x"}).status == 404


def test_the_list_costs_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    desk.at = FREEZING
    browser = desk.browser(LEADER)
    rules.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.get(LIST).status_code == 200
    assert len(ours) + len(djangos) == 4
