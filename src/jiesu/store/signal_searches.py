"""The last search for signals in a window: asked for at the desk, done by the worker, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.domain.windows import Window
from jiesu.store import names, sql


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it stands. ``name``: who asked for it; ``kind``: what is looked at after ``done`` of ``of`` kinds;
    ``found``: how many signals were new, once it is done."""

    window: Window
    no: int
    asked_at: datetime
    name: str
    state: str
    kind: str
    done: int
    of: int
    moved_at: datetime
    found: int | None


_UNDER_WAY: Final = "s.state IN ('waiting', 'running')"


def ask(window: Window, *, by: str, now: datetime, silent_since: datetime) -> int | None:
    """A new search of a window; its number. None while one is under way that was heard of after ``silent_since``. One
    statement."""
    found = sql.one(
        "INSERT INTO signal_search AS s (span, first, no, asked_at, asked_by, state, moved_at)"
        " VALUES (%(span)s, %(first)s, 1, %(now)s, %(by)s, 'waiting', %(now)s)"
        " ON CONFLICT (span, first) DO UPDATE SET no = s.no + 1, asked_at = excluded.asked_at,"
        " asked_by = excluded.asked_by, state = 'waiting', kind = '', done = 0, \"of\" = 0,"
        f" moved_at = excluded.moved_at, found = NULL WHERE NOT ({_UNDER_WAY}) OR s.moved_at < %(since)s RETURNING no",
        {"span": window.span, "first": window.first, "by": by, "now": now, "since": silent_since},
    )
    return int(found[0]) if found else None


def of_window(window: Window) -> Search | None:
    """The last search of a window. One statement."""
    found = sql.one(
        f'SELECT s.no, s.asked_at, {names.WRITER.format(by="s.asked_by")}, s.state, s.kind, s.done, s."of", s.moved_at,'
        " s.found FROM signal_search s WHERE s.span = %s AND s.first = %s",
        (window.span, window.first),
    )
    return Search(window, *found) if found else None


def begin(window: Window, no: int, *, now: datetime) -> str | None:
    """Take a search up, again if a worker died over it; who asked for it. None when it is over. One statement."""
    found = sql.one(
        "UPDATE signal_search s SET state = 'running', moved_at = %s WHERE s.span = %s AND s.first = %s AND s.no = %s"
        f" AND {_UNDER_WAY} RETURNING s.asked_by",
        (now, window.span, window.first, no),
    )
    return str(found[0]) if found else None


def go_on(window: Window, no: int, kind: str, *, done: int, of: int, now: datetime) -> bool:
    """How far it is; False when it is not to go on. One statement."""
    return (
        sql.run(
            'UPDATE signal_search s SET kind = %s, done = %s, "of" = %s, moved_at = %s'
            " WHERE s.span = %s AND s.first = %s AND s.no = %s AND s.state = 'running'",
            (kind, done, of, now, window.span, window.first, no),
        )
        == 1
    )


def end(window: Window, no: int, state: str, *, now: datetime, found: int | None = None) -> bool:
    """It is done or failed; False when it was over before. One statement."""
    return (
        sql.run(
            "UPDATE signal_search s SET state = %s, found = %s, moved_at = %s"
            f" WHERE s.span = %s AND s.first = %s AND s.no = %s AND {_UNDER_WAY}",
            (state, found, now, window.span, window.first, no),
        )
        == 1
    )


def stop(window: Window, *, now: datetime) -> bool:
    """Call off what is under way; False when nothing is. One statement."""
    return (
        sql.run(
            "UPDATE signal_search s SET state = 'stopped', moved_at = %s"
            f" WHERE s.span = %s AND s.first = %s AND {_UNDER_WAY}",
            (now, window.span, window.first),
        )
        == 1
    )
