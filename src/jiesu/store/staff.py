"""Who works here: an account as the rules see it, with the roles it holds at a moment."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from jiesu.domain.order import Actor
from jiesu.store import sql

_ROLES = (
    "SELECT s.name, coalesce(array_agg(r.role ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL), '{}'),"
    " coalesce(array_agg(r.unit_id ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL), '{}')"
    " FROM staff s LEFT JOIN staff_role r ON r.staff_id = s.id"
    " AND (r.since IS NULL OR r.since <= %(now)s) AND (r.until IS NULL OR r.until > %(now)s)"
    " WHERE s.id = %(id)s AND s.is_active GROUP BY s.name"
)


def actor(staff: int, now: datetime) -> Actor | None:
    """The account as an actor (id ``s`` and its number), or None when it is no longer active. One statement."""
    found = sql.one(_ROLES, {"id": staff, "now": now})
    if found is None:
        return None
    _, roles, units = found
    return Actor(f"s{staff}", tuple(zip(roles, units, strict=True)))


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in: name, actor, and the password's hash, which a session is bound to.

    ``must_change``: the password was handed out, and is to be exchanged before anything else.
    """

    staff: int
    name: str
    title: str
    password: str
    must_change: bool
    actor: Actor


def account(staff: int, now: datetime) -> Account | None:
    """The account with the roles it holds at ``now``, or None when it is no longer active. One statement."""
    found = sql.hot(_ACCOUNT, {"id": staff, "now": now})
    if not found:
        return None
    name, title, password, must_change, roles, units = found[0]
    actor = Actor(f"s{staff}", tuple(zip(roles, units, strict=True)))
    return Account(staff, name, title, password, must_change, actor)


_ACCOUNT = _ROLES.replace("SELECT s.name,", "SELECT s.name, s.title, s.password, s.must_change,", 1).replace(
    "GROUP BY s.name", "GROUP BY s.name, s.title, s.password, s.must_change"
)


def make_token(name: str, *, role: str, unit: str, now: datetime) -> str:
    """A new token's secret, shown once; only its hash is kept. Raises LookupError when the name is taken."""
    secret = f"jiesu_{secrets.token_urlsafe(32)}"
    made = sql.run(
        "INSERT INTO token (name, digest, role, unit_id, made_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING",
        (name, token_digest(secret), role, unit, now),
    )
    if made != 1:
        raise LookupError(f"已有名为“{name}”的令牌")
    return secret


def token_actor(secret: str) -> Actor | None:
    """The actor behind a token (id ``t`` and its number), or None when it is unknown or revoked. One statement."""
    found = sql.hot(
        "SELECT id, role, unit_id FROM token WHERE digest = %s AND revoked_at IS NULL", (token_digest(secret),)
    )
    return Actor(f"t{found[0][0]}", (found[0][1:],)) if found else None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as a list shows it; the secret is not known to anybody."""

    name: str
    role: str
    unit: str
    unit_name: str
    made_at: datetime
    revoked_at: datetime | None


def tokens() -> list[TokenRow]:
    """Every token, revoked ones too, by name."""
    found = sql.rows(
        "SELECT t.name, t.role, u.code, u.short, t.made_at, t.revoked_at FROM token t"
        " JOIN unit u ON u.code = t.unit_id ORDER BY t.name"
    )
    return [TokenRow(*row) for row in found]


def revoke_token(name: str, now: datetime) -> None:
    """The token is refused from now on; its name stays taken. Raises LookupError when there is none in use."""
    if sql.run("UPDATE token SET revoked_at = %s WHERE name = %s AND revoked_at IS NULL", (now, name)) != 1:
        raise LookupError(f"没有名为“{name}”的有效令牌，用 jiesu token --list 查看")


def token_digest(secret: str) -> bytes:
    """What is kept of a token's secret."""
    return hashlib.sha256(secret.encode()).digest()
