"""The rules snapshots that events name: kept whole, and each part still what its hash says."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from jiesu.domain.rules import Rules, part_hash, snapshot_id
from jiesu.store.verify import reading
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Connection

_HELD: Final = 32


class KeptRules:
    """Snapshots by id, read when an event first names them; the last ones used are held."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._hashes = dict(reading.snapshots(connection))
        self.of = lru_cache(maxsize=_HELD)(self._of)

    def _of(self, id_: str) -> Rules | None:
        """The rules of a snapshot, or None when they are not kept whole."""
        hashes = self._hashes.get(id_)
        if hashes is None:
            return None
        parts = {name: reading.part(self._connection, digest) for name, digest in hashes.items()}
        try:
            return Rules(id_, parts)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def check(connection: Connection, found: Found) -> None:
    """Every snapshot and every part of it hashes to its name."""
    intact: dict[str, str] = {}
    for id_, hashes in reading.snapshots(connection):
        found.snapshots += 1
        for name, digest in hashes.items():
            if digest not in intact:
                intact[digest] = _said_of(connection, digest)
            if intact[digest]:
                found.faults.append(Fault(None, f"规则快照 {id_} 的“{name}”部分{intact[digest]}", "rules"))
        if snapshot_id(hashes) != id_:
            found.faults.append(Fault(None, f"规则快照 {id_} 被改动", "rules"))


def _said_of(connection: Connection, digest: str) -> str:
    doc = reading.part(connection, digest)
    if doc is None:
        return "被删除"
    return "" if part_hash(doc) == digest else "被改动"
