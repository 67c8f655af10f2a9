"""Words that were written and not sent yet: kept for the person and the form, so that no accident loses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.store import drafts
from jiesu.store.drafts import Draft

KEPT: Final = timedelta(days=30)
LONGEST: Final = 40_000
"""Characters of one form together."""
_FORM: Final = re.compile(r"[a-z0-9_./-]{1,80}")
_ORDER: Final = re.compile(r"order/(\d{13})(?:/|$)")

Fields = Mapping[str, str | list[str]]


def keep(form: str, *, by: Actor, now: datetime, fields: Fields) -> None:
    """Keep what stands in ``form``; nothing but empty inputs forgets it. Raises Refused when it is too long.

    ``form`` is a name like ``order/2611220000123/reply``: it stands in the clear and never holds personal data.
    """
    named = _named(form)
    held = {name: value for name, value in fields.items() if value}
    if not held:
        drafts.drop(_staff(by), [named])
        return
    if sum(len(name) + sum(map(len, _texts(value))) for name, value in held.items()) > LONGEST:
        raise Refused("写的内容太长，没有留存；请分开写，或作为附件上传")
    about = _ORDER.match(named)
    phone = held.get("phone", "")
    drafts.keep(
        _staff(by),
        named,
        held,
        now,
        number=int(about[1]) if about else None,
        phone=phone if isinstance(phone, str) else "",
    )


def take(forms: Sequence[str], *, by: Actor) -> list[Draft]:
    """What this person left in these forms."""
    named = [form for form in forms if _FORM.fullmatch(form)]
    return drafts.read(_staff(by), named) if named else []


def drop(forms: Sequence[str], *, by: Actor) -> int:
    """Forget what this person left in these forms; how many there were."""
    return drafts.drop(_staff(by), list(forms))


def sweep(now: datetime) -> int:
    """Forget what has lain for thirty days; how many went."""
    return drafts.sweep(now - KEPT)


def _named(form: str) -> str:
    if not _FORM.fullmatch(form):
        raise Refused("这个表单不能留存草稿")
    return form


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _staff(by: Actor) -> int:
    if not (by.id.startswith("s") and by.id[1:].isdigit()):
        raise Forbidden("只有工作人员能留存草稿")
    return int(by.id[1:])
