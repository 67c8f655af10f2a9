"""Numbers that orders have in other systems, and the runs of imports. One source never gives one number twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from jiesu.store import crypto, sql

Key = tuple[str, str]
"""A source and the number that it gave."""


def digest(content: str) -> bytes:
    """What is kept to tell one text from another under the same number: a keyed hash, white space aside."""
    return crypto.search_hash(_plain(content))


def same(held: bytes, content: str) -> bool:
    """Whether ``held`` is the digest of ``content`` under any key of the ring."""
    return bytes(held) in crypto.search_hashes(_plain(content))


def _plain(content: str) -> str:
    return " ".join(content.split())


_KNOWN = (
    "SELECT e.source, e.external, e.digest FROM unnest(%s::text[], %s::text[]) AS k(source, external)"
    " JOIN external e ON e.source = k.source AND e.external = k.external"
)
# Rows of a rival that is still at work are waited for; those that it then keeps are not ours.
_CLAIM = (
    "INSERT INTO external (source, external, number, digest)"
    " SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bytea[])"
    " ON CONFLICT (source, external) DO NOTHING RETURNING source, external"
)


def known(keys: Iterable[Key]) -> dict[Key, bytes]:
    """The digests of those of these numbers that are taken already. One statement."""
    pairs = list(keys)
    if not pairs:
        return {}
    found = sql.rows(_KNOWN, ([source for source, _ in pairs], [external for _, external in pairs]))
    return {(source, external): bytes(held) for source, external, held in found}


_ADOPTED = (
    "SELECT e.source, e.external, v.data::jsonb->>'to', v.data::jsonb->>'outcome'"
    " FROM unnest(%s::text[], %s::text[]) AS k(source, external)"
    " JOIN external e ON e.source = k.source AND e.external = k.external"
    " JOIN event v ON v.number = e.number AND v.seq = 1 AND v.move = 'adopt'"
)


def adopted(keys: Iterable[Key]) -> dict[Key, tuple[str, str | None]]:
    """The state and outcome in which those of these numbers that were adopted came. One statement."""
    pairs = list(keys)
    if not pairs:
        return {}
    found = sql.rows(_ADOPTED, ([source for source, _ in pairs], [external for _, external in pairs]))
    return {(source, external): (state, outcome) for source, external, state, outcome in found}


def claim(wanted: Sequence[tuple[Key, int, bytes]]) -> set[Key]:
    """Give these numbers to our orders (key, order number, digest), inside the caller's transaction; those we got.

    Always in the same order, so that two imports of one file wait for each other and never lock each other out.
    """
    if not wanted:
        return set()
    ordered = sorted(wanted)
    columns = (
        [key[0] for key, _, _ in ordered],
        [key[1] for key, _, _ in ordered],
        [number for _, number, _ in ordered],
        [held for _, _, held in ordered],
    )
    return {(source, external) for source, external in sql.rows(_CLAIM, columns)}


def begin_run(file_digest: str, file_name: str, *, by: str, now: datetime) -> int:
    """A new line in the list of imports; its id."""
    return int(
        sql.value(
            "INSERT INTO import_run (file_digest, file_name, by, begun_at, added, known, rejected)"
            " VALUES (%s, %s, %s, %s, 0, 0, 0) RETURNING id",
            (file_digest, file_name[:200], by, now),
        )
    )


def count_run(run: int, *, added: int = 0, known: int = 0, rejected: int = 0) -> None:
    """Add to what the run has brought, in the transaction that brings it."""
    sql.run(
        "UPDATE import_run SET added = added + %s, known = known + %s, rejected = rejected + %s WHERE id = %s",
        (added, known, rejected, run),
    )


def end_run(run: int, now: datetime) -> None:
    """The run has read its file to the end."""
    sql.run("UPDATE import_run SET ended_at = %s WHERE id = %s", (now, run))
