"""Statements on Django's own connection and inside its transaction, rows as tuples; ``hot`` ones are kept prepared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final, LiteralString

import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from jiesu.domain.errors import Conflict
from jiesu.store import hot as kept

Params = Sequence[Any] | Mapping[str, Any]

_counted: ContextVar[list[str] | None] = ContextVar("jiesu_statements", default=None)


def link() -> psycopg.Connection[Any]:
    """The psycopg connection that Django uses in this thread, opened if need be, within the transaction if one is due.

    Kept from an earlier request, it is asked first whether it still lives, as Django does before a cursor of its own
    (CONN_HEALTH_CHECKS). Within a transaction it must not be exchanged, and Django sees to it at the beginning of one.
    """
    held = connections[DEFAULT_DB_ALIAS]
    if not held.in_atomic_block:
        held.close_if_health_check_failed()
    if held.connection is None:
        held.ensure_connection()
    if held.due:  # type: ignore[attr-defined] # of our own backend
        held.begin()  # type: ignore[attr-defined]
    raw: psycopg.Connection[Any] = held.connection
    return raw


def hot(statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """As ``rows``, for what requests run all day: see `store.hot` for what such a statement has to keep to."""
    _note(statement)
    return kept.rows(link(), *_raw(statement, params))


def rows(statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """Every row of a statement; an empty list when it returns none. It is planned for these very values."""
    _note(statement)
    with psycopg.RawCursor(link()) as cursor:
        cursor.execute(*_raw(statement, params))
        return cursor.fetchall() if cursor.description else []


def one(statement: str, params: Params = ()) -> tuple[Any, ...] | None:
    """The first row, or None."""
    found = rows(statement, params)
    return found[0] if found else None


def value(statement: str, params: Params = ()) -> Any:
    """The one value of a statement that always answers with a row."""
    return rows(statement, params)[0][0]


def run(statement: str, params: Params = ()) -> int:
    """Execute a statement for its effect; the number of rows it touched."""
    _note(statement)
    with psycopg.RawCursor(link()) as cursor:
        cursor.execute(*_raw(statement, params))
        return cursor.rowcount


def copy_in(table: str, columns: Sequence[str], values: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]) -> None:
    """Load rows in bulk."""
    _note(f"COPY {table}")
    names = ", ".join(f'"{column}"' for column in columns)
    with psycopg.Cursor(link()) as cursor, cursor.copy(_query(f"COPY {table} ({names}) FROM STDIN")) as copy:
        for row in values:
            copy.write_row(row)


def in_transaction() -> bool:
    """Whether what is run now stands or falls with something else."""
    return bool(connection.in_atomic_block)


@contextmanager
def one_winner(number: int) -> Iterator[None]:
    """Around a whole transaction: whoever loses to another one that holds what he needs gets Conflict, no error."""
    try:
        yield
    except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, OperationalError) as lost:
        if not isinstance(lost, psycopg.Error) and not isinstance(lost.__cause__, _LOST):
            raise
        said = "别人正同时办理和这张有关联的工单，您写的内容没有丢，请看过最新情况再提交"
        raise Conflict(said, number=number) from lost


_LOST = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that this module runs inside the block (Django's own are counted by Django)."""
    seen: list[str] = []
    token = _counted.set(seen)
    try:
        yield seen
    finally:
        _counted.reset(token)


def _note(statement: str) -> None:
    seen = _counted.get()
    if seen is not None:
        seen.append(statement)


_PLACE: Final = re.compile(r"%(?:\((\w+)\)s|([s%]))")


def _raw(statement: str, params: Params) -> tuple[LiteralString, Sequence[Any]]:
    """A statement and its parameters as the server takes them.

    The driver would read a statement of more than 50 parameters anew every time, which costs a tenth of a move.
    """
    text, names = _numbered(statement)
    return _query(text), [params[name] for name in names] if isinstance(params, Mapping) else params


@lru_cache(maxsize=1024)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """``statement`` with $1, $2 ... for its places, one for each name, and the names in that order."""
    places: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name, sign = found[1], found[2]
        if sign == "%":
            return "%"
        return f"${places.setdefault(name or f'{len(places)}', len(places) + 1)}"

    text = _PLACE.sub(number, statement)
    return text, tuple(places)


def _query(statement: str) -> LiteralString:
    """Statements here are constants of this package; values travel as parameters only."""
    return statement
