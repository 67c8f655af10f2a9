"""Requests of other systems that were answered: asked again with the same key, they get the same order and no new move.

A key belongs to one token and is written in the transaction of the order that answered it, so that a crash leaves both
or neither. The body is remembered by a keyed hash: whoever reads the table learns nothing of what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiesu.domain.order import Actor
from jiesu.store import crypto, sql
from jiesu.store.staff import token_digest


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it came with a request: whose it is, and the request's canonical body (a move's names the order too)."""

    token: int
    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What a key was given to: the order's number, and the hash of the body."""

    number: int
    digest: bytes

    def same(self, body: str) -> bool:
        """Whether this canonical body is the one that was answered; also after the search key was renewed."""
        return self.digest in crypto.search_hashes(body)


class AlreadyAnswered(Exception):
    """Another request with this key was first; the transaction that hears this must not commit."""

    def __init__(self, key: Key) -> None:
        super().__init__(key.key)
        self.key = key


def token_and_answer(secret: str, key: str) -> tuple[Actor, Answered | None] | None:
    """The actor behind a token and what this key was answered with; None for an unknown token. One statement."""
    found = sql.hot(
        "SELECT t.id, t.role, t.unit_id, k.number, k.digest FROM token t"
        " LEFT JOIN idempotency_key k ON k.token = t.id AND k.key = %s"
        " WHERE t.digest = %s AND t.revoked_at IS NULL",
        (key, token_digest(secret)),
    )
    if not found:
        return None
    id_, role, unit, number, digest = found[0]
    return Actor(f"t{id_}", ((role, unit),)), None if number is None else Answered(number, bytes(digest))


def answer(key: Key) -> Answered | None:
    """What this key was answered with."""
    found = sql.one("SELECT number, digest FROM idempotency_key WHERE token = %s AND key = %s", (key.token, key.key))
    return Answered(found[0], bytes(found[1])) if found else None


def keep(key: Key, number: int, now: datetime) -> None:
    """Write the answer, inside the transaction that made it. Waits for a rival with the same key to commit or fail.

    Raises AlreadyAnswered when the rival committed.
    """
    if not sql.hot(f"{KEEP} RETURNING token", {**params(key), "number": number, "at": now}):
        raise AlreadyAnswered(key)


# Alone, or part of the statement that writes the order, which gives the number and the time.
KEEP = (
    "INSERT INTO idempotency_key (token, key, digest, number, at)"
    " VALUES (%(key_token)s, %(key)s, %(key_digest)s, %(number)s, %(at)s) ON CONFLICT (token, key) DO NOTHING"
)


def params(key: Key | None) -> dict[str, Any]:
    """What ``KEEP`` asks for beside the order's number and the time."""
    if key is None:
        return {}
    return {"key_token": key.token, "key": key.key, "key_digest": crypto.search_hash(key.body)}


def forget(before: datetime, *, batch: int = 10_000) -> int:
    """Remove keys that were given before this moment; how many. A request with one of them would be made again."""
    gone = 0
    while True:
        made = sql.run(
            "DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY("
            "SELECT ctid FROM idempotency_key WHERE at < %s LIMIT %s))",
            (before, batch),
        )
        gone += made
        if made < batch:
            return gone
