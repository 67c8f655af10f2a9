"""One's own password, exchanged for another one."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from jiesu.domain.errors import Refused
from jiesu.store import accounts
from jiesu.store.accounts import Login

_LONGEST: Final = 128


def exchange(staff: int, *, old: str, new: str, again: str) -> str:
    """Exchange the account's password; the hash that its session is bound to from now on, every other one ends.

    Raises Refused with the field at fault.
    """
    with transaction.atomic():
        held = accounts.of(staff)
        if held is None or not check_password(old, held.password):
            raise Refused("现在的密码不对", field="old")
        if new != again:
            raise Refused("两次写的新密码不一样", field="again")
        if new == old:
            raise Refused("新密码要和现在的不一样", field="new")
        _sound(new, held)
        made = make_password(new)
        accounts.give({held.login: made}, until=None, must_change=False)
        return made


def _sound(new: str, held: Login) -> None:
    if len(new) > _LONGEST or "\0" in new:
        raise Refused(f"密码不能超过 {_LONGEST} 个字符", field="new")
    if new.isdigit() or held.login in new or held.name in new:
        raise Refused("密码不能全是数字，也不能带账号或姓名", field="new")
    try:
        validate_password(new)
    except ValidationError:
        raise Refused("密码至少 8 位，也不能是常见的密码（如 password1）", field="new") from None
