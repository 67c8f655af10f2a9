"""A resident asks to be forgotten: his words and his name go, every figure and the whole record stay."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.store import files, manifest, orders, people, sql
from jiesu.store.datadir import DataDir
from jiesu.store.verify import verify
from jiesu.workflow.privacy import Erased, erase_person
from tests import city
from tests.city import BAO, CHEN, GUAN, HOUR, MONDAY, PHOTO
from tests.database import Clone, Databases

EVENING = MONDAY + 10 * HOUR
REASON = "本人书面申请，依据《个人信息保护法》第四十七条"
NAME, PHONE = "张小凤", "13800001111"


pytestmark = pytest.mark.usefixtures("own_files")


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def the_person() -> int:
    (found,) = people.by_phone(PHONE)
    return found


def erase(person: int, reason: str = REASON, **keywords: Any) -> Erased:
    return erase_person(person, **{"by": BAO, "now": EVENING, "reason": reason, **keywords})


def figures() -> dict[str, list[tuple[Any, ...]]]:
    """Counts by state and outcome, ratings, and every clock of every leg."""
    return {
        "states": sql.rows("SELECT state, outcome, kind, matter, count(*) FROM work_order GROUP BY 1, 2, 3, 4"),
        "ratings": sql.rows("SELECT number, no, resolved, rating, valid FROM callback ORDER BY 1, 2"),
        "final": sql.rows("SELECT number, resolved, rating, round, closed_at, replied_at FROM work_order ORDER BY 1"),
        "clocks": sql.rows("SELECT * FROM leg ORDER BY number, no"),
        "contacts": sql.rows("SELECT channel, at, number FROM contact ORDER BY id"),
    }


def test_words_and_names_go_and_figures_stay(db: Clone) -> None:
    first, second = city.closed(MONDAY).number, city.closed(MONDAY + HOUR).number
    stranger = city.closed(MONDAY + 2 * HOUR, name="李大海", phone="13900002222").number
    before, person = figures(), the_person()
    assert erase(person) == Erased((first, second), 12, 0)
    assert figures() == before
    assert people.read(person) is None
    assert people.by_phone(PHONE) == []
    assert people.by_name(NAME) == []
    assert orders.texts(first) == {(10, "reason"): REASON}
    assert len(orders.texts(stranger)) == 6
    titles = dict(sql.rows("SELECT number, title || place FROM work_order WHERE number = ANY(%s)", ([first, second],)))
    assert titles == {first: "（已删除）", second: "（已删除）"}
    assert sql.rows("SELECT body, words::text FROM search_text WHERE number = %s", (first,)) == [("", "")]
    assert sql.value("SELECT count(*) FROM contact WHERE person = %s", (person,)) == 0
    assert sql.value("SELECT count(*) FROM work_order WHERE person = %s", (person,)) == 0
    event = orders.events(first)[-1]
    assert (event.move, event.by, event.role, event.at) == ("erase", BAO.id, "dpo", EVENING)


def test_verify_says_erased_and_finds_nothing_wrong(db: Clone) -> None:
    city.closed(MONDAY)
    city.closed(MONDAY + HOUR, name="李大海", phone="13900002222")
    assert manifest.seal(EVENING) == 18
    erase(the_person())
    found = verify(files=True)
    assert found.faults == []
    assert (found.orders, found.events, found.texts) == (2, 19, 7)
    assert (found.erased, found.erased_texts) == (1, 6)


def test_what_was_to_be_erased_and_is_still_there_is_found(db: Clone) -> None:
    number = city.closed(MONDAY).number
    kept = sql.rows("SELECT * FROM order_text WHERE number = %s AND field = 'text'", (number,))[0]
    erase(the_person())
    sql.run("INSERT INTO order_text VALUES (%s, %s, %s, %s, %s, %s)", kept)
    assert [fault.words for fault in verify().faults] == ["个人信息已按规定删除，诉求内容却还在（第 1 条流转记录）"]


def test_a_picture_goes_with_the_last_order_that_shows_it(db: Clone) -> None:
    other = city.closed(MONDAY + HOUR, name="李大海", phone="13900002222").number
    digest = city.photo(MONDAY)
    number = city.closed(MONDAY).number
    sql.run("UPDATE file SET number = %s", (number,))
    path = DataDir.choose().files / digest[:2] / digest
    assert erase(the_person()).files == 0
    assert files.read(digest)[0].number == other
    (second,) = people.by_phone("13900002222")
    assert erase(second).files == 1
    assert not path.exists()
    assert files.describe([digest]) == {}
    assert verify(files=True).faults == []
    assert files.save(PHOTO, name="现场照片.png", mime="image/png", by="s1", now=MONDAY) == digest


def test_open_orders_are_named_and_nothing_is_destroyed(db: Clone) -> None:
    closed, still = city.closed(MONDAY).number, city.replied(MONDAY + HOUR).number
    before = len(orders.texts(closed))
    with pytest.raises(Refused, match=f"^还有没办结的工单：{still}。办结以后才能删除个人信息。$"):
        erase(the_person())
    assert len(orders.texts(closed)) == before
    assert people.read(the_person()) is not None


def test_asked_again_it_does_nothing_more(db: Clone) -> None:
    city.closed(MONDAY)
    person = the_person()
    assert erase(person).texts == 6
    assert erase(person, now=EVENING + HOUR) == Erased()
    assert sql.value("SELECT count(*) FROM event WHERE move = 'erase'") == 1


def test_a_person_without_orders_is_erased_too(db: Clone) -> None:
    known = people.Known(name="王五", phone="13700003333")
    person = people.find_or_add(known, MONDAY)
    assert erase(person) == Erased()
    assert people.read(person) is None
    assert people.find_or_add(known, EVENING) != person


@pytest.mark.parametrize("by", [CHEN, GUAN])
def test_only_the_data_protection_officer_may(db: Clone, by: Any) -> None:
    city.closed(MONDAY)
    with pytest.raises(Forbidden, match="只有数据保护官"):
        erase(the_person(), by=by)
    with pytest.raises(NotFound, match="没有编号为 999"):
        erase(999)


@pytest.mark.parametrize("reason", ["  ", "张小凤本人申请", "来电 13800001111 申请", "身份证 110101199003074514 核过"])
def test_the_reason_stays_and_so_names_nobody(db: Clone, reason: str) -> None:
    city.closed(MONDAY)
    with pytest.raises(Refused) as refused:
        erase(the_person(), reason)
    assert refused.value.field == "reason"
    assert sql.value("SELECT count(*) FROM event WHERE move = 'erase'") == 0


def test_an_erased_order_stays_closed_and_may_still_be_noted(db: Clone) -> None:
    order = city.closed(MONDAY)
    erase(the_person())
    with pytest.raises(Refused, match="个人信息已按规定删除，不能重启"):
        city.take(order, "reopen", CHEN, EVENING + HOUR, {"ground": "new_facts", "reason": "又坏了"})
    city.take(order, "note", CHEN, EVENING + HOUR, {"note": "档案已核"})
    found = verify()
    assert found.faults == []
    assert (found.texts, found.erased_texts) == (2, 6)


def test_the_command_shows_first_and_erases_when_two_have_said_so(db: Clone) -> None:
    number = city.closed(MONDAY - timedelta(days=2)).number
    asked = ["erase", "--phone", PHONE, "--by", "dpo", "--reason", REASON]
    shown = command(db, *asked)
    said = f"将删除诉求人 {the_person()} 的个人信息，以及 1 张工单里的文字和附件：{number}。"
    assert shown.stdout == f"{said}删除不能恢复；提出申请请加 --yes，由另一人确认后再执行。\n"
    refused = command(db, *asked[:-4], "--by", "laochen", *asked[-2:], "--yes")
    assert (refused.returncode, refused.stderr) == (1, "删除申请由数据保护官或督办员提出\n")
    made = command(db, *asked, "--yes").stdout
    assert made == "已提出第 1 号删除申请，请另一人确认：jiesu erase --request 1 --agree --by 账号\n"
    early = command(db, "erase", "--request", "1", "--by", "dpo", "--yes")
    assert (early.returncode, early.stderr) == (1, "这条申请待另一人确认，不能执行\n")
    assert command(db, "erase", "--request", "1", "--agree", "--by", "duban1").returncode == 0
    unsure = command(db, "erase", "--request", "1", "--by", "dpo")
    assert (unsure.returncode, people.read(the_person()) is None) == (1, False)
    done = command(db, "erase", "--request", "1", "--by", "dpo", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"工单 {number}，文字 6 段，附件 1 个。" in done.stdout
    assert command(db, *asked, "--yes").stderr == "没有用这个电话的诉求人。\n"


def command(db: Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jiesu.cli", *arguments], env=db.environ, capture_output=True, text=True, check=False
    )
