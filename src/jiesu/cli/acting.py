"""Who a command acts as: an account of the city, by its login."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

from datetime import datetime

from jiesu.domain.errors import NotFound
from jiesu.domain.order import Actor


def as_(login: str, now: datetime) -> Actor:
    """The account as an actor, with its roles of this moment. Raises NotFound."""
    from jiesu.store import staff
    from jiesu.store.models import Staff

    number = Staff.objects.filter(login=login).values_list("id", flat=True).first()
    actor = staff.actor(number, now) if number is not None else None
    if actor is None:
        raise NotFound(f"没有 {login} 这个账号，或已停用。")
    return actor
