"""Whole files of city data: looked through line by line before anything is written, taken over all or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.administration import catalog
from jiesu.domain.administration.kinds import KINDS, Kind, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.things import Difference, described, differences, print_of, read
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.store import rules as rules_store
from jiesu.store.administration import lines, shelves, staging
from jiesu.workflow.administration import change
from jiesu.workflow.administration.change import Saved, Weighed
from jiesu.workflow.administration.enact import seen_lines
from jiesu.workflow.administration.wanted import Unsound, Wanted, administrator, today_of

MOST_ROWS: Final = 20_000
NEW, CHANGED, SAME, GONE, WRONG = "新增", "修改", "不变", "停用", "有误"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file: its words by field, and what the reader of the file found wrong, by column."""

    line: int
    cells: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What would become of a line: new, changed, the same, wrong. ``faults``: (column, words).

    Line 0: a thing that the file leaves out.
    """

    line: int
    title: str
    standing: str
    differences: tuple[Difference, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Seen:
    """A file looked through. ``weighed``: what taking it over would alter; None while something in it is wrong."""

    kind: str
    name: str
    at: datetime
    since: date
    rest: bool
    lines: list[Line]
    weighed: Weighed | None = None

    def count(self, standing: str) -> int:
        return sum(one.standing == standing for one in self.lines)


def look_through(
    kind: str, name: str, rows: Sequence[Row], *, since: date, rest: bool, by: Actor, now: datetime
) -> Seen:
    """Keep a file's rows for this person, and say what each would do. Nothing of the city changes.

    ``since``: the day from which its changes hold; ``rest``: what the file leaves out is to be switched off.
    Raises Forbidden, Refused.
    """
    administrator(by)
    if not rows:
        raise Refused("文件里没有内容", field="file")
    if len(rows) > MOST_ROWS:
        raise Refused(f"有 {len(rows):,} 行，一次最多 {MOST_ROWS:,} 行，请分开导入", field="file")
    kept = [[one.line, dict(one.cells), dict(one.wrong)] for one in rows]
    staging.keep(_staff(by), kind, name, kept, {"since": since.isoformat(), "rest": rest}, now)
    return _seen(kind, name, now, rows, since, rest, by, now)


def look_again(kind: str, *, by: Actor, now: datetime) -> Seen:
    """The file that this person looked through last, held against the city as it is now. Raises Forbidden, Refused."""
    administrator(by)
    held = staging.held(_staff(by), kind)
    if held is None:
        raise Refused("没有待导入的文件，请重新选择")
    rows = [Row(*one) for one in held.rows]
    since = date.fromisoformat(held.asked["since"])
    return _seen(kind, held.name, held.at, rows, since, held.asked["rest"], by, now)


def take_over(kind: str, *, by: Actor, now: datetime, reason: str, checked: str) -> Saved:
    """Make the changes of the file that was looked through: all of them, as one. Raises Forbidden, Refused, Unsound."""
    seen = look_again(kind, by=by, now=now)
    if seen.weighed is None:
        raise Refused("文件里还有错，一行也没有导入；请改好再导入")
    wanted = [act.wanted for act in seen.weighed.acts]
    saved = change.save(wanted, by=by, now=now, reason=f"导入“{seen.name}”：{reason.strip()}", checked=checked)
    staging.drop(_staff(by), kind)
    return saved


def _seen(
    kind: str, name: str, at: datetime, rows: Sequence[Row], since: date, rest: bool, by: Actor, now: datetime
) -> Seen:
    reader = _Reader(KINDS[kind], rows, since, today_of(now))
    reader.read()
    if rest:
        reader.leave_out()
    seen = Seen(kind, name, at, since, rest, reader.lines())
    if seen.count(WRONG) or not reader.wanted:
        return seen
    try:
        seen.weighed = change.check(list(reader.wanted), by=by, now=now)
    except Unsound as unsound:
        reader.blame(unsound)
        seen.lines = reader.lines()
    return seen


class _Reader:
    """The rows of one file against the city."""

    def __init__(self, kind: Kind, rows: Sequence[Row], since: date, today: date) -> None:
        self.wanted: list[Wanted] = []
        self._kind, self._rows, self._today = kind, rows, today
        self._since = since if kind.planned else today
        self._names = Names(rules_store.current(), _own_units(kind, rows))
        self._catalog = lines.every() if kind.name == "catalog" else {}
        self._held = {} if kind.name == "catalog" else shelves.of(kind.name).every()
        self._lines: list[Line] = []
        self._of: list[int] = []
        self._keys: dict[str, int] = {}

    def lines(self) -> list[Line]:
        return self._lines

    def read(self) -> None:
        for row in self._rows:
            self._lines.append(self._row(row))

    def _row(self, row: Row) -> Line:
        thing, wrong = read(self._kind, row.cells, self._names, None)
        fixed = {one.name for one in self._kind.key}
        if row.wrong:
            return self._wrong(row, self._as_written(row), row.wrong)
        if fixed & set(wrong):
            named = {name: said for name, said in wrong.items() if name in fixed}
            return self._wrong(row, self._as_written(row), named)
        title = self._title(thing, row)
        key = self._kind.key_of(thing)
        twin = self._keys.setdefault(self._day_of(thing, key), row.line)
        if twin != row.line:
            return self._wrong(row, title, {"": f"和第 {twin} 行是同一项"})
        return self._line(row, key, thing) if self._kind.name == "catalog" else self._plain(row, key, thing, wrong)

    def _plain(self, row: Row, key: str, thing: Thing, wrong: Mapping[str, str]) -> Line:
        base = self._held.get(key)
        after = thing
        if base is not None:
            after, wrong = read(self._kind, row.cells, self._names, base)
        if base is None and not self._kind.made:
            wrong = {**wrong, self._kind.key[0].name: f"{self._kind.zh}不能用文件新增"}
        if wrong:
            return self._wrong(row, self._title(base or thing, row), wrong)
        return self._want(row, key, base, after, self._since)

    def _line(self, row: Row, key: str, thing: dict[str, Any]) -> Line:
        """A line of the catalog: the one that began on its day is changed from the file's day on; others are new."""
        held, first = self._catalog.get(key, []), thing["effective_from"]
        began = next((one for one in held if one.thing["effective_from"] == first), None)
        base = began.thing if began else None
        after, wrong = read(self._kind, row.cells, self._names, base)
        if wrong:
            return self._wrong(row, self._title(thing, row), wrong)
        if base == after:
            return Line(row.line, self._title(after, row), SAME)
        if began is None:
            since = date.fromisoformat(first) if first else self._since
            if since < self._today:
                said = {"effective_from": f"{first} 已经过去；请改成今天或以后，或清空，用导入时填的生效日期"}
                return self._wrong(row, self._title(after, row), said)
            return self._want(row, key, None, {**after, "effective_from": since.isoformat()}, since)
        if began.last < self._today:
            return self._wrong(row, self._title(after, row), {"effective_to": "已经失效的条目不能改，请还原这一行"})
        since = max(self._since, began.first)
        return self._want(row, key, base, {**after, "effective_from": since.isoformat()}, since)

    def _want(self, row: Row, key: str, base: Thing | None, after: Thing, since: date) -> Line:
        title = self._title(after, row)
        if base is not None and all(base.get(name) == value for name, value in after.items()):
            return Line(row.line, title, SAME)
        known = key if base is not None or self._kind.name == "catalog" else ""
        self.wanted.append(Wanted(self._kind.name, known, after, since, self._print(key)))
        self._of.append(len(self._lines))
        found = tuple(differences(self._kind, base, after, self._names))
        return Line(row.line, title, CHANGED if base is not None else NEW, found)

    def leave_out(self) -> None:
        """What the file does not name is switched off, or ended."""
        named = {key.partition("@")[0] for key in self._keys}
        for key, base in self._rest():
            if key not in named:
                after = None if self._kind.removable else {**base, "active": False}
                self.wanted.append(Wanted(self._kind.name, key, after, self._since, self._print(key)))
                self._of.append(len(self._lines))
                self._lines.append(Line(0, described(self._kind, base, self._names), GONE))

    def _print(self, key: str) -> str:
        """The mark of what the file was held against: whoever changes it meanwhile is not overwritten."""
        if self._kind.name == "catalog":
            return print_of(seen_lines(self._catalog.get(key, [])))
        return print_of(self._held.get(key))

    def _rest(self) -> Iterator[tuple[str, Thing]]:
        if self._kind.name == "catalog":
            holding = ((key, catalog.holding(held, self._since)) for key, held in self._catalog.items())
            yield from ((key, one.thing) for key, one in holding if one is not None)
        elif self._kind.removable or self._kind.field("active"):
            yield from ((key, one) for key, one in self._held.items() if one.get("active", True))

    def blame(self, unsound: Unsound) -> None:
        """Put faults that only all of the file together has to the lines at fault."""
        for fault in unsound.faults:
            at = self._of[fault.at]
            line = self._lines[at]
            one = (self._column(fault.field), fault.said)
            self._lines[at] = replace(line, standing=WRONG, faults=(*line.faults, one))

    def _wrong(self, row: Row, title: str, wrong: Mapping[str, str]) -> Line:
        return Line(row.line, title, WRONG, faults=tuple((self._column(name), said) for name, said in wrong.items()))

    def _column(self, name: str) -> str:
        """A column by its heading; "" is the line as a whole, and what is no field stands as it was written."""
        found = self._kind.field(name)
        return found.zh if found else {"since": "生效日期"}.get(name, name)

    def _title(self, thing: Thing, row: Row) -> str:
        return described(self._kind, thing, self._names) or self._as_written(row)

    def _as_written(self, row: Row) -> str:
        """What the thing is called in the file."""
        return "，".join(said for one in self._kind.key if (said := row.cells.get(one.name, "")))

    def _day_of(self, thing: Thing, key: str) -> str:
        """What may stand in a file once: a thing, and a line of the catalog once for each day on which it begins."""
        return f"{key}@{thing['effective_from'] or self._since}" if self._kind.name == "catalog" else key


def _own_units(kind: Kind, rows: Sequence[Row]) -> dict[str, str]:
    """New units of a file may lie below each other."""
    if kind.name != "unit":
        return {}
    return {row.cells["code"].strip(): row.cells.get("short", "").strip() for row in rows if row.cells.get("code")}


def _staff(by: Actor) -> int:
    if not by.id.removeprefix("s").isdigit():
        raise Forbidden("只有工作人员能导入文件")
    return int(by.id.removeprefix("s"))
