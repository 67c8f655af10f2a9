"""Residents and companies: sealed, and found again by keyed hashes of phone, name or credit code."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jiesu.store import crypto, sql
from jiesu.store.documents import read_data, write_data

_NOT_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a demander, in the clear. It leaves this module only towards someone who may see it."""

    name: str = ""
    phone: str = ""
    address: str = ""
    company: str = ""
    credit_code: str = ""

    @property
    def kind(self) -> str:
        return "company" if self.company or self.credit_code else "person"

    def __bool__(self) -> bool:
        return any((self.name, self.phone, self.company, self.credit_code))


def phone_key(phone: str) -> str:
    """A phone number as it is compared: digits, without the country's code."""
    digits = _NOT_DIGIT.sub("", phone)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def in_line(known: Known | None) -> int | None:
    """What to hold before ``find_or_add``, so that two first calls from one number make one row; None: nothing."""
    key = (known.credit_code or phone_key(known.phone)) if known else ""
    return int.from_bytes(crypto.search_hash(key)[-8:], signed=True) if key else None


def find_or_add(known: Known, now: datetime) -> int:
    """The id of this demander: the one with the same phone and name, or credit code; else a new one.

    Whoever was erased is nobody's match. Two transactions at once find each other's only when both hold ``in_line``.
    """
    person, new = find(known)
    if new:
        sql.hot(ADD, {**row_params(new), "at": now})
    return person


NewPerson = tuple[int, str, int, bytes, bytes | None, bytes | None, bytes | None]


def find(known: Known) -> tuple[int, NewPerson | None]:
    """The id of this demander as ``find_or_add`` finds it, and the row that is still to be written when he is new."""
    found, new = sql.hot(_BY_CODE if known.credit_code else _BY_PHONE, _find_params(known))[0]
    if found is not None:
        return int(found), None
    hashes = (_hash(phone_key(known.phone)), _hash(known.name or known.company), _hash(known.credit_code))
    return int(new), (int(new), known.kind, *_seal(new, known), *hashes)


# Who it is, else a number for the row to come: one statement, whichever it is.
_FIND_OR_NUMBER = (
    "SELECT found, CASE WHEN found IS NULL THEN nextval(pg_get_serial_sequence('person', 'id')) END FROM (SELECT ("
    "SELECT id FROM person WHERE erased_at IS NULL AND {} ORDER BY id LIMIT 1) AS found OFFSET 0) held"
)
_BY_CODE = _FIND_OR_NUMBER.format("credit_hash = ANY(%(credit)s::bytea[])")
_BY_PHONE = _FIND_OR_NUMBER.format(
    "phone_hash = ANY(%(phone)s::bytea[])"
    " AND (name_hash = ANY(%(name)s::bytea[]) OR (%(unnamed)s AND name_hash IS NULL))"
)
_ROW = ("new_person", "person_kind", "person_key", "person_sealed", "phone_hash", "name_hash", "credit_hash")
# Alone, or part of the statement that writes the order, which gives the time.
ADD = (
    "INSERT INTO person (id, kind, key_id, sealed, phone_hash, name_hash, credit_hash, made_at)"
    f" SELECT {', '.join(f'%({name})s' for name in _ROW)}, %(at)s"
)


def row_params(new: NewPerson | None) -> dict[str, Any]:
    """What ``ADD`` asks for beside the time."""
    return dict(zip(_ROW, new, strict=True)) if new else {}


def _find_params(known: Known) -> dict[str, Any]:
    name = known.name or known.company
    return {
        "credit": crypto.search_hashes(known.credit_code),
        "phone": crypto.search_hashes(phone_key(known.phone)),
        "name": crypto.search_hashes(name),
        "unnamed": not name,
    }


def _hash(text: str) -> bytes | None:
    return crypto.search_hash(text) if text else None


def _seal(number: int, known: Known) -> tuple[int, bytes]:
    held = {key: value for key, value in asdict(known).items() if value}
    return crypto.seal(write_data(held), aad=f"person/{number}".encode())


def person_rows(people: list[tuple[int, Known]], now: datetime) -> list[tuple[Any, ...]]:
    """Rows for a bulk write of new people."""
    return [
        (
            *(number, known.kind, *_seal(number, known), _hash(phone_key(known.phone))),
            *(_hash(known.name or known.company), _hash(known.credit_code), now),
        )
        for number, known in people
    ]


PERSON = ("id", "kind", "key_id", "sealed", "phone_hash", "name_hash", "credit_hash", "made_at")


def read(number: int | None) -> Known | None:
    """Who it is; None when nobody is known or the person was erased."""
    if number is None:
        return None
    found = sql.hot("SELECT key_id, sealed FROM person WHERE id = %s AND erased_at IS NULL", (number,))
    if not found or found[0][1] is None:
        return None
    return known_of(number, *found[0])


def known_of(number: int, key_id: int, sealed: bytes) -> Known:
    """Who it is that a row of a person holds."""
    return Known(**read_data(crypto.unseal(key_id, sealed, f"person/{number}".encode())))


def by_phone(phone: str) -> list[int]:
    """The ids of the demanders who use this number."""
    found = sql.rows(
        "SELECT id FROM person WHERE phone_hash = ANY(%s::bytea[]) AND erased_at IS NULL ORDER BY id LIMIT 50",
        (crypto.search_hashes(phone_key(phone)),),
    )
    return [row[0] for row in found]


def by_name(name: str) -> list[int]:
    """The ids of the demanders of this name."""
    found = sql.rows(
        "SELECT id FROM person WHERE name_hash = ANY(%s::bytea[]) AND erased_at IS NULL ORDER BY id LIMIT 200",
        (crypto.search_hashes(name),),
    )
    return [row[0] for row in found]


def erase(number: int, now: datetime) -> None:
    """Destroy what is known of a person; the row stays, empty, so that counts stay."""
    sql.run(
        "UPDATE person SET sealed = NULL, phone_hash = NULL, name_hash = NULL, credit_hash = NULL, erased_at = %s"
        " WHERE id = %s",
        (now, number),
    )
