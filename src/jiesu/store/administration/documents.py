"""Kinds that lie in documents of settings: limits, declared events, texts, scripts, parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.params import OFFICE, PARAMS, value_of, with_value
from jiesu.domain.administration.things import by_key
from jiesu.domain.scripts import SCRIPTS
from jiesu.store.models import Setting

if TYPE_CHECKING:
    from jiesu.store.administration.shelves import Put, Things

Docs = dict[str, Any]
"""Documents of settings by name."""


class _Shelf:
    """Things of one kind inside documents: ``read`` takes them out, ``write`` puts all of them back."""

    def __init__(
        self,
        names: tuple[str, ...],
        read: Callable[[Docs], Things],
        write: Callable[[Docs, Things], Docs],
    ) -> None:
        self._names, self._read, self._write = names, read, write

    def _docs(self, *, hold: bool = False) -> Docs:
        held = Setting.objects.filter(name__in=self._names)
        return {one.name: one.value for one in (held.select_for_update() if hold else held)}

    def every(self) -> Things:
        return self._read(self._docs())

    def some(self, keys: Collection[str]) -> Things:
        return {key: thing for key, thing in self.every().items() if key in keys}

    def put(self, puts: Sequence[Put]) -> None:
        docs = self._docs(hold=True)
        things = self._read(docs)
        for one in puts:
            if one.after is None:
                things.pop(one.key, None)
            else:
                things[one.key] = dict(one.after)
        after = self._write(docs, things)
        rows = [Setting(name=name, value=value) for name, value in after.items() if docs.get(name) != value]
        Setting.objects.bulk_create(rows, update_conflicts=True, unique_fields=["name"], update_fields=["value"])


# -- limits


def _read_limits(docs: Docs) -> Things:
    rows = ({"kind": "*", "urgency": "*", **row} for row in docs.get("limits") or [])
    return by_key(
        KINDS["limit"], ({**row, "kind": row["kind"] or "*", "urgency": row["urgency"] or "*"} for row in rows)
    )


def _write_limits(docs: Docs, things: Things) -> Docs:
    return {"limits": [{name: one[name] for name in ("clock", "kind", "urgency", "limit")} for one in things.values()]}


# -- declared events; the rules know their ends as from and to


def _read_declared(docs: Docs) -> Things:
    things = {}
    for at, one in enumerate(docs.get("declared") or [], 1):
        held = {"name": "", "basis": "", "notice": "", "id": f"D{at}", **one}
        thing = {name: held[name] for name in ("id", "name", "clocks", "factor", "basis", "notice")}
        things[thing["id"]] = {**thing, "begins": held["from"], "ends": held["to"]}
    return things


def _write_declared(docs: Docs, things: Things) -> Docs:
    renamed = ({**one, "from": one["begins"], "to": one["ends"]} for one in things.values())
    return {"declared": [{name: one[name] for name in one if name not in ("begins", "ends")} for one in renamed]}


# -- texts


def _read_texts(docs: Docs) -> Things:
    blank = {"text": "", "door": "", "type": "", "active": True}
    held = docs.get("reasons") or {}
    return by_key(KINDS["text"], ({"list": name, **blank, **one} for name, codes in held.items() for one in codes))


def _write_texts(docs: Docs, things: Things) -> Docs:
    reasons: dict[str, list[dict[str, Any]]] = {name: [] for name in docs.get("reasons") or {}}
    for one in things.values():
        said = {"code": one["code"], "name": one["name"], "text": one["text"]}
        said.update({name: one[name] for name in ("door", "type") if one[name]})
        reasons.setdefault(one["list"], []).append(said if one["active"] else {**said, "active": False})
    return {"reasons": reasons}


# -- callback scripts: a part of the parameters


def _read_scripts(docs: Docs) -> Things:
    own = (docs.get("params") or {}).get("callback_scripts") or {}
    return {name: {"which": name, "lines": list(own.get(name) or SCRIPTS[name])} for name in SCRIPTS}


def _write_scripts(docs: Docs, things: Things) -> Docs:
    own = {name: one["lines"] for name, one in things.items() if one["lines"] != list(SCRIPTS[name])}
    return {"params": {**(docs.get("params") or {}), "callback_scripts": own}}


# -- parameters; the office hours lie in the calendar


def _read_params(docs: Docs) -> Things:
    held = docs.get("params") or {}
    hours = (docs.get("calendar") or {}).get("hours")
    return {
        name: {"name": name, "value": (hours or one.start) if name == OFFICE else value_of(one, held)}
        for name, one in PARAMS.items()
    }


def _write_params(docs: Docs, things: Things) -> Docs:
    before = _read_params(docs)
    after: Docs = {}
    for name, one in things.items():
        if one["value"] == before[name]["value"]:
            continue
        if name == OFFICE:
            after["calendar"] = {**(docs.get("calendar") or {}), "hours": one["value"]}
        else:
            after["params"] = with_value(PARAMS[name], after.get("params", docs.get("params") or {}), one["value"])
    return after


SHELVES: Final[Mapping[str, _Shelf]] = {
    "limit": _Shelf(("limits",), _read_limits, _write_limits),
    "declared": _Shelf(("declared",), _read_declared, _write_declared),
    "text": _Shelf(("reasons",), _read_texts, _write_texts),
    "script": _Shelf(("params",), _read_scripts, _write_scripts),
    "param": _Shelf(("params", "calendar"), _read_params, _write_params),
}


def things_of(name: str, value: Any) -> tuple[str, Things] | None:
    """The kind and the things of a whole document of settings, as it was kept by a change of all of it."""
    kind = {"limits": "limit", "declared": "declared", "reasons": "text", "params": "param"}.get(name)
    if kind is None:
        return None
    reader = {"limit": _read_limits, "declared": _read_declared, "text": _read_texts, "param": _read_params}[kind]
    return kind, reader({name: value} if value else {})
