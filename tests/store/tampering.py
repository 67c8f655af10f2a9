"""What somebody with the owner's rights and the guards switched off could do to the record, one wrong at a time."""

from __future__ import annotations

from typing import Any

import psycopg

from jiesu.store.verify import verify
from tests.database import Clone

EVENT = "move, at, actor, role, unit, rules, rules_version, happened_at, data, hash"


def tamper(db: Clone, *statements: str) -> None:
    """Run statements past every guard and permission, as the owner of the machine could."""
    with psycopg.connect(db.embedded.url("super", database=db.name)) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            touched = connection.execute(statement).rowcount
            assert touched != 0, f"nothing was altered: {statement}"


def faults(*numbers: int, **keywords: Any) -> list[tuple[int | None, str]]:
    """What a verification says is wrong: number and words."""
    return [(fault.number, fault.words) for fault in verify(numbers, **keywords).faults]
