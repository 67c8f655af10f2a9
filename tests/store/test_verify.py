"""Whatever is altered in the record, verify finds it and names it; and the application's own role may not alter it."""

# ruff: noqa: S608 - the statements are the stories' own
from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest

from jiesu.domain import chain
from jiesu.domain.apply import replay
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import manifest, orders, record, rows, rules, sql
from jiesu.store.documents import write_order
from jiesu.store.verify import verify
from tests import city
from tests.city import LIU, MONDAY
from tests.database import Clone, Databases
from tests.store.tampering import EVENT, faults, tamper

EVENING = MONDAY + timedelta(hours=10)
FIRST, SECOND, OPEN = 2611230000001, 2611230000002, 2611230000003
NOTED = "（第 1 号日清单 2026-11-23 记到第 {} 条）"


def build() -> None:
    """Two closed orders and one that is being handled, all of one day, sealed in the evening."""
    city.build()
    city.closed()
    city.closed(MONDAY + timedelta(minutes=20), name="李大海", phone="13900002222", rating="mostly")
    city.handling(MONDAY + timedelta(minutes=40))
    assert manifest.seal(EVENING) == 9 + 9 + 4


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("sealed", build) as clone:
        yield clone


def event(seq: int, number: int = FIRST) -> str:
    return f"number = {number} AND seq = {seq}"


def test_an_untouched_record_is_clean_and_counted(db: Clone) -> None:
    found = verify()
    assert found.faults == []
    assert (found.orders, found.events, found.manifests, found.snapshots) == (3, 22, 1, 1)
    assert found.texts == sql.value("SELECT count(*) FROM order_text") == 2 * 6 + 1
    assert (found.erased, found.erased_texts) == (0, 0)
    assert found.deadlines == 26
    assert 0 < found.text_seconds < found.seconds


@pytest.mark.parametrize(
    "column",
    [
        "data = overlay(data placing 'x' from length(data) - 2 for 1)",
        "data = replace(data, '2026-', '2025-')",
        "at = at + interval '1 microsecond'",
        "actor = 's1'",
        "role = 'agent'",
        "unit = 'U0101'",
        "move = 'note'",
        "rules = repeat('0', 32)",
        "rules_version = 2",
        "happened_at = at",
        "hash = set_byte(hash, 31, get_byte(hash, 31) # 1)",
    ],
)
def test_one_altered_byte_of_an_event_is_found(db: Clone, column: str) -> None:
    tamper(db, f"UPDATE event SET {column} WHERE {event(3)}")
    assert faults() == [(FIRST, "第 3 条流转记录被改动")]


def test_the_last_event_altered_is_found(db: Clone) -> None:
    tamper(db, f'UPDATE event SET data = replace(data, \'"to":"closed"\', \'"to":"callback"\') WHERE {event(9)}')
    tamper(db, f"UPDATE event SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE {event(9, SECOND)}")
    assert faults() == [(FIRST, "第 9 条流转记录被改动"), (SECOND, "第 9 条流转记录被改动")]


def test_a_deleted_event_is_found(db: Clone) -> None:
    tamper(db, f"DELETE FROM event WHERE {event(5)}", f"DELETE FROM order_text WHERE {event(5)}")
    assert faults() == [(FIRST, "流转记录缺第 5 条")]


@pytest.mark.parametrize(("seqs", "said"), [((1,), "1"), ((9,), "9"), ((4, 6), "4、6"), ((2, 3, 4), "2 至 4")])
def test_deleted_events_are_counted_out(db: Clone, seqs: tuple[int, ...], said: str) -> None:
    gone = f"number = {FIRST} AND seq IN ({','.join(map(str, seqs))})"
    tamper(db, f"DELETE FROM event WHERE {gone}")
    assert faults() == [(FIRST, f"流转记录缺第 {said} 条")]


def test_a_deleted_event_whose_gap_was_closed_is_found(db: Clone) -> None:
    tamper(db, f"DELETE FROM event WHERE {event(4)}")
    for seq in range(5, 10):
        tamper(db, f"UPDATE event SET seq = seq - 1 WHERE {event(seq)}")
    assert (FIRST, "第 4 条流转记录被删除，其后的序号被改动") in faults()


@pytest.mark.parametrize("pair", [(4, 5), (2, 3), (8, 9), (3, 7)])
def test_two_exchanged_events_are_found(db: Clone, pair: tuple[int, int]) -> None:
    one, other = pair
    tamper(
        db,
        f"UPDATE event SET seq = 100 WHERE {event(one)}",
        f"UPDATE event SET seq = {one} WHERE {event(other)}",
        f"UPDATE event SET seq = {other} WHERE {event(100)}",
    )
    chained = [fault for fault in verify().faults if fault.about == "chain"]
    assert [(one.number, one.words) for one in chained] == [(FIRST, f"第 {one}、{other} 条次序被调换")]


def test_exchanged_events_are_found_when_their_hashes_stayed(db: Clone) -> None:
    content = EVENT.removesuffix(", hash")
    tamper(
        db,
        f"UPDATE event e SET ({content}) = (SELECT {content} FROM event x"
        f" WHERE x.number = e.number AND x.seq = 7 - e.seq) WHERE e.number = {FIRST} AND e.seq IN (3, 4)",
    )
    assert faults() == [(FIRST, "第 3、4 条次序被调换")]


def set_back(db: Clone, number: int, version: int) -> None:
    """Take the events behind ``version`` away and write the order and all that hangs on it as they were then."""
    with psycopg.connect(db.embedded.url("super", database=db.name)) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in ("event", "order_text"):
            connection.execute(f"DELETE FROM {table} WHERE number = %s AND seq > %s", (number, version))
    write_out(db, number)


def write_out(db: Clone, number: int) -> None:
    """Write the order, its document and its rows as its events make them now."""
    order = replay(orders.events(number), number)
    head = sql.value("SELECT hash FROM event WHERE number = %s ORDER BY seq DESC LIMIT 1", (number,))
    sets = ", ".join(f'"{name}" = %s' for name in rows.ORDER)
    with psycopg.connect(db.embedded.url("super", database=db.name)) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, columns, made in (
            ("leg", rows.LEG, rows.leg_rows(order)),
            ("request", rows.REQUEST, rows.request_rows(order)),
            ("callback", rows.CALLBACK, rows.callback_rows(order)),
        ):
            connection.execute(f"DELETE FROM {table} WHERE number = %s", (number,))
            names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
            for row in made:
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)
        connection.execute(
            f"UPDATE work_order SET {sets}, head = %s, doc = %s::jsonb WHERE number = %s",
            (*rows.order_row(order), head, write_order(order), number),
        )


def test_a_last_event_taken_back_together_with_its_row_is_found(db: Clone) -> None:
    set_back(db, FIRST, 8)
    set_back(db, SECOND, 5)
    assert faults() == [
        (FIRST, "最后一条流转记录及工单行被退回" + NOTED.format(9)),
        (SECOND, "最后 4 条流转记录及工单行被退回" + NOTED.format(9)),
    ]
    assert faults(FIRST) == [(FIRST, "最后一条流转记录及工单行被退回" + NOTED.format(9))]


TABLES = ("work_order", "event", "leg", "callback", "order_text", "search_text", "contact", "notice")


def test_a_whole_order_taken_away_is_found(db: Clone) -> None:
    tamper(db, *(f"DELETE FROM {table} WHERE number = {FIRST}" for table in TABLES))
    assert faults() == [(FIRST, "工单整张被删除" + NOTED.format(9))]
    assert faults(FIRST) == faults()


def test_a_whole_order_taken_away_before_it_was_sealed_leaves_its_rows(db: Clone) -> None:
    late = city.handling(EVENING + timedelta(hours=1)).number
    tamper(db, f"DELETE FROM work_order WHERE number = {late}", f"DELETE FROM event WHERE number = {late}")
    assert faults() == [(late, "工单行和流转记录都已不在，只剩下附属的行")]


def test_a_row_without_events_and_events_without_a_row_are_found(db: Clone) -> None:
    tamper(db, f"DELETE FROM work_order WHERE number = {FIRST}")
    tamper(db, f"DELETE FROM event WHERE number = {OPEN}", f"DELETE FROM order_text WHERE number = {OPEN}")
    assert faults() == [
        (FIRST, "工单行被删除，流转记录还有 9 条"),
        (OPEN, "流转记录全部被删除，只剩工单行"),
    ]


def test_a_row_set_back_beside_its_events_is_found(db: Clone) -> None:
    tamper(db, f"UPDATE work_order SET version = 7 WHERE number = {FIRST}")
    tamper(db, f"UPDATE work_order SET head = sha256(head) WHERE number = {SECOND}")
    assert faults() == [
        (FIRST, "工单行被退回到第 7 版，流转记录已有 9 条"),
        (SECOND, "工单行的链首（head）与最后一条流转记录不符"),
    ]


def write_anew(db: Clone, number: int, seq: int, was: str, becomes: str) -> None:
    """Exchange something in an event's data and hash everything from there on again, up to the order's row."""
    head = chain.START
    for made in orders.events(number):
        data: str = sql.value("SELECT data FROM event WHERE number = %s AND seq = %s", (number, made.seq))
        if made.seq == seq:
            assert was in data
            data = data.replace(was, becomes, 1)
        head = chain.event_hash(head, made, data)
        with psycopg.connect(db.embedded.url("super", database=db.name)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "UPDATE event SET data = %s, hash = %s WHERE number = %s AND seq = %s", (data, head, number, made.seq)
            )
            connection.execute("UPDATE work_order SET head = %s WHERE number = %s", (head, number))


def test_a_history_written_anew_from_one_event_on_is_found_by_the_manifest(db: Clone) -> None:
    """The forger hashes everything again; only the manifest remembers."""
    write_anew(db, FIRST, 8, '"resolved":"resolved"', '"resolved":"mostly"')
    write_out(db, FIRST)
    assert faults() == [(FIRST, "第 9 条流转记录与日清单不符，记录被整体改写" + NOTED.format(9))]


def beside_the_manifest() -> list[tuple[int | None, str, str]]:
    """What is told of a history written anew, apart from the manifest's own word."""
    return [(fault.number, fault.about, fault.words) for fault in verify().faults if fault.about != "manifest"]


def test_a_limit_that_its_rules_do_not_make_is_found(db: Clone) -> None:
    """Handled by Monday week's close of work, says the forger, and has everything else follow from it."""
    write_anew(db, FIRST, 3, '"handle":["2026-11-30T09:30:00Z"', '"handle":["2026-12-07T09:30:00Z"')
    write_out(db, FIRST)
    write_anew(db, SECOND, 3, '5,"work_day"]', '5,"week"]')
    write_out(db, SECOND)
    said = "第 3 条流转记录的办理时限与当时的规则算出的不符"
    assert beside_the_manifest() == [(FIRST, "deadline", said), (SECOND, "deadline", said)]


def test_an_event_that_does_not_follow_is_found(db: Clone) -> None:
    write_anew(db, FIRST, 4, '"legs":{"1"', '"legs":{"7"')
    assert beside_the_manifest() == [(FIRST, "chain", "第 4 条流转记录无法重放")]


STRANGE = '{"c":"' + "ab" * 32 + '"}'


def test_words_that_an_event_mentions_beside_its_facts_are_found(db: Clone) -> None:
    said = (FIRST, "text", "第 5 条流转记录提到一段没有登记的文字")
    write_anew(db, FIRST, 5, "{", f'{{"more":[{STRANGE}],')
    assert beside_the_manifest() == [said]
    # Its own commitment is spelt in another way now, so that there are as many as before.
    write_anew(db, FIRST, 5, '"note":{"c":', '"note":{ "c":')
    assert beside_the_manifest() == [said]
    own = orders.events(FIRST)[4].data["facts"]["note"]["c"]
    write_anew(db, FIRST, 5, "ab" * 32, own)
    assert beside_the_manifest() == []


# -- words


def test_an_altered_text_is_found(db: Clone) -> None:
    spot = f"{event(1)} AND field = 'text'"
    tamper(db, f"UPDATE order_text SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE {spot}")
    assert faults() == [(FIRST, "诉求内容被改动，或封存它的密钥已不在（第 1 条流转记录）")]


def test_a_text_written_by_somebody_with_the_key_is_found(db: Clone) -> None:
    """The forger has the keys and seals other words properly; the commitment still tells."""
    (made,) = orders.events(FIRST)[5:6]
    forged = record.text_row(made, "public_reply", record.seal_text("已上门道歉。"))
    with psycopg.connect(db.embedded.url("super", database=db.name)) as connection:
        connection.execute(
            "UPDATE order_text SET salt = %s, key_id = %s, sealed = %s WHERE number = %s AND seq = 6 AND field = %s",
            (*forged[3:], FIRST, "public_reply"),
        )
    assert faults() == [(FIRST, "公开答复被改动（第 6 条流转记录）")]


@pytest.mark.parametrize("change", ["salt = sha256(salt)", "salt = set_byte(salt, 0, get_byte(salt, 0) # 1)"])
def test_an_altered_salt_is_found(db: Clone, change: str) -> None:
    tamper(db, f"UPDATE order_text SET {change} WHERE {event(5)}")
    assert faults() == [(FIRST, "内容被改动（第 5 条流转记录）")]


def test_a_deleted_text_is_found_and_so_is_one_too_many(db: Clone) -> None:
    tamper(db, f"DELETE FROM order_text WHERE {event(1)} AND field = 'text'")
    tamper(
        db,
        "INSERT INTO order_text (number, seq, field, salt, key_id, sealed)"
        f" SELECT number, 4, 'note', salt, key_id, sealed FROM order_text WHERE {event(5, SECOND)}",
    )
    assert faults() == [
        (FIRST, "诉求内容被删除（第 1 条流转记录）"),
        (SECOND, "多出一段没有登记的文字：第 4 条流转记录的“内容”"),
    ]


def test_a_text_moved_to_another_order_is_found(db: Clone) -> None:
    tamper(
        db,
        f"DELETE FROM order_text WHERE {event(5, SECOND)}",
        f"UPDATE order_text SET number = {SECOND} WHERE {event(5)}",
    )
    assert faults() == [
        (FIRST, "内容被删除（第 5 条流转记录）"),
        (SECOND, "内容被改动，或封存它的密钥已不在（第 5 条流转记录）"),
    ]


# -- rows


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("rating = 'dissatisfied'", "工单行的 rating 列被改动：应为 satisfied，现为 dissatisfied"),
        ("closed_at = NULL", "工单行的 closed_at 列被改动：应为 2026-11-23T05:00:00+00:00，现为 空"),
        ("exempt = true", "工单行的 exempt 列被改动：应为 False，现为 True"),
        ("flags = '{late_entry}'", "工单行的 flags 列被改动：应为 []，现为 ['late_entry']"),
        ("doc = jsonb_set(doc, '{rating}', '\"mostly\"')", "工单的内容（doc）与流转记录重放的结果不符"),
        ("doc = doc - 'legs'", "工单的内容（doc）与流转记录重放的结果不符"),
        ("doc = '[]'", "工单的内容（doc）与流转记录重放的结果不符"),
    ],
)
def test_an_altered_row_is_found(db: Clone, change: str, said: str) -> None:
    tamper(db, f"UPDATE work_order SET {change} WHERE number = {FIRST}")
    assert faults() == [(FIRST, said)]


def test_altered_legs_and_callbacks_are_found(db: Clone) -> None:
    tamper(db, f"UPDATE leg SET handle_due = '2027-01-01 00:00Z' WHERE number = {FIRST}")
    tamper(db, f"DELETE FROM callback WHERE number = {SECOND}")
    tamper(db, f"INSERT INTO request VALUES ({OPEN}, 1, 'extension', 'U0301', 'open', now(), 's1', NULL, '{{}}')")
    was = "应为 2026-11-30T09:30:00+00:00"
    assert faults() == [
        (FIRST, f"第 1 个承办环节的 handle_due 列被改动：{was}，现为 2027-01-01T00:00:00+00:00"),
        (SECOND, "第 1 个回访的行被删除"),
        (OPEN, "多出第 1 个申请的行，流转记录里没有"),
    ]


# -- rules and manifests


def test_altered_rules_are_found(db: Clone) -> None:
    snapshot = rules.current_id()
    limits = f"hash = (SELECT parts ->> 'limits' FROM rules_snapshot WHERE id = '{snapshot}')"
    tamper(db, f"UPDATE rules_part SET doc = '[]' WHERE {limits}")
    assert faults() == [(None, f"规则快照 {snapshot} 的“limits”部分被改动")]
    tamper(db, f"DELETE FROM rules_part WHERE {limits}")
    assert (None, f"规则快照 {snapshot} 的“limits”部分被删除") in faults()


def test_a_snapshot_taken_away_is_missed_by_every_event(db: Clone) -> None:
    snapshot = rules.current_id()
    tamper(db, f"DELETE FROM rules_snapshot WHERE id = '{snapshot}'")
    assert len(faults()) == 22
    assert faults(OPEN)[3] == (OPEN, f"第 4 条流转记录所依据的规则快照 {snapshot} 已不在")


def next_evenings(db: Clone) -> None:
    """Two more sealed days, so that there are manifests 1, 2 and 3."""
    for day in (1, 2):
        order = orders.load(OPEN)
        assert order is not None
        city.take(order[0].order, "note", LIU, MONDAY + timedelta(days=day), {"note": "等备件"})
        assert manifest.seal(EVENING + timedelta(days=day)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "entries = set_byte(entries, 43, get_byte(entries, 43) # 1)",
        "entries = substr(entries, 1, 10)",
        "day = day - 1",
        "hash = sha256(hash)",
    ],
)
def test_an_altered_manifest_is_found(db: Clone, change: str) -> None:
    next_evenings(db)
    tamper(db, f"UPDATE manifest SET {change} WHERE id = 2")
    said = [words for number, words in faults() if number is None]
    assert said[0].startswith("第 2 号日清单")
    assert "被改动" in said[0]


def test_a_deleted_manifest_is_found(db: Clone) -> None:
    next_evenings(db)
    head = manifest.signed_head()
    tamper(db, "DELETE FROM manifest WHERE id = 2")
    assert faults() == [(None, "第 2 号日清单被删除")]
    tamper(db, "DELETE FROM manifest WHERE id = 3")
    assert faults() == []
    assert faults(head=head) == [(None, "第 3 号日清单与外部留存的摘要不符")]


def test_a_manifest_that_counts_too_much_is_found(db: Clone) -> None:
    tamper(db, "UPDATE manifest SET count = 23")
    assert faults() == [(None, "2026-11-23 的日清单共记 23 条流转记录，现只有 22 条")]


# -- who may alter anything at all


@pytest.mark.parametrize(
    "table",
    ["event", "manifest", "rules_part", "rules_snapshot", "setting_change"]
    + ["metric_profile", "publication", "published_figure"],
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {}"])
def test_the_application_may_only_add_to_the_record(db: Clone, table: str, statement: str) -> None:
    named = {"event": "data", "manifest": "day", "rules_part": "doc", "rules_snapshot": "id", "metric_profile": "doc"}
    column = {**named, "publication": "reason", "published_figure": "n"}.get(table, "note")
    with psycopg.connect(db.url("app")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        connection.execute(statement.format(table, column, column))
    assert "permission denied" in str(refused.value)


def test_even_the_owner_has_to_switch_the_guard_off_first(db: Clone) -> None:
    with psycopg.connect(db.url("owner")) as connection, pytest.raises(psycopg.Error, match="只能追加"):
        connection.execute(f"DELETE FROM event WHERE number = {FIRST}")


def test_a_month_of_events_is_nobody_elses_either(db: Clone) -> None:
    month = sql.value("SELECT tableoid::regclass::text FROM event LIMIT 1")
    with psycopg.connect(db.url("app")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"DELETE FROM {month}")


# -- the command


def command(db: Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jiesu.cli", *arguments], env=db.environ, capture_output=True, text=True, check=False
    )


def test_the_command_tells_counts_and_faults_and_its_exit_code(db: Clone) -> None:
    clean = command(db, "verify", "--json")
    told = json.loads(clean.stdout)
    assert clean.returncode == 0, clean.stderr
    assert (told["orders"], told["events"], told["manifests"], told["faults"], told["sealed"]) == (3, 22, 1, [], 0)
    tamper(db, f"UPDATE event SET actor = 's1' WHERE {event(3)}")
    broken = command(db, "verify")
    assert broken.returncode == 1
    assert f"工单 {FIRST}：第 3 条流转记录被改动\n发现 1 处问题，涉及工单 1 张。" in broken.stdout
    assert "新封存" not in broken.stdout
    assert command(db, "verify", "--numbers", str(SECOND)).returncode == 0
    assert command(db, "verify", "--numbers", "1").stdout.splitlines()[-2] == "工单 1：没有这张工单"


def test_a_clean_verification_seals_so_that_the_next_one_finds_removals(db: Clone) -> None:
    now = datetime.now(CITY_ZONE)
    late = city.handling(now).number
    assert "新封存" not in command(db, "verify", "--no-seal").stdout
    assert command(db, "verify").stdout.endswith("没有发现改动。\n新封存流转记录 4 条。\n")
    tamper(db, *(f"DELETE FROM {table} WHERE number = {late}" for table in TABLES if table != "callback"))
    said = f"工单 {late}：工单整张被删除（第 2 号日清单 {now.date()} 记到第 4 条）"
    assert said in command(db, "verify").stdout.splitlines()


def test_several_processes_find_what_one_finds(db: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiesu.store.verify.ALONE", 0)
    tamper(db, f"UPDATE event SET actor = 's1' WHERE {event(3)}")
    tamper(db, *(f"DELETE FROM {table} WHERE number = {SECOND}" for table in TABLES))
    alone, shared = verify(processes=1), verify(processes=2)
    assert alone.faults == shared.faults
    assert [fault.number for fault in alone.faults] == [FIRST, SECOND]
    assert (alone.orders, alone.events, alone.texts) == (shared.orders, shared.events, shared.texts) == (2, 13, 7)


def test_the_command_shares_the_work_among_processes_and_finds_the_same(db: Clone) -> None:
    tamper(db, f"UPDATE event SET actor = 's1' WHERE {event(3)}")
    script = "from jiesu.store import verify; verify.ALONE = 0; from jiesu.cli import main; main(['verify', '--json'])"
    shared = subprocess.run([sys.executable, "-c", script], env=db.environ, capture_output=True, text=True, check=False)
    told, alone = json.loads(shared.stdout), json.loads(command(db, "verify", "--json", "--processes", "1").stdout)
    assert told["faults"] == [{"number": FIRST, "about": "chain", "words": "第 3 条流转记录被改动"}]
    counts = ("orders", "events", "texts", "deadlines", "manifests", "snapshots", "faults")
    assert {name: told[name] for name in counts} == {name: alone[name] for name in counts}
