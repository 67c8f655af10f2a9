"""Are the photos and papers still there that events name by their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from jiesu.store import crypto
from jiesu.store.datadir import DataDir
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Connection, fetch

_AT_ONCE = 5_000
Named = Mapping[str, Sequence[tuple[int, int]]]


def check(connection: Connection, named: Named, opened: bool, found: Found) -> None:
    """``named`` says for each digest which events (number, seq) name it. Bytes are read only when ``opened``."""
    digests = sorted(named)
    for start in range(0, len(digests), _AT_ONCE):
        part = digests[start : start + _AT_ONCE]
        rows = fetch(connection, "SELECT digest, key_id FROM file WHERE digest = ANY(%s)", (part,))
        keys: dict[str, int] = dict(rows)
        for digest in part:
            wrong = _wrong(digest, keys.get(digest), opened)
            if wrong:
                found.faults += _each(named[digest], wrong)
    found.files += len(digests)


def _wrong(digest: str, key_id: int | None, opened: bool) -> str | None:
    path = DataDir.choose().files / digest[:2] / digest
    if key_id is None:
        return "的登记被删除"
    if not path.is_file():
        return "的原件不在"
    if not opened:
        return None
    try:
        content = crypto.unseal(key_id, path.read_bytes(), digest.encode())
    except crypto.CannotUnseal:
        return "被改动，或封存它的密钥已不在"
    return None if hashlib.sha256(content).hexdigest() == digest else "被改动"


def _each(events: Sequence[tuple[int, int]], wrong: str) -> Iterator[Fault]:
    for number, seq in events:
        yield Fault(number, f"第 {seq} 条流转记录的附件{wrong}", "file")
