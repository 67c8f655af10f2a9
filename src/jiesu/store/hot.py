"""The few statements that every request runs: prepared once on their connection, one round trip, little work beside.

Where `sql.rows` has a statement planned for its very values, one here has a single plan for all: good for what is found
by a key or at one end of an index, bad where a rare value and a common one want different plans. Its parameters take
their types from the statement alone, so one that stands where nothing gives it a type (among the results, as argument
of an overloaded function) needs a cast. Django has switched the driver's own prepared statements off; should they be
on, the driver's clean-up after a rollback would take these away, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap, Loader, Transformer

_DONE: Final = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_MOST: Final = 200  # statements kept on a connection; there are a few dozen


class _Kept(NamedTuple):
    """A statement prepared on a connection, and what turns its results into values."""

    name: bytes
    reader: Any  # psycopg's Transformer, of which there is one in Python and one in C


class _Moment(Loader):
    """A moment as the server writes it; ten times as fast as the driver's way, which knows every setting of a server.

    Sessions work in UTC and ISO (Django sees to the one, PostgreSQL's default to the other).
    """

    def load(self, data: Any) -> datetime:
        return datetime.fromisoformat(str(data, "ascii"))


class _Context:
    """The connection's own ways of reading values, but for moments."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.connection = raw
        self.adapters = AdaptersMap(raw.adapters)
        self.adapters.register_loader("timestamptz", _Moment)


_kept: WeakKeyDictionary[psycopg.Connection[Any], dict[str, _Kept]] = WeakKeyDictionary()


def rows(raw: psycopg.Connection[Any], statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of a statement with places ``$1``, ``$2``; an empty list when it returns none.

    Errors are the driver's own.
    """
    pgconn = raw.pgconn
    held = _kept.get(raw)
    if held is None:
        held = _kept.setdefault(raw, {})
    kept = held.get(statement) or _keep(raw, held, statement)
    sent: list[Any] = []
    formats = []
    for one in values:
        if one is None or type(one) is bytes:
            sent.append(one)
            formats.append(1)
        else:
            sent.append((_DUMPS.get(type(one)) or _dumped)(one))
            formats.append(0)
    result = _done(pgconn, pgconn.exec_prepared(kept.name, sent or None, formats or None))
    if result.status == pq.ExecStatus.COMMAND_OK:
        return []
    kept.reader.set_pgresult(result)
    found: list[tuple[Any, ...]] = kept.reader.load_rows(0, result.ntuples, tuple)
    return found


def _keep(raw: psycopg.Connection[Any], held: dict[str, _Kept], statement: str) -> _Kept:
    if len(held) >= _MOST:
        _done(raw.pgconn, raw.pgconn.exec_(b"DEALLOCATE " + held.pop(next(iter(held))).name))
    name = b"jiesu_%d" % (int(held[next(reversed(held))].name[6:]) + 1 if held else 0)
    _done(raw.pgconn, raw.pgconn.prepare(name, statement.encode()))
    return held.setdefault(statement, _Kept(name, Transformer(_Context(raw))))


def _done(pgconn: pq.abc.PGconn, result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in _DONE:
        return result
    if pgconn.status == pq.ConnStatus.BAD:
        raise psycopg.OperationalError("the connection is lost")
    raise psycopg.errors.error_from_result(result)


def _dumped(value: Any) -> bytes:
    """A value as the server reads it from text. Raises DataError for text that cannot be stored."""
    for kind, dump in _DUMPS.items():
        if isinstance(value, kind):
            return dump(value)
    raise TypeError(f"no value of a hot statement: {type(value).__name__}")


def _text(value: str) -> bytes:
    text = value.encode()
    if b"\0" in text:
        raise psycopg.DataError("text must not hold NUL")
    return text


def _array(values: Sequence[Any]) -> bytes:
    return b"{%s}" % b",".join([_element(one) for one in values])


def _element(value: Any) -> bytes:
    if value is None:
        return b"NULL"
    if isinstance(value, list | tuple):
        return _array(value)
    text = b"\\x" + value.hex().encode() if isinstance(value, bytes) else _dumped(value)
    return b'"%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


# bool before int, of which it is one.
_DUMPS: Final[dict[type[Any], Callable[[Any], bytes]]] = {
    str: _text,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    float: lambda value: str(value).encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    list: _array,
    tuple: _array,
    memoryview: lambda value: b"\\x" + bytes(value).hex().encode(),
    bytearray: lambda value: b"\\x" + value.hex().encode(),
}
