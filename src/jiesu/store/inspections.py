"""Inspections as the desk reads and writes them: what waits, one whole look, a result, an appeal, what was said of it.

Words are sealed for their row and come out here in the clear: who may read them stands with the verbs.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.inspecting import HAND_MOVES, PARTS_ZH, Mark, Result, Stand, Whose
from jiesu.store import crypto, sql
from jiesu.store.documents import read_data
from jiesu.store.names import of_actor
from jiesu.store.orders import LARGEST
from jiesu.store.quality_rules import IN_FORCE, PLAN_ON

PAGE: Final = 60
MOST: Final = 1000

# -- what waits


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the desk's list: a thing to be looked at, or (``part``) an appeal to be decided.

    ``title``, ``kind`` and ``secret`` are the order's. ``spoken_at``: when a call was answered or a callback made; of a
    call also how long the line rang, was open and was held, how often it was handed on, and whether it is ``guarded``
    by an order that came of it. ``name``: whose it is where that is a member of staff; a unit is ``whom`` by its code.
    """

    id: int
    part: str
    subject: str
    number: int | None
    call: int | None
    no: int
    look: int
    signal: str
    reason: str
    whom: str
    name: str
    at: datetime
    due_at: datetime
    staff: int | None
    until: datetime | None
    title: str
    kind: str
    secret: bool
    spoken_at: datetime | None
    rang: int | None
    seconds: int | None
    held: int | None
    transfers: int | None
    guarded: bool

    def free(self, staff: int, now: datetime) -> bool:
        """Whether nobody else has it open."""
        return self.staff is None or self.staff == staff or self.until is None or self.until <= now


# Only what is closed can be judged whole, and a callback that is not final is not looked at for anybody.
READY: Final = "i.state = 'open' AND (i.subject = 'call' OR w.state = 'closed')"
# What somebody would have to judge of himself is not given to him; nor a second look to whoever had the first.
_HANDS: Final = ", ".join(f"'{move}'" for move in HAND_MOVES)
_NOT_OWN: Final = (
    "i.whom <> %(me)s AND NOT EXISTS (SELECT 1 FROM inspection f WHERE f.id = i.of AND f.done_by = %(me)s)"
    " AND NOT (i.subject = 'order' AND EXISTS (SELECT 1 FROM event e WHERE e.number = i.number AND e.actor = %(me)s"
    f" AND e.move IN ({_HANDS})))"
)
APPEALED: Final = "p.appealed_at IS NOT NULL AND p.decided_at IS NULL"


def _line(part: str, whom: str, due: str, of: str, where: str) -> str:
    return (
        f"SELECT i.id, {part} AS part, i.subject, i.number, i.call, i.no, i.look, i.signal, i.reason, {whom} AS whom,"
        f" coalesce(s.name, '') AS name, i.at, {due} AS due, i.staff, i.until, coalesce(w.title, ''),"
        " coalesce(w.kind, ''), coalesce(w.secret, false), coalesce(c.answered_at, b.at),"
        " extract(epoch FROM c.answered_at - c.offered_at)::int, extract(epoch FROM c.ended_at - c.answered_at)::int,"
        " c.held_seconds, c.transfers, i.call IS NOT NULL AND EXISTS (SELECT 1 FROM work_order g WHERE g.number ="
        " ANY(ARRAY(SELECT o.number FROM call_order o WHERE o.call = i.call UNION SELECT i.number))"
        f" AND (g.secret OR g.kind = 'report')) FROM {of}"
        " LEFT JOIN work_order w ON w.number = i.number LEFT JOIN call c ON c.id = i.call"
        " LEFT JOIN callback b ON i.subject = 'callback' AND b.number = i.number AND b.no = i.no"
        f" LEFT JOIN staff s ON 's' || s.id = {whom} WHERE {where} ORDER BY {due}, i.id LIMIT {PAGE}"
    )


_DRAWN: Final = _line("''", "i.whom", "i.due_at", "inspection i", f"{READY} AND {_NOT_OWN} AND %(draws)s::bool")
_DISPUTED: Final = _line(
    *("p.part", "p.whom", "p.decide_due", "inspection_part p JOIN inspection i ON i.id = p.inspection"),
    f"{APPEALED} AND i.done_by <> %(me)s AND p.whom <> %(me)s",
)
_PAGE: Final = (
    f"SELECT r.held::text, x.* FROM (SELECT json_object_agg(name, version) AS held FROM ({IN_FORCE}) n) r"
    f" LEFT JOIN (SELECT * FROM ({_DISPUTED}) a UNION ALL SELECT * FROM ({_DRAWN}) d) x ON true"
)


def page(*, me: str, draws: bool, day: date) -> tuple[list[Waiting], dict[str, int]]:
    """What waits for ``me``: appeals that he may decide, then what was drawn (``draws``), each by limit.

    At most ``PAGE`` of either. With them the numbers of the plan and sheets that hold on ``day``. One statement.
    """
    rows = sql.hot(_PAGE, {"me": me, "draws": draws, "day": day})
    found = [Waiting(*row[1:]) for row in rows if row[1] is not None]
    return sorted(found, key=lambda one: (not one.part, one.due_at, one.id)), read_data(rows[0][0] or "{}")


def take(id_: int, *, staff: int, now: datetime, until: datetime, anyway: bool = False) -> bool:
    """Hand a thing to ``staff`` until then; whether nobody else had it. What he had before is free again."""
    given = {"id": id_, "staff": staff, "now": now, "until": until, "anyway": anyway}
    return bool(sql.rows(_TAKE, given))


_TAKE: Final = (
    "WITH gone AS (UPDATE inspection SET staff = NULL, until = NULL WHERE state = 'open' AND staff = %(staff)s"
    " AND id <> %(id)s)"
    " UPDATE inspection SET staff = %(staff)s, until = %(until)s WHERE id = %(id)s AND state = 'open'"
    " AND (staff IS NULL OR staff = %(staff)s OR until <= %(now)s OR %(anyway)s) RETURNING id"
)

# -- one whole look


@dataclass(frozen=True, slots=True)
class Part:
    """One hand's result, as judged, with what came of it since; columns of ``InspectionPart``."""

    part: str
    whom: str
    unit: str
    at: datetime
    points: int
    worth: int
    fatal: bool
    passed: bool
    final_points: int | None
    final_worth: int | None
    final_fatal: bool | None
    final_passed: bool | None
    counts: bool
    unread: bool
    read_at: datetime | None
    read_by: str
    coached_at: datetime | None
    coached_by: str
    coach_read_at: datetime | None
    appeal_until: datetime
    appealed_at: datetime | None
    appealed_by: str
    decide_due: datetime | None
    decided_at: datetime | None
    decided_by: str
    outcome: str

    @property
    def now(self) -> Result:
        """The result as it stands, an appeal's decision included."""
        if self.final_points is None:
            return Result(self.part, self.points, self.worth, self.fatal, self.passed)
        worth, fatal, passed = self.final_worth or 0, bool(self.final_fatal), bool(self.final_passed)
        return Result(self.part, self.final_points, worth, fatal, passed)

    @property
    def first(self) -> Result:
        """The result as it was judged at first."""
        return Result(self.part, self.points, self.worth, self.fatal, self.passed)

    def stand(self, by: str) -> Stand:
        return Stand(self.whom, by, self.appeal_until, self.appealed_at, self.decided_at, self.counts)


@dataclass(frozen=True, slots=True)
class Marked:
    """Points of one item as judged and, where ``changed``, as an appeal's decision left them."""

    item: str
    part: str
    points: int | None
    worth: int
    evidence: str
    changed: bool
    final_points: int | None

    @property
    def now(self) -> int | None:
        return self.final_points if self.changed else self.points


@dataclass(slots=True)
class Whole:
    """One look at one thing, with everything that came of it. ``texts`` by field; ``people``: names of who acted.

    ``first_by``: who had the first look, ``again``: whether a second one was asked for. ``plan`` and ``rules``: which
    hold on the day on which it was read.
    """

    id: int
    thing: str
    look: int
    of: int | None
    subject: str
    number: int | None
    call: int | None
    no: int
    signal: str
    reason: str
    whom: str
    day: date
    at: datetime
    by: str
    due_at: datetime
    staff: int | None
    until: datetime | None
    state: str
    drop: str
    sheet: int | None
    done_at: datetime | None
    done_by: str
    first_by: str
    again: bool
    plan: int | None
    rules: str | None
    parts: list[Part] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)

    def name(self, actor: str) -> str:
        """The name of a member of staff who had a part in it."""
        return of_actor(actor, self.people)

    def part(self, code: str) -> Part | None:
        return next((one for one in self.parts if one.part == code), None)


_OWN: Final = (
    "id",
    "thing",
    "look",
    "of",
    "subject",
    "number",
    "call",
    "no",
    "signal",
    "reason",
    "whom",
    "day",
    "at",
    "by",
) + ("due_at", "staff", "until", "state", "drop", "sheet", "done_at", "done_by")
_PART: Final = (
    ("part", "whom", "unit", "at", "points", "worth", "fatal", "passed", "final_points", "final_worth", "final_fatal")
    + ("final_passed", "counts", "unread", "read_at", "read_by", "coached_at", "coached_by", "coach_read_at")
    + ("appeal_until", "appealed_at", "appealed_by", "decide_due", "decided_at", "decided_by", "outcome")
)
_MOMENTS: Final = frozenset(
    {"at", "read_at", "coached_at", "coach_read_at", "appeal_until", "appealed_at", "decide_due", "decided_at"}
)
_WHOLE: Final = (
    f"SELECT {', '.join(f'i.{name}' for name in _OWN)},"
    " coalesce((SELECT f.done_by FROM inspection f WHERE f.id = i.of), ''),"
    " EXISTS (SELECT 1 FROM inspection a WHERE a.thing = i.thing AND a.of = i.id),"
    f" {PLAN_ON}, (SELECT snapshot FROM rules_current WHERE one = 1),"
    f" (SELECT json_agg(json_build_array({', '.join(f'p.{name}' for name in _PART)})) FROM inspection_part p"
    " WHERE p.inspection = i.id),"
    " (SELECT json_agg(json_build_array(item, part, points, worth, evidence, changed, final_points))"
    " FROM inspection_mark m WHERE m.inspection = i.id),"
    " (SELECT json_agg(json_build_array(field, key_id, encode(sealed, 'base64'))) FROM inspection_text t"
    " WHERE t.inspection = i.id),"
    " (SELECT json_agg(json_build_array(s.id, s.name)) FROM staff s WHERE 's' || s.id IN (SELECT i.whom UNION"
    " SELECT i.by UNION SELECT i.done_by UNION SELECT unnest(ARRAY[p.whom, p.read_by, p.coached_by, p.appealed_by,"
    " p.decided_by]) FROM inspection_part p WHERE p.inspection = i.id))"
    " FROM inspection i WHERE i.id = %(id)s"
)


def get(id_: int, *, day: date) -> Whole | None:
    """One look with all that came of it, read on ``day``; None when there is none. One statement."""
    if id_ > LARGEST:
        return None
    found = sql.hot(_WHOLE, {"id": id_, "day": day})
    if not found:
        return None
    *own, parts, marks, texts, people = found[0]
    return Whole(
        *own,
        parts=sorted(map(_part, parts or ()), key=lambda one: list(PARTS_ZH).index(one.part)),
        marks=[Marked(*row) for row in marks or ()],
        texts={name: crypto.unseal_text(key, b64decode(blob), _aad(id_, name)) for name, key, blob in texts or ()},
        people=dict(people or ()),
    )


def _part(row: Sequence[Any]) -> Part:
    return Part(*(_read(name, value) for name, value in zip(_PART, row, strict=True)))


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _MOMENTS and value is not None else value


def _aad(id_: int, name: str) -> bytes:
    return f"inspection/{id_}/{name}".encode()


# -- what comes of it

_TEXTS: Final = (
    "t AS (INSERT INTO inspection_text (inspection, field, key_id, sealed) SELECT x.id, r.field, r.key_id, r.sealed"
    " FROM x, unnest(%(fields)s::text[], %(key_ids)s::smallint[], %(sealed)s::bytea[]) AS r(field, key_id, sealed)"
    " ON CONFLICT (inspection, field) DO NOTHING)"
)
_SUBMIT: Final = (
    "WITH x AS (UPDATE inspection SET state = 'done', sheet = %(sheet)s, done_at = %(now)s, done_by = %(by)s,"
    " staff = NULL, until = NULL WHERE id = %(id)s AND state = 'open' RETURNING id, of, subject),"
    " p AS (INSERT INTO inspection_part (inspection, part, subject, whom, unit, month, at, points, worth, fatal,"
    " passed, appeal_until, counts, unread, coached_at, coached_by)"
    " SELECT x.id, r.part, x.subject, r.whom, r.unit, %(month)s::date, %(now)s, r.points, r.worth, r.fatal, r.passed,"
    " %(until)s, true, true, CASE WHEN r.part = %(coached)s THEN %(now)s::timestamptz END,"
    " CASE WHEN r.part = %(coached)s THEN %(by)s ELSE '' END FROM x, unnest(%(parts)s::text[], %(whoms)s::text[],"
    " %(units)s::text[], %(points)s::smallint[], %(worths)s::smallint[], %(fatals)s::bool[], %(passeds)s::bool[])"
    " AS r(part, whom, unit, points, worth, fatal, passed)),"
    " m AS (INSERT INTO inspection_mark (inspection, item, part, points, worth, evidence, changed)"
    " SELECT x.id, r.item, r.part, r.points, r.worth, r.evidence, false FROM x, unnest(%(items)s::text[],"
    " %(item_parts)s::text[], %(item_points)s::smallint[], %(item_worths)s::smallint[], %(evidence)s::text[])"
    " AS r(item, part, points, worth, evidence)),"
    " o AS (UPDATE inspection_part q SET counts = false FROM x WHERE q.inspection = x.of"
    f" AND q.part = ANY(%(parts)s::text[])), {_TEXTS} SELECT id FROM x"
)


def submit(
    id_: int,
    *,
    sheet: int,
    results: Sequence[tuple[Result, Whose]],
    marks: Sequence[tuple[Mark, str, int]],
    coached: tuple[str, str] | None,
    until: datetime,
    month: date,
    by: str,
    now: datetime,
) -> bool:
    """Write a result: parts with whose they are, marks with their part and worth, a coaching note (part, words).

    ``until``: the last moment of an appeal; ``month``: in which it counts. What a second look replaces counts no more.
    False when somebody else was first. One statement.
    """
    words = {f"note/{mark.item}": mark.note for mark, _, _ in marks if mark.note}
    if coached:
        words[f"coach/{coached[0]}"] = coached[1]
    given = {
        "id": id_,
        "sheet": sheet,
        "until": until,
        "month": month,
        "by": by,
        "now": now,
        "coached": coached[0] if coached else "",
        "parts": [result.part for result, _ in results],
        "whoms": [whose.whom for _, whose in results],
        "units": [whose.unit for _, whose in results],
        "points": [result.points for result, _ in results],
        "worths": [result.full for result, _ in results],
        "fatals": [result.fatal for result, _ in results],
        "passeds": [result.passed for result, _ in results],
        "items": [mark.item for mark, _, _ in marks],
        "item_parts": [part for _, part, _ in marks],
        "item_points": [mark.points for mark, _, _ in marks],
        "item_worths": [worth for _, _, worth in marks],
        "evidence": [mark.evidence for mark, _, _ in marks],
        **_sealed(id_, words),
    }
    return bool(sql.rows(_SUBMIT, given))


def _sealed(id_: int, words: Mapping[str, str]) -> dict[str, Any]:
    made = {name: crypto.seal(plain, aad=_aad(id_, name)) for name, plain in words.items()}
    keys, blobs = [key for key, _ in made.values()], [blob for _, blob in made.values()]
    return {"fields": list(made), "key_ids": keys, "sealed": blobs}


def drop(id_: int, code: str, *, by: str, now: datetime) -> bool:
    """It cannot be looked at, for a coded reason. False when it is no longer open."""
    changed = sql.run(
        "UPDATE inspection SET state = 'dropped', drop = %(code)s, done_at = %(now)s, done_by = %(by)s, staff = NULL,"
        " until = NULL WHERE id = %(id)s AND state = 'open'",
        {"id": id_, "code": code, "by": by, "now": now},
    )
    return changed == 1


def appeal(id_: int, part: str, said: str, *, by: str, now: datetime, due: datetime) -> bool:
    """Somebody appeals, once. False when that was done before."""
    change = "appealed_at = %(now)s, appealed_by = %(by)s, decide_due = %(due)s"
    given = {"by": by, "now": now, "due": due}
    return _change(id_, part, change, "appealed_at IS NULL AND counts", {f"appeal/{part}": said}, given)


def decide(
    id_: int, part: str, said: str, *, changed: Mapping[str, int | None], result: Result, by: str, now: datetime
) -> bool:
    """The appeal is decided: ``changed`` points by item, none where all stays. False when somebody else was first."""
    given = {
        "by": by,
        "now": now,
        "outcome": "changed" if changed else "kept",
        "points": result.points,
        "worth": result.full,
        "fatal": result.fatal,
        "passed": result.passed,
        "items": list(changed),
        "item_points": list(changed.values()),
    }
    change = "decided_at = %(now)s, decided_by = %(by)s, outcome = %(outcome)s, unread = true"
    if changed:
        change += (
            ", final_points = %(points)s, final_worth = %(worth)s, final_fatal = %(fatal)s, final_passed = %(passed)s"
        )
    marks = (
        "m AS (UPDATE inspection_mark k SET changed = true, final_points = r.points FROM x,"
        " unnest(%(items)s::text[], %(item_points)s::smallint[]) AS r(item, points)"
        " WHERE k.inspection = x.id AND k.item = r.item), "
    )
    where = "appealed_at IS NOT NULL AND decided_at IS NULL"
    return _change(id_, part, change, where, {f"decision/{part}": said}, given, marks if changed else "")


def coach(id_: int, part: str, said: str, *, by: str, now: datetime) -> bool:
    """A coaching note for whoever is judged, once. False when there is one."""
    change = "coached_at = %(now)s, coached_by = %(by)s, unread = true"
    return _change(id_, part, change, "coached_at IS NULL", {f"coach/{part}": said}, {"by": by, "now": now})


def _change(
    id_: int, part: str, change: str, where: str, words: Mapping[str, str], given: Mapping[str, Any], more: str = ""
) -> bool:
    statement = (
        f"WITH x AS (UPDATE inspection_part SET {change} WHERE inspection = %(id)s AND part = %(part)s AND {where}"
        f" RETURNING inspection AS id), {more}{_TEXTS} SELECT id FROM x"
    )
    return bool(sql.rows(statement, {**given, "id": id_, "part": part, **_sealed(id_, words)}))


def read(id_: int, part: str, *, by: str, now: datetime) -> None:
    """Whoever is judged has read it, and the coaching note if there is one; the first time stays."""
    sql.run(
        "UPDATE inspection_part SET unread = false, read_at = coalesce(read_at, %(now)s),"
        " read_by = CASE WHEN read_at IS NULL THEN %(by)s ELSE read_by END, coach_read_at = CASE"
        " WHEN coached_at IS NOT NULL THEN coalesce(coach_read_at, %(now)s) END"
        " WHERE inspection = %(id)s AND part = %(part)s",
        {"id": id_, "part": part, "by": by, "now": now},
    )


# -- what comes into the sample beside the draw


@dataclass(frozen=True, slots=True)
class Pick:
    """A thing for the sample, and the signal that brings it. ``whom``: whose it is, empty where that is not known."""

    thing: str
    subject: str
    signal: str
    number: int | None = None
    call: int | None = None
    no: int = 0
    whom: str = ""
    reason: str = ""
    of: int | None = None
    look: int = 1


def put(pick: Pick, *, said: str = "", day: date, due: datetime, by: str, now: datetime) -> int | None:
    """Put a thing into the sample with a person's words; its id, or None when it was there before."""
    given = {
        "thing": pick.thing,
        "subject": pick.subject,
        "signal": pick.signal,
        "number": pick.number,
        "no": pick.no,
        "call": pick.call,
        "whom": pick.whom,
        "reason": pick.reason,
        "of": pick.of,
        "look": pick.look,
        "day": day,
        "due": due,
        "by": by,
        "now": now,
    }
    found = sql.rows(_PUT, given)
    if not found:
        return None
    if said:
        id_ = found[0][0]
        sealed = _sealed(id_, {"ask": said})
        sql.run(
            "INSERT INTO inspection_text (inspection, field, key_id, sealed) VALUES (%s, %s, %s, %s)",
            (id_, "ask", sealed["key_ids"][0], sealed["sealed"][0]),
        )
    return int(found[0][0])


_PUT: Final = (
    "INSERT INTO inspection (thing, look, of, subject, number, call, no, signal, reason, whom, day, at, by, due_at)"
    " VALUES (%(thing)s, %(look)s, %(of)s, %(subject)s, %(number)s, %(call)s, %(no)s, %(signal)s, %(reason)s, %(whom)s,"
    " %(day)s, %(now)s, %(by)s, %(due)s) ON CONFLICT (thing, look) DO NOTHING RETURNING id"
)


def callback_by(number: int, no: int) -> str | None:
    """Who made an attempt to call back; None when there is none of this number."""
    found = sql.one("SELECT by FROM callback WHERE number = %s AND no = %s", (number, no))
    return str(found[0]) if found else None


def found_names(actors: Iterable[str]) -> dict[str, str]:
    """The names of these members of staff by their actors' ids. One statement."""
    wanted = sorted({one for one in actors if one.startswith("s")})
    return dict(sql.rows("SELECT 's' || id, name FROM staff WHERE 's' || id = ANY(%s)", (wanted,))) if wanted else {}
