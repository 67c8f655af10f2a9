"""Many demanders at once, found or numbered as ``people.find_or_add`` does it for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jiesu.store import crypto, people, sql
from jiesu.store.people import Known, phone_key

_HELD = (
    "SELECT id, phone_hash, name_hash, credit_hash FROM person WHERE erased_at IS NULL"
    " AND (phone_hash = ANY(%s::bytea[]) OR credit_hash = ANY(%s::bytea[])) ORDER BY id"
)


def look_up(demanders: Sequence[Known]) -> tuple[list[int], dict[int, Known]]:
    """The id of each demander, and those ids that are new with who they are. Writes nothing; at most 2 statements.

    The same credit code, or the same phone and name, is the same demander; without either everybody is a new one.
    """
    keys = [_key(one) for one in demanders]
    held = _held(demanders)
    places: dict[object, int] = {}
    wanted: list[Known] = []
    for at, (key, one) in enumerate(zip(keys, demanders, strict=True)):
        mark = key or at
        if mark not in held and mark not in places:
            places[mark] = len(wanted)
            wanted.append(one)
    numbers = _numbers(len(wanted))
    ids = [held[key] if key in held else numbers[places[key or at]] for at, key in enumerate(keys)]
    return ids, dict(zip(numbers, wanted, strict=True))


def add(new: dict[int, Known], now: datetime) -> None:
    """Write these new people in bulk."""
    if new:
        sql.copy_in("person", people.PERSON, people.person_rows(list(new.items()), now))


def _key(one: Known) -> tuple[str, str, str] | None:
    if one.credit_code:
        return ("code", one.credit_code, "")
    phone = phone_key(one.phone)
    return ("phone", phone, one.name or one.company) if phone else None


def _held(demanders: Sequence[Known]) -> dict[object, int]:
    """The ids of those that the city knows already, by their key; the oldest row of each."""
    phones = {phone_key(one.phone) for one in demanders if not one.credit_code} - {""}
    codes = {one.credit_code for one in demanders} - {""}
    if not phones and not codes:
        return {}
    by_phone = {held: phone for phone in phones for held in crypto.search_hashes(phone)}
    by_code = {held: code for code in codes for held in crypto.search_hashes(code)}
    names = {one.name or one.company for one in demanders}
    by_name: dict[bytes | None, str] = {held: name for name in names if name for held in crypto.search_hashes(name)}
    by_name[None] = ""
    found: dict[object, int] = {}
    for number, phone, name, code in sql.rows(_HELD, (list(by_phone), list(by_code))):
        if code is not None and bytes(code) in by_code:
            found.setdefault(("code", by_code[bytes(code)], ""), number)
        named = by_name.get(bytes(name) if name is not None else None)
        if phone is not None and named is not None and bytes(phone) in by_phone:
            found.setdefault(("phone", by_phone[bytes(phone)], named), number)
    return found


def _numbers(count: int) -> list[int]:
    if not count:
        return []
    found = sql.rows("SELECT nextval(pg_get_serial_sequence('person', 'id')) FROM generate_series(1, %s)", (count,))
    return [row[0] for row in found]
