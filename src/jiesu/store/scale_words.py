"""What the scale kit cannot do in SQL: words are sealed anew for each copy's number, people get other phone numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from struct import Struct
from typing import Final

import psycopg
from django.db import transaction

from jiesu.store import crypto, people, sql
from jiesu.store.documents import read_data
from jiesu.store.people import Known
from jiesu.store.record import aad
from jiesu.store.scale import Batch

# Rows as COPY takes them in binary: number of fields, then each field's length and bytes.
_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_FRONT: Final = Struct(">hiqiii")
_LENGTH: Final = Struct(">i")
_KEY: Final = Struct(">ih")
_END: Final = b"\xff\xff"
_BUFFER: Final = 1 << 18

Opened = tuple[int, int, int, str, bytes, bytes]  # number, rank, seq, field, salt, words


def copy_texts(batch: Batch, first: int, last: int) -> None:
    """Open the words of the lives of these days once, and seal them for every copy with the salt they had.

    Sealed words are bound to their number (``record.aad``): a mere copy of the row would not open.
    """
    found = sql.rows(
        "SELECT s.day, s.number, s.rank, s.source_number, t.seq, t.field, t.salt, t.key_id, t.sealed"
        " FROM scale_work_order s JOIN order_text t ON t.number = s.source_number WHERE s.day BETWEEN %s AND %s"
        " ORDER BY s.day, s.number, t.seq",
        (first, last),
    )
    opened: dict[int, list[Opened]] = {}
    for day, number, rank, life, seq, name, salt, key_id, blob in found:
        plain = crypto.unseal(key_id, blob, aad(life, seq, name))
        opened.setdefault(day, []).append((number, rank, seq, name, bytes(salt), plain))
    statement = "COPY order_text (number, seq, field, salt, key_id, sealed) FROM STDIN (FORMAT binary)"
    with psycopg.Cursor(sql.link()) as cursor, cursor.copy(statement) as copy:
        buffer = bytearray(_HEADER)
        for some in opened.values():
            for row in _sealed(batch, some):
                buffer += row
                if len(buffer) > _BUFFER:
                    copy.write(bytes(buffer))
                    buffer.clear()
        copy.write(bytes(buffer) + _END)


def _sealed(batch: Batch, opened: list[Opened]) -> Iterator[bytes]:
    """Rows of ``order_text`` for every copy of one day's words, by number."""
    for nth in range(batch.copies):
        add = batch.above + nth * batch.serials
        most = batch.share if nth == batch.copies - 1 else batch.source
        for number, rank, seq, name, salt, plain in opened:
            if rank <= most:
                key_id, blob = crypto.seal(plain, aad=aad(number + add, seq, name))
                word = name.encode()
                front = _FRONT.pack(6, 8, number + add, 4, seq, len(word)) + word + _LENGTH.pack(len(salt)) + salt
                yield front + _KEY.pack(2, key_id) + _LENGTH.pack(len(blob)) + blob


# -- people

_MOBILE: Final = 11


def multiply_people(batch: Batch, nth: int, now: datetime) -> None:
    """Write the people of one copy, in one transaction: the same names, other phone numbers. Nothing if done before."""
    above = batch.people_above + nth * batch.people
    if sql.rows("SELECT 1 FROM person WHERE id > %s AND id <= %s LIMIT 1", (above, above + batch.people)):
        return
    found = sql.rows(
        "SELECT id, key_id, sealed FROM person WHERE id <= %s AND sealed IS NOT NULL ORDER BY id", (batch.people,)
    )
    made = []
    for number, key_id, blob in found:
        known = Known(**read_data(crypto.unseal(key_id, blob, f"person/{number}".encode())))
        made.append((above + number, replace(known, phone=_other(known.phone, above + number), credit_code="")))
    with transaction.atomic():
        sql.run("SET LOCAL synchronous_commit = off")
        sql.copy_in("person", people.PERSON, people.person_rows(made, now))


def _other(phone: str, number: int) -> str:
    """A mobile number that differs for every person, as far as eight digits go; other numbers stay."""
    if len(phone) != _MOBILE or not phone.isdecimal():
        return phone
    return f"{phone[:3]}{(int(phone[3:]) + number * 7919) % 10**8:08d}"
