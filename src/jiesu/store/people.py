"""Residents and companies: sealed, and found again by keyed hashes of phone, name or credit code."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
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


class Sought:
    """A demander with the keyed hashes by which he is found, made once: under every key of the ring, the active first.

    ``line``: what to hold before ``find``, so that two first calls from one number make one row; None: nothing.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self.codes = _hashes(known.credit_code)
        self.phones = _hashes(phone_key(known.phone))
        self.names = _hashes(known.name or known.company)
        held = self.codes or self.phones
        self.line = int.from_bytes(held[0][-8:], signed=True) if held else None


def _hashes(text: str) -> list[bytes]:
    return crypto.search_hashes(text) if text else []


def find_or_add(known: Known, now: datetime) -> int:
    """The id of this demander: the one with the same phone and name, or credit code; else a new one.

    Whoever was erased is nobody's match. Two transactions at once find each other's only when both hold the ``line``.
    """
    person, new = find(Sought(known))
    if new:
        sql.hot(ADD, {**row_params(new), "at": now})
    return person


NewPerson = tuple[int, str, int, bytes, bytes | None, bytes | None, bytes | None]


def find(who: Sought) -> tuple[int, NewPerson | None]:
    """The id of this demander as ``find_or_add`` finds it, and the row that is still to be written when he is new."""
    if who.codes:
        found, new = sql.hot(_by_code(len(who.codes)), who.codes)[0]
    else:
        found, new = sql.hot(_by_phone(len(who.phones), len(who.names)), who.phones + who.names)[0]
    if found is not None:
        return int(found), None
    hashes = (held[0] if held else None for held in (who.phones, who.names, who.codes))
    return int(new), (int(new), who.known.kind, *_seal(new, who.known), *hashes)  # type: ignore[return-value]


# Who it is, else a number for the row to come: one statement, whichever it is.
_FIND_OR_NUMBER = (
    "SELECT found, CASE WHEN found IS NULL THEN nextval('person_id_seq') END FROM (SELECT ("
    "SELECT id FROM person WHERE erased_at IS NULL AND {} ORDER BY id LIMIT 1) AS found OFFSET 0) held"
)


@cache
def _by_code(keys: int) -> str:
    return _FIND_OR_NUMBER.format(_among("credit_hash", keys))


@cache
def _by_phone(phones: int, names: int) -> str:
    """Without a phone there is nothing to find him by."""
    name = _among("name_hash", names) if names else "name_hash IS NULL"
    return _FIND_OR_NUMBER.format(f"{_among('phone_hash', phones)} AND {name}" if phones else "false AND " + name)


def _among(column: str, keys: int) -> str:
    """One place for each key of the ring. An array that is a parameter would have the statement planned every time."""
    return f"{column} IN ({', '.join(['%s::bytea'] * keys)})"


_ROW = ("new_person", "person_kind", "person_key", "person_sealed", "phone_hash", "name_hash", "credit_hash")
# Alone, or part of the statement that writes the order, which gives the time.
ADD = (
    "INSERT INTO person (id, kind, key_id, sealed, phone_hash, name_hash, credit_hash, made_at)"
    f" SELECT {', '.join(f'%({name})s' for name in _ROW)}, %(at)s"
)


def row_params(new: NewPerson | None) -> dict[str, Any]:
    """What ``ADD`` asks for beside the time."""
    return dict(zip(_ROW, new, strict=True)) if new else {}


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
