"""Where each kind of city data lies: things by key, read at once and put in their places at once.

A thing is as in ``domain.administration.kinds``. Putting one changes the tables alone: that the rules follow, and that
the change is on record, is for whoever calls (``workflow.administration``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.contrib.auth.hashers import make_password

from jiesu.domain.administration.kinds import Thing
from jiesu.store import sql
from jiesu.store.administration import calendar, documents
from jiesu.store.administration.roles import role_dates, role_moments
from jiesu.store.models import Matter, Region, Staff, StaffRole, Unit

Things = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Put:
    """A thing to be put in the place of what was there; ``after`` None: it is taken away."""

    key: str
    before: Thing | None
    after: Thing | None


class Shelf(Protocol):
    """The place of one kind."""

    def every(self) -> Things:
        """All things of the kind by key."""
        ...

    def some(self, keys: Collection[str]) -> Things:
        """Those of these keys that there are."""
        ...

    def put(self, puts: Sequence[Put]) -> None: ...


class _Named:
    """Units and matters: rows by code whose names are spelt beside them (``store.spelling``).

    A name that is new or another one waits for its letters; those that somebody wrote stay with it.
    """

    def __init__(self, model: type[Unit] | type[Matter], fields: tuple[str, ...], called: str) -> None:
        self._model, self._fields, self._called = model, fields, called

    def every(self) -> Things:
        return self._read({})

    def some(self, keys: Collection[str]) -> Things:
        return self._read({"code__in": list(keys)})

    def _read(self, wanted: Mapping[str, Any]) -> Things:
        found = self._model.objects.filter(**wanted).order_by("code").values("code", *self._fields)  # type: ignore[union-attr]
        return {one["code"]: dict(one) for one in found}

    def put(self, puts: Sequence[Put]) -> None:
        codes = [one.key for one in puts]
        held = self._model.objects.filter(code__in=codes)  # type: ignore[union-attr]
        spelt = dict(held.values_list("code", "pinyin"))
        rows = [self._row(one, one.after, spelt.get(one.key, "")) for one in puts if one.after is not None]
        fields = [name for name in (*self._fields, "parent", "pinyin") if name != "parent_id"]
        self._model.objects.bulk_create(  # type: ignore[union-attr]
            rows, update_conflicts=True, unique_fields=["code"], update_fields=fields
        )

    def _row(self, one: Put, after: Thing, pinyin: str) -> Any:
        renamed = one.before is None or one.before[self._called] != after[self._called]
        old = renamed and one.before is not None and one.before["initials"] == after["initials"]
        letters = "" if old else after["initials"]
        parent = after.get("parent", after["code"].rpartition(".")[0] or None)
        values = {name: after[name] for name in self._fields if name in after}
        pinyin = "" if renamed or not letters else pinyin
        return self._model(code=one.key, **{**values, "parent_id": parent, "initials": letters, "pinyin": pinyin})


class _Units(_Named):
    """The table calls a unit's parent by another name than its things do."""

    def __init__(self) -> None:
        fields = ("name", "short", "kind", "group_size", "phone", "duties", "initials", "active", "parent_id")
        super().__init__(Unit, fields, "short")

    def _read(self, wanted: Mapping[str, Any]) -> Things:
        found = super()._read(wanted)
        for one in found.values():
            one["parent"] = one.pop("parent_id")
        return found


class _Regions:
    def every(self) -> Things:
        return self._read(Region.objects.order_by("code"))

    def some(self, keys: Collection[str]) -> Things:
        return self._read(Region.objects.filter(code__in=keys))

    def _read(self, found: Iterable[Region]) -> Things:
        return {one.code: {"code": one.code, "name": one.name, "unit": one.unit_id} for one in found}

    def put(self, puts: Sequence[Put]) -> None:
        for one in puts:
            if one.after is not None:
                Region.objects.filter(code=one.key).update(name=one.after["name"], unit_id=one.after["unit"])


class _Staff:
    """Accounts by login. Taking the right to work away makes the password useless, so that no session comes back."""

    _fields: Final = ("name", "title", "phone")

    def every(self) -> Things:
        return self._read(Staff.objects.order_by("id"))

    def some(self, keys: Collection[str]) -> Things:
        return self._read(Staff.objects.filter(login__in=keys))

    def _read(self, found: Iterable[Staff]) -> Things:
        held = {one.id: one for one in found}
        roles: dict[int, list[list[str | None]]] = {number: [] for number in held}
        for row in StaffRole.objects.filter(staff__in=held).order_by("id"):
            roles[row.staff_id].append([row.role, row.unit_id, *role_dates(row.since, row.until)])
        return {
            one.login: {"login": one.login, "active": one.is_active, "roles": roles[number], **_of(one, self._fields)}
            for number, one in held.items()
        }

    def put(self, puts: Sequence[Put]) -> None:
        for one in puts:
            if one.after is not None:
                self._put(one, one.after)

    def _put(self, one: Put, after: Thing) -> None:
        values = {**_of(after, self._fields), "is_active": after["active"]}
        if one.before is None:
            staff = Staff.objects.create(login=after["login"], password=make_password(None), **values)
            number, was = staff.id, []
        else:
            if one.before["active"] and not after["active"]:
                values.update(password=make_password(None), must_change=True, password_until=None)
            Staff.objects.filter(login=one.key).update(**values)
            number = Staff.objects.values_list("id", flat=True).get(login=one.key)
            was = list(one.before["roles"])
        self._grant(number, was, list(after["roles"]))

    def _grant(self, number: int, was: list[Any], now: list[Any]) -> None:
        for role, unit, since, until in (held for held in was if held not in now):
            first, end = role_moments(since, until)
            # The moment of an end that was set elsewhere need not be midnight: its day names the role.
            found = StaffRole.objects.filter(staff=number, role=role, unit=unit)
            for row in found:
                if role_dates(row.since, row.until) == (since, until) or (row.since, row.until) == (first, end):
                    row.delete()
        StaffRole.objects.bulk_create(
            StaffRole(staff_id=number, role=role, unit_id=unit, since=moments[0], until=moments[1])
            for role, unit, since, until in (held for held in now if held not in was)
            if (moments := role_moments(since, until))
        )


def _of(one: Any, names: Iterable[str]) -> dict[str, Any]:
    """These fields of a row or of a thing."""
    if isinstance(one, Mapping):
        return {name: one[name] for name in names}
    return {name: getattr(one, name) for name in names}


_SHELVES: Final[Mapping[str, Shelf]] = {
    "unit": _Units(),
    "matter": _Named(Matter, ("name", "keywords", "urgency", "kinds", "initials", "active"), "name"),
    "region": _Regions(),
    "staff": _Staff(),
    "day": calendar.Days(),
    "year": calendar.Years(),
    **documents.SHELVES,
}


def of(kind: str) -> Shelf:
    """The shelf of a kind; the catalog has none: its lines follow each other by date (``lines``)."""
    return _SHELVES[kind]


def get(kind: str, key: str) -> dict[str, Any] | None:
    """One thing, or None."""
    return of(kind).some([key]).get(key)


def staff_key(number: int) -> str | None:
    """The login of an account by its number: addresses of pages name numbers."""
    found = sql.one("SELECT login FROM staff WHERE id = %s", (number,))
    return found[0] if found else None


def staff_numbers(logins: Sequence[str]) -> dict[str, int]:
    """The numbers of these accounts."""
    return dict(sql.rows("SELECT login, id FROM staff WHERE login = ANY(%s)", (list(logins),)))
