"""Knowledge articles: who may write them, what stays of every reading, and which may answer a citizen today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jiesu.domain.errors import Forbidden, Refused
from tests import city
from tests.city import CHEN, DU, GUAN, HOUR, LIU, MONDAY, ZHOU
from tests.database import Clone, Databases

BODY = "雪停后四小时内打通主干道。"


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def knowledge(db: Clone) -> Any:
    from jiesu.workflow import knowledge  # noqa: PLC0415 - Django can be imported only once it is set up

    return knowledge


@pytest.fixture
def articles(db: Clone) -> Any:
    from jiesu.store import articles  # noqa: PLC0415 - Django can be imported only once it is set up

    return articles


def published(knowledge: Any, code: str = "K100", **more: Any) -> Any:
    given = {"title": "雪天道路谁来清", "body": BODY, "matter": "08.05", **more}
    return knowledge.publish(code, by=GUAN, now=MONDAY, **given)


@pytest.mark.parametrize("who", [ZHOU, CHEN, LIU])
def test_only_editors_write(knowledge: Any, who: Any) -> None:
    with pytest.raises(Forbidden, match="知识条目由管理员或督办员维护"):
        knowledge.publish("K100", by=who, now=MONDAY, title="题", body=BODY)
    with pytest.raises(Forbidden):
        knowledge.change("K001", by=who, now=MONDAY, title="题")
    with pytest.raises(Forbidden):
        knowledge.withdraw("K001", by=who, now=MONDAY, reason="旧了")


def test_every_reading_stays(knowledge: Any, articles: Any) -> None:
    published(knowledge)
    knowledge.change("K100", by=DU, now=MONDAY + HOUR, seen=1, body="雪停后两小时内打通主干道。", note="标准提高")
    knowledge.withdraw("K100", by=GUAN, now=MONDAY + 2 * HOUR, reason="并入 K030")
    again = published(knowledge, title="除雪标准")
    assert (again.version, again.active, again.used) == (4, True, 0)
    assert [(one.version, one.act, one.by, one.note) for one in articles.versions("K100")] == [
        (4, "publish", GUAN.id, ""),
        (3, "withdraw", GUAN.id, "并入 K030"),
        (2, "change", DU.id, "标准提高"),
        (1, "publish", GUAN.id, ""),
    ]
    assert articles.versions("K100")[3].doc["body"] == BODY
    assert articles.versions("K100")[2].doc["body"] == "雪停后两小时内打通主干道。"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"title": "长" * 121}, "title"),
        ({"body": "有\0字"}, "body"),
        ({"matter": "99"}, "matter"),
        ({"region": "R99"}, "region"),
        ({"keywords": ("词",) * 31}, "keywords"),
        ({"keywords": (" ",)}, "keywords"),
        ({"valid_from": date(2026, 12, 1), "valid_until": date(2026, 11, 30)}, "valid_until"),
        ({"note": "说" * 201}, "note"),
        ({"code": "k1"}, "code"),
        ({"code": "K001"}, "code"),
    ],
)
def test_what_no_article_can_be(knowledge: Any, articles: Any, given: dict[str, Any], field: str) -> None:
    given = dict(given)
    code = given.pop("code", "K100")
    with pytest.raises(Refused) as refused:
        published(knowledge, code, **given)
    assert refused.value.field == field
    assert articles.get("K100") is None


def test_an_editor_who_saw_an_older_reading_looks_again(knowledge: Any, articles: Any) -> None:
    knowledge.change("K001", by=GUAN, now=MONDAY, seen=1, title="报停怎么办")
    with pytest.raises(Refused, match="刚被别人改过"):
        knowledge.change("K001", by=DU, now=MONDAY, seen=1, title="停暖怎么办")
    with pytest.raises(Refused, match="没有改动"):
        knowledge.change("K001", by=DU, now=MONDAY, title="报停怎么办")
    knowledge.change("K002", by=DU, now=MONDAY, keywords=["热费", "滞纳金"])
    assert articles.get("K002").keywords == ("热费", "滞纳金")
    with pytest.raises(Refused, match="没有“colour”这一项"):
        knowledge.change("K001", by=DU, now=MONDAY, colour="red")
    assert articles.get("K001").title == "报停怎么办"


def test_nobody_changes_what_is_not_there(knowledge: Any) -> None:
    with pytest.raises(Refused, match="没有知识条目 K999"):
        knowledge.change("K999", by=GUAN, now=MONDAY, title="题")
    knowledge.withdraw("K001", by=GUAN, now=MONDAY, reason="旧了")
    with pytest.raises(Refused, match="已经停用"):
        knowledge.withdraw("K001", by=GUAN, now=MONDAY, reason="旧了")
    with pytest.raises(Refused, match="停用的理由"):
        knowledge.withdraw("K002", by=GUAN, now=MONDAY, reason=" ")


# -- answering with them

ANSWER = {"kind": "consultation", "public_reply": "每年九月一日至十月十日办理。"}


def test_an_answer_counts_for_its_article_and_its_event_names_it(articles: Any) -> None:
    from jiesu.store import orders  # noqa: PLC0415 - Django can be imported only once it is set up

    order = city.take(city.registered(), "answer_directly", ZHOU, MONDAY, {**ANSWER, "article": "K001"})
    assert (order.state, order.outcome) == ("closed", "direct_answer")
    assert orders.events(order.number)[-1].data["article"] == "K001"
    assert articles.get("K001").used == 1
    city.take(city.registered(), "answer_directly", ZHOU, MONDAY, ANSWER)
    assert [one.used for one in (articles.get("K001"), articles.get("K002"))] == [1, 0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valid_until": date(2026, 11, 22)}, "知识条目 K001 已过有效期，不能再用来答复"),
        ({"valid_from": date(2026, 11, 24)}, "知识条目 K001 还没有生效，不能再用来答复"),
        (None, "知识条目 K001 已停用，不能再用来答复"),
    ],
)
def test_an_article_that_does_not_hold_today_answers_nobody(
    knowledge: Any, articles: Any, change: dict[str, Any] | None, said: str
) -> None:
    if change is None:
        knowledge.withdraw("K001", by=GUAN, now=MONDAY, reason="办法改了")
    else:
        knowledge.change("K001", by=GUAN, now=MONDAY, **change)
    order = city.registered()
    with pytest.raises(Refused, match=said) as refused:
        city.take(order, "answer_directly", ZHOU, MONDAY, {**ANSWER, "article": "K001"})
    assert refused.value.field == "article"
    assert articles.get("K001").used == 0


def test_an_article_that_never_was(db: Clone) -> None:
    with pytest.raises(Refused, match="没有知识条目“X9”"):
        city.take(city.registered(), "answer_directly", ZHOU, MONDAY, {**ANSWER, "article": "X9"})


def test_its_first_and_last_day_count(knowledge: Any, articles: Any) -> None:
    knowledge.change("K001", by=GUAN, now=MONDAY, valid_from=MONDAY.date(), valid_until=MONDAY.date())
    city.take(city.registered(), "answer_directly", ZHOU, MONDAY, {**ANSWER, "article": "K001"})
    assert articles.get("K001").used == 1


# -- finding them


def found(articles: Any, words: str, **more: Any) -> list[str]:
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    return [one.code for one in articles.find(words, day=MONDAY.date(), rules=rules.current(), **more)]


def test_the_words_of_a_demand_find_its_article(articles: Any) -> None:
    assert found(articles, "家里房子空着，想问报停怎么办理")[0] == "K001"
    assert found(articles, "自来水发黄，水浑得很，能喝吗")[0] == "K006"
    assert found(articles, "k009")[0] == "K009"
    assert found(articles, "") == []


def test_the_matter_finds_articles_without_a_word(articles: Any) -> None:
    assert found(articles, "", matter="03.04") == ["K002", "K004"]
    assert found(articles, "室温不到十八度要求退费", matter="03.04")[0] == "K004"


def test_what_may_not_be_used_today_is_not_offered(knowledge: Any, articles: Any) -> None:
    assert "K001" in found(articles, "报停")
    knowledge.change("K001", by=GUAN, now=MONDAY, valid_until=date(2026, 11, 22))
    assert "K001" not in found(articles, "报停")
    (page,) = articles.page(day=MONDAY.date(), standing_is="expired")
    assert (page.code, page.standing) == ("K001", "expired")


def test_an_article_of_one_region_is_not_offered_elsewhere(knowledge: Any, articles: Any) -> None:
    published(knowledge, "K101", title="河东街道除雪值班", region="R02")
    assert "K101" in found(articles, "河东街道除雪值班", region="R0203")
    assert "K101" not in found(articles, "河东街道除雪值班", region="R0101")
    assert "K101" in found(articles, "河东街道除雪值班")


def test_a_look_costs_one_statement_until_something_changes(knowledge: Any, articles: Any) -> None:
    from jiesu.store import rules, sql  # noqa: PLC0415 - Django can be imported only once it is set up

    found(articles, "报停")
    now = rules.current()
    with sql.counting() as made:
        articles.find("报停", day=MONDAY.date(), rules=now)
    assert len(made) == 1
    knowledge.change("K001", by=GUAN, now=MONDAY, title="报停指南")
    with sql.counting() as made:
        assert articles.find("报停", day=MONDAY.date(), rules=now)[0].title == "报停指南"
    assert len(made) == 2
