"""The data-protection officer's verb: a resident asks that what is known of him be deleted (architecture.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.domain.privacy import mask_text
from jiesu.store import erasure, files
from jiesu.store.people import Known
from jiesu.workflow.step import take

_NAMED = 10  # open orders that a refusal names


@dataclass(frozen=True, slots=True)
class Erased:
    """What was destroyed: the numbers of the orders, how many texts, how many files."""

    orders: tuple[int, ...] = ()
    texts: int = 0
    files: int = 0


def erase_person(person: int, *, by: Actor, now: datetime, reason: str) -> Erased:
    """Destroy what is known of ``person`` and every word of his orders, and record it on each of them.

    The events stay, so every figure stays and ``verify`` says "erased". The reason is kept with the order: it may not
    name the person. Asked again it does nothing more. Raises NotFound, Forbidden (only the data-protection officer
    may), and Refused while an order of his is open, with its number; then nothing was destroyed.
    """
    if not by.has("dpo"):
        raise Forbidden("只有数据保护官可以删除个人信息")
    with transaction.atomic():
        held = erasure.hold(person)
        if held is None:
            raise NotFound(f"没有编号为 {person} 的诉求人")
        known, erased_at = held
        if erased_at is not None:
            return Erased()
        _impersonal(reason, known)
        numbers = _closed_orders(person)
        texts, digests = erasure.kept(numbers)
        for number in numbers:
            take(number, "erase", by=by, now=now, facts={"reason": reason})
        left, _ = erasure.kept(numbers)
        erasure.unknow(person, now)
        gone = len(digests) - len(files.describe(digests))
    return Erased(tuple(numbers), texts - left + len(numbers), gone)


def _closed_orders(person: int) -> list[int]:
    held = erasure.orders_of(person)
    still_open = [str(one.number) for one in held if one.state != "closed"]
    if still_open:
        more = f"等 {len(still_open)} 张" if len(still_open) > _NAMED else ""
        named = "、".join(still_open[:_NAMED])
        raise Refused(f"还有没办结的工单：{named}{more}。办结以后才能删除个人信息。")
    return [one.number for one in held]


def _impersonal(reason: str, known: Known | None) -> None:
    if not reason.strip():
        raise Refused("请写明删除的理由和依据", field="reason")
    told = (known.name, known.phone, known.company, known.credit_code, known.address) if known else ()
    if mask_text(reason) != reason or any(part and part in reason for part in told):
        raise Refused("理由会留在工单里，请不要写诉求人的姓名、电话和地址", field="reason")
