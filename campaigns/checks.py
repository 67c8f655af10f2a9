"""What must hold when the killing is over: the clients' journals against the record, and the record against itself.

Read with the store's own functions as the owner; Django must be set up on the campaign's data directory.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.journal import Line
from jiesu.domain import chain
from jiesu.domain.apply import replay
from jiesu.store import orders, rows, sql
from jiesu.store.documents import read_data, read_order

BATCH = 500
JOBS_WAIT = 120.0  # seconds that a job left behind by a killed worker may take to be found and done


@dataclass
class Findings:
    """What was counted, and every fault by kind with what it is about: all of these lists must be empty."""

    acknowledged: int = 0
    orders: int = 0
    events: int = 0
    told: int = 0
    lost: list[Line] = field(default_factory=list)
    half: list[int] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    made_twice: list[str] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    untold: list[int] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.half or self.gaps or self.made_twice or self.stuck or self.untold)


def check(lines: Sequence[Line], marks: str) -> Findings:
    """Compare everything. `marks`: how the clients' demands name their key in the words of an order."""
    found = Findings()
    done = [line for line in lines if line.said == "done"]
    found.acknowledged = len(done)
    record = _record({line.number for line in lines if line.number})
    found.lost = [line for line in done if not _is_there(line, record)]
    found.made_twice = [*_orders_twice(marks), *_keys_twice(done), *_moves_twice(lines, record)]
    _compare_all(found)
    found.stuck, found.untold = _left_behind()
    found.told = int(sql.value("SELECT count(*) FROM notice WHERE urgent AND told_at IS NOT NULL"))
    return found


Record = dict[tuple[int, int], tuple[str, str]]


def _record(numbers: Iterable[int]) -> Record:
    """(number, seq) -> (move, actor) of every event of these orders that an order row counts as its own."""
    held = sql.rows(
        "SELECT e.number, e.seq, e.move, e.actor FROM event e JOIN work_order w USING (number)"
        " WHERE e.number = ANY(%s) AND e.seq <= w.version",
        (sorted(numbers),),
    )
    return {(number, seq): (move, actor) for number, seq, move, actor in held}


def _is_there(line: Line, record: Record) -> bool:
    """An acknowledged move is its order's event of the acknowledged version; a demand is some order's first."""
    seq = 1 if line.move == "register" else line.version
    return record.get((line.number, seq), ("", ""))[0] == line.move


def _orders_twice(marks: str) -> list[str]:
    """Keys that stand in the words of two orders."""
    held = sql.rows(
        "SELECT substring(body FROM %(marks)s) AS key FROM search_text WHERE body ~ %(marks)s"
        " GROUP BY key HAVING count(*) > 1",
        {"marks": marks},
    )
    return [f"order {key}" for (key,) in held]


def _keys_twice(done: Iterable[Line]) -> list[str]:
    """Keys that were answered with two different orders or versions."""
    answers: dict[str, set[tuple[int, int]]] = {}
    for line in done:
        answers.setdefault(line.key, set()).add((line.number, 1 if line.move == "register" else line.version))
    return [f"key {key}" for key, given in answers.items() if len(given) > 1]


def _moves_twice(lines: Iterable[Line], record: Record) -> list[str]:
    """Moves of the clients that an order has more often than they were wished."""
    wished = Counter((number, move) for number, move, _ in {(one.number, one.move, one.key) for one in lines})
    made = Counter((number, move) for (number, _), (move, actor) in record.items() if actor.startswith("t"))
    extra = {what: count - wished[what] for what, count in made.items() if what[1] != "register"}
    return [f"move {number} {move}" for (number, move), count in extra.items() if count > 0]


def _compare_all(found: Findings) -> None:
    """Every order of the database: its events without a gap, chained, and what they replay to is what is stored."""
    last = 0
    while True:
        numbers = [row[0] for row in sql.rows(_NEXT, (last, BATCH))]
        if not numbers:
            break
        last = numbers[-1]
        for number in numbers:
            _compare(number, found)
    ownerless = sql.rows(
        "SELECT DISTINCT e.number FROM event e LEFT JOIN work_order w ON w.number = e.number AND e.seq <= w.version"
        " WHERE w.number IS NULL"
    )
    found.half += [number for (number,) in ownerless]


_NEXT = "SELECT number FROM work_order WHERE number > %s ORDER BY number LIMIT %s"
_EVENTS = (
    "SELECT number, seq, move, at, actor, role, unit, rules, rules_version, happened_at, data, hash"
    " FROM event WHERE number = %s ORDER BY seq"
)


def _select(table: str, columns: Sequence[str], order: str = "number") -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"SELECT {names} FROM {table} WHERE number = %s ORDER BY {order}"  # noqa: S608 - names of the store's own


_STORED = _select("work_order", (*rows.ORDER, "head"))
_DOC = "SELECT doc::text FROM work_order WHERE number = %s"
_LEGS = _select("leg", rows.LEG, "no")
_REQUESTS = _select("request", rows.REQUEST, "no")
_CALLBACKS = _select("callback", rows.CALLBACK, "no")


def _compare(number: int, found: Findings) -> None:
    held = sql.rows(_EVENTS, (number,))
    *columns, head = sql.rows(_STORED, (number,))[0]
    found.orders += 1
    found.events += len(held)
    if [row[1] for row in held] != list(range(1, len(held) + 1)) or len(held) != columns[0]:
        found.gaps.append(number)
        return
    order = replay([orders.event_of(row) for row in held], number)
    whole = (
        order == read_order(sql.value(_DOC, (number,)))
        and _head(held) == bytes(head)
        and _plain(rows.order_row(order)) == _plain(columns)
        and _all_plain(rows.leg_rows(order)) == _all_plain(sql.rows(_LEGS, (number,)))
        and _all_plain(rows.request_rows(order)) == _all_plain(sql.rows(_REQUESTS, (number,)))
        and _all_plain(rows.callback_rows(order)) == _all_plain(sql.rows(_CALLBACKS, (number,)))
        and _words(held) == set(orders.texts(number))
    )
    if not whole:
        found.half.append(number)


def _head(held: Sequence[tuple[object, ...]]) -> bytes:
    head = chain.START
    for row in held:
        head = chain.event_hash(head, orders.event_of(row), str(row[10]))
    return head


def _words(held: Sequence[tuple[object, ...]]) -> set[tuple[int, str]]:
    """(seq, fact) of every commitment in the events: each must have its words."""
    return {
        (int(str(row[1])), name)
        for row in held
        for name, value in (read_data(str(row[10])).get("facts") or {}).items()
        if isinstance(value, dict) and "c" in value
    }


def _plain(row: Iterable[object]) -> list[object]:
    """Times as moments, lists as lists: what is equal reads equal."""
    return [value.timestamp() if isinstance(value, datetime) else value for value in row]


def _all_plain(many: Iterable[Iterable[object]]) -> list[list[object]]:
    return [_plain(row) for row in many]


def _left_behind() -> tuple[list[int], list[int]]:
    """Jobs that nobody finishes, and urgent notices that nobody is told of, after a wait in which both should end."""
    limit = time.monotonic() + JOBS_WAIT
    while True:
        doing = [job for (job,) in sql.rows("SELECT id FROM procrastinate_jobs WHERE status IN ('doing', 'failed')")]
        untold = [notice for (notice,) in sql.rows("SELECT id FROM notice WHERE urgent AND told_at IS NULL")]
        if not (doing or untold) or time.monotonic() > limit:
            return doing, untold
        time.sleep(0.5)
