"""Passwords that are handed out: each is good for one sign-in, and is exchanged at once (``workflow.passwords``)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from jiesu.domain.errors import NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.store import accounts
from jiesu.store.accounts import Login
from jiesu.store.administration import changes
from jiesu.store.administration.changes import Record
from jiesu.workflow.administration.wanted import administrator, reasoned, today_of

GOOD_FOR: Final = timedelta(hours=72)
AT_ONCE: Final = 50
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read aloud or off paper as another sign
_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A password that is shown once: whose it is, and until when it is good."""

    login: str
    name: str
    password: str
    until: datetime


def hand_out(logins: Sequence[str], *, by: Actor, now: datetime, reason: str) -> list[HandedOut]:
    """New passwords for these accounts, good for one sign-in within three days; their sessions end at once.

    Nobody can read them again. Raises Forbidden, NotFound, Refused.
    """
    administrator(by)
    note = reasoned(reason)
    if len(logins) > AT_ONCE:
        raise Refused(f"一次最多给 {AT_ONCE} 人发密码，请分几次")
    with transaction.atomic():
        held = accounts.held(logins)
        missing = sorted(set(logins) - {one.login for one in held})
        if missing or not held:
            raise NotFound(f"没有这些账号：{'、'.join(missing)}")
        off = [one.name for one in held if not one.active]
        if off:
            raise Refused(f"{'、'.join(off)}已停用，请先恢复账号再发密码")
        until = now + GOOD_FOR
        made = [HandedOut(one.login, one.name, _one_time(), until) for one in held]
        accounts.give({one.login: make_password(one.password) for one in made}, until=until, must_change=True)
        changes.record([_record(one, now) for one in held], by=by.id, now=now, note=f"发一次性密码：{note}")
        return made


def _one_time() -> str:
    """Twelve signs in groups of four: 59 bits, easily read over the telephone."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _record(one: Login, now: datetime) -> Record:
    return Record("staff", one.login, one.login, {}, {}, effective=today_of(now))
