"""SQL of the scale kit: simulated lives multiplied with new numbers, dates, people and calls.

Lives are laid out once for each year, with numbers and dates moved by whole weeks, and then inserted many times over,
some days at a time and by number. What a copy needs to be listed, searched, counted, opened and moved on is there; its
chain is not. What its events tell of other orders names the lives themselves.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from jiesu.store import scale_words, sql
from jiesu.store.copies import SERIAL
from jiesu.store.record import ensure_months
from jiesu.store.scale import AT_REST, YEAR, Batch, day_of

LABEL: Final = "〔复制〕"
_ROWS: Final = ("work_order", "event", "leg", "request", "callback", "search_text", "contact", "call")
_FAMILY: Final = ("children", "links")

# Dates inside documents, wherever a value begins with one.
_MOVED_JSON: Final = """
CREATE OR REPLACE FUNCTION scale_moved(doc text, days integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(CASE WHEN part ~ '^"20[0-9]{2}-[0-9]{2}-[0-9]{2}'
        THEN '"' || (substr(part, 2, 10)::date - days)::text || substr(part, 12) ELSE part END, '' ORDER BY no)
    FROM regexp_split_to_table(doc, '(?="20[0-9]{2}-[0-9]{2}-[0-9]{2}[T"])') WITH ORDINALITY AS t(part, no)
$$
"""


def _columns(table: str) -> dict[str, str]:
    """Every column of a table but those that the database fills, with its type."""
    return dict(
        sql.rows(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum",
            (table,),
        )
    )


# -- one year laid out


def stage(batch: Batch) -> None:
    """Lay the lives of a batch out, moved to its year, in tables of their own that the next year replaces."""
    params = {"days": batch.years * YEAR, "serials": batch.serials, "upto": batch.source_upto}
    unstage()
    sql.run(_MOVED_JSON)
    sql.run("SET work_mem = '256MB'")
    _stage_orders(batch, params)
    for table in _ROWS:
        if table != "work_order":
            _stage_rows(table, batch, params)


def unstage() -> None:
    """Remove what ``stage`` laid out."""
    for table in _ROWS:
        sql.run(f"DROP TABLE IF EXISTS scale_{table}")
    sql.run("DROP FUNCTION IF EXISTS scale_moved")


def _stage_orders(batch: Batch, params: dict[str, Any]) -> None:
    """Ranks put families together, so that a part of the orders cuts at most one of them."""
    doc = "scale_moved(w.doc::text, %(days)s)::jsonb" if batch.years else "w.doc"
    made = {
        **_moved("work_order", batch),
        "number": f"{day_of('w.number')} * {SERIAL} + w.number %% {SERIAL}",
        "doc": f"{doc} - 'number' - 'person' - 'parent' - 'children' - 'links'",
    }
    where = f"w.number <= %(upto)s AND w.number %% {SERIAL} <= %(serials)s"
    if batch.years:
        where += f" AND {AT_REST}"
    family = ", ".join(f"w.doc -> '{name}' AS {name}" for name in _FAMILY)
    sql.run(
        "CREATE UNLOGGED TABLE scale_work_order AS SELECT w.number AS source_number, row_number() OVER"
        " (ORDER BY md5(coalesce(w.parent, w.number)::text), w.number) AS rank,"
        f" {day_of('w.number')}::int AS day, {_select(made)}, {family} FROM work_order w WHERE {where}",
        params,
    )
    sql.run("CREATE UNIQUE INDEX ON scale_work_order (source_number)")
    _stage_kin()
    _settle("work_order")


def _stage_kin() -> None:
    """Numbers of other orders, as they will be; those that are not copied are left out."""
    named = "scale_work_order o WHERE o.source_number ="
    sql.run(f"UPDATE scale_work_order s SET parent = (SELECT o.number FROM {named} s.parent) WHERE parent IS NOT NULL")
    for name in _FAMILY:
        sql.run(
            f"UPDATE scale_work_order s SET {name} = (SELECT jsonb_agg(o.number ORDER BY n)"
            f" FROM jsonb_array_elements_text(s.{name}) WITH ORDINALITY t(x, n), {named} x::bigint)"
            f" WHERE s.{name} IS NOT NULL"
        )


def _stage_rows(table: str, batch: Batch, params: dict[str, Any]) -> None:
    made = {**_moved(table, batch), "number": "o.number"}
    day, join, where = "o.day", "JOIN", "true"
    if table == "event":
        made |= {"hash": "''::bytea", "data": _event_data(batch)}
    elif table == "contact":
        made |= {"part_of": "NULL::bigint"} if "part_of" in made else {}
    elif table == "call":
        # Who hung up has no order: such a call follows its day.
        hung_up = "(w.offered_at - make_interval(days => %(days)s)) AT TIME ZONE 'Asia/Shanghai'"
        day, join = f"coalesce(o.day, to_char({hung_up}, 'YYMMDD')::int)", "LEFT JOIN"
        where = "w.exchange_id NOT LIKE '%%/%%' AND (w.number IS NULL OR o.number IS NOT NULL)"
    sql.run(
        f"CREATE UNLOGGED TABLE scale_{table} AS SELECT o.rank, {day} AS day, {_select(made)}"
        f" FROM {table} w {join} scale_work_order o ON o.source_number = w.number WHERE {where}",
        params,
    )
    _settle(table)


def _event_data(batch: Batch) -> str:
    """A lean copy keeps what figures and the order page read of events, and no more."""
    data = "scale_moved(w.data, %(days)s)" if batch.years else "w.data"
    return f"CASE WHEN w.move IN ('accept', 'reveal') THEN {data} ELSE '{{}}' END" if batch.lean else data


def _settle(table: str) -> None:
    sql.run(f"CREATE INDEX ON scale_{table} (day)")
    sql.run(f"ANALYZE scale_{table}")


def _moved(table: str, batch: Batch) -> dict[str, str]:
    """The columns of a life, moments moved to the batch's year."""
    return {
        name: f'w."{name}" - make_interval(days => %(days)s)'
        if batch.years and kind == "timestamp with time zone"
        else f'w."{name}"'
        for name, kind in _columns(table).items()
    }


def _select(columns: dict[str, str]) -> str:
    return ", ".join(f'{made} AS "{name}"' for name, made in columns.items())


# -- one year multiplied

_BLOCK: Final = "%(above)s::bigint + g.n * %(serials)s::bigint"
_PERSON: Final = "s.person + %(people_above)s::bigint + g.n * %(people)s::bigint"
_WANTED: Final = "(g.n < %(copies)s - 1 OR s.rank <= %(share)s)"


def _named(name: str, value: str) -> str:
    """A field of a document where there is something to say."""
    return f" || CASE WHEN s.{name} IS NULL THEN '{{}}' ELSE jsonb_build_object('{name}', {value}) END"


_DOC: Final = (
    f"s.doc || jsonb_build_object('number', s.number + {_BLOCK})"
    + _named("person", _PERSON)
    + _named("parent", f"s.parent + {_BLOCK}")
    + "".join(
        _named(name, f"(SELECT jsonb_agg(x::bigint + {_BLOCK}) FROM jsonb_array_elements_text(s.{name}) x)")
        for name in _FAMILY
    )
)
_MADE: Final[dict[str, dict[str, str]]] = {
    "work_order": {
        "person": _PERSON,
        "parent": f"s.parent + {_BLOCK}",
        "title": f"left('{LABEL}' || s.title, 120)",
        "doc": _DOC,
    },
    "contact": {"person": _PERSON},
    "call": {
        "person": _PERSON,
        "phone_hash": "coalesce(p.phone_hash, substring(sha256(s.phone_hash || (g.n::text)::bytea) FROM 1 FOR 17))",
        "exchange_id": f"s.exchange_id || '/' || %(years)s::int || '/' || ({_BLOCK})",
        "recording": "''",
    },
}
_DONE: Final = (
    "SELECT 1 FROM scale_work_order s CROSS JOIN (SELECT 0 AS n) g"
    " JOIN work_order w ON w.number = s.number + %(above)s::bigint"
    f" WHERE s.day BETWEEN %(first)s AND %(last)s AND {_WANTED} LIMIT 1"
)


def days(batch: Batch) -> list[tuple[int, int]]:
    """The days (yymmdd) of the lives that are laid out, and how many orders the batch makes of each."""
    return [
        (day, count)
        for day, count in sql.rows(
            "SELECT day, count(*) * (%s - 1) + count(*) FILTER (WHERE rank <= %s) FROM scale_work_order"
            " GROUP BY day ORDER BY day",
            (batch.copies, batch.share),
        )
    ]


def prepare_months(batch: Batch) -> None:
    """See that the copies' months have partitions, before several processes insert into them."""
    ensure_months({day // 100 for day, _ in days(batch)})


def multiply(batch: Batch, first: int, last: int) -> None:
    """Insert every copy of the lives of these days, in one transaction; nothing when that was done before."""
    params = {
        **{name: getattr(batch, name) for name in ("above", "serials", "copies", "share", "people_above", "people")},
        "years": batch.years,
        "first": first,
        "last": last,
    }
    with transaction.atomic():
        sql.run("SET LOCAL synchronous_commit = off")
        sql.run("SET LOCAL work_mem = '256MB'")
        if sql.rows(_DONE, params):
            return
        for table in _ROWS:
            sql.run(_insert(table), params)
        if not batch.lean:
            scale_words.copy_texts(batch, first, last)


def _insert(table: str) -> str:
    """One table's copies, in the order in which a history would have written them."""
    columns = _columns(table)
    made = {name: f's."{name}"' for name in columns} | {"number": f"s.number + {_BLOCK}"} | _MADE.get(table, {})
    join = f" LEFT JOIN person p ON p.id = {_PERSON}" if table == "call" else ""
    order = "s.offered_at" if table == "call" else f"s.number + {_BLOCK}"
    order += ", s.seq" if table == "event" else ""
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {_select(made)} FROM scale_{table} s"
        f" CROSS JOIN generate_series(0::bigint, %(copies)s::bigint - 1) g(n){join}"
        f" WHERE s.day BETWEEN %(first)s AND %(last)s AND {_WANTED} ORDER BY {order}"
    )
