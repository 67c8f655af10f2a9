"""What a resident may ask about his own data: that it be deleted, that he be given a copy (architecture.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from jiesu.domain import person_requests as rules
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.domain.privacy import mask_text
from jiesu.store import erasure, files, own_copy, person_requests
from jiesu.store import rules as rules_store
from jiesu.store.own_copy import Own
from jiesu.store.people import Known
from jiesu.workflow.step import take

LONGEST: Final = 200
MANY: Final = 100
_NAMED = 10  # open orders that a refusal names


@dataclass(frozen=True, slots=True)
class Erased:
    """What was destroyed: the numbers of the orders, how many texts, how many files."""

    orders: tuple[int, ...] = ()
    texts: int = 0
    files: int = 0


# -- erasing, by two people


def ask_erasure(person: int, *, by: Actor, now: datetime, ground: str, reason: str, number: int | None = None) -> int:
    """Ask that what is known of ``person`` be destroyed, on one of ``GROUNDS``; the number of the request.

    Nothing is destroyed yet: somebody else agrees first. ``number``: the order by which the person asked. Raises
    Forbidden, NotFound, and Refused where the reason is missing or names somebody, or a request is under way.
    """
    rules.ask(by)
    if ground not in rules.GROUNDS:
        raise Refused("请选择删除的依据", field="ground")
    with transaction.atomic():
        _impersonal(reason, _living(person))
        due = rules.due(now, rules_store.current().params)
        made = person_requests.add(
            person, by=by.id, now=now, ground=ground, reason=reason.strip(), due=due, number=number
        )
    if made is None:
        raise Refused("这位诉求人已有一条在办的删除申请", field="person")
    return made


def ask_expired(persons: Sequence[int], *, by: Actor, now: datetime) -> int:
    """Ask it for people whose data fell due by the city's period; how many requests were made.

    Who is not due, or is asked for already, is left out. Raises Forbidden, Refused.
    """
    rules.ask(by)
    if not persons or len(persons) > MANY:
        raise Refused(f"请勾选要删除的诉求人，一次最多 {MANY} 位", field="person")
    params = rules_store.current().params
    before = rules.kept_since(params, "keep_orders", now)
    if before is None:
        raise Refused("本市没有规定工单的保存期限", field="person")
    due = {one.person for one in person_requests.due(before, limit=person_requests.MOST_DUE)}
    reason = f"最后一张工单办结已满 {rules.period(params, 'keep_orders')}"
    until = rules.due(now, params)
    with transaction.atomic():
        made = [
            person_requests.add(one, by=by.id, now=now, ground="expired", reason=reason, due=until)
            for one in dict.fromkeys(persons)
            if one in due
        ]
    return len([one for one in made if one is not None])


def answer_erasure(request: int, *, agree: bool, by: Actor, now: datetime, said: str = "") -> None:
    """Agree to an erasure that somebody else asked for, or refuse it and say why. Raises NotFound, Forbidden, Conflict,
    Refused."""
    with transaction.atomic():
        held = person_requests.hold(request)
        rules.answer(by, held.state, held.asked_by)
        said = mask_text(said.strip())
        if not agree and not said:
            raise Refused("请写明为什么不予删除，这句话要告诉诉求人", field="said")
        if len(said) > LONGEST:
            raise Refused(f"请缩短到 {LONGEST} 字以内", field="said")
        person_requests.answer(request, "agreed" if agree else "refused", by=by.id, now=now, said=said)


def carry_out(request: int, *, by: Actor, now: datetime) -> Erased:
    """Destroy what two people agreed to destroy; it cannot be undone. Raises what ``erase_person`` raises, Conflict."""
    with transaction.atomic():
        held = person_requests.hold(request)
        rules.carry_out(by, held.state)
        done = erase_person(held.person, by=by, now=now, reason=held.reason)
        person_requests.done(request, by=by.id, now=now, orders=len(done.orders), texts=done.texts, files=done.files)
    return done


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


def _living(person: int) -> Known | None:
    """Who it is, held for this transaction. Raises NotFound, also for whoever is erased already."""
    held = erasure.hold(person)
    if held is None or held[1] is not None:
        raise NotFound(f"没有编号为 {person} 的诉求人，或已删除")
    return held[0]


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
    if len(reason.strip()) > LONGEST:
        raise Refused(f"理由太长，请缩短到 {LONGEST} 字以内", field="reason")
    told = (known.name, known.phone, known.company, known.credit_code, known.address) if known else ()
    if mask_text(reason) != reason or any(part and part in reason for part in told):
        raise Refused("理由会留在工单里，请不要写诉求人的姓名、电话和地址", field="reason")


def forget_recordings(now: datetime, *, limit: int = 2000) -> int:
    """Destroy the oldest recordings whose period is over, at most ``limit``; how many there were.

    What a city decides once for all needs nobody's word each time. Raises LookupError before a city is loaded.
    """
    before = rules.kept_since(rules_store.current().params, "keep_recordings", now)
    return person_requests.forget_recordings(before, limit=limit) if before else 0


# -- a copy for the person himself


def take_copy(person: int, *, by: Actor, now: datetime, reason: str, number: int | None = None) -> Own:
    """Everything kept of ``person``, to be handed to himself; that it was taken is kept first.

    Raises Forbidden, NotFound, and Refused without a reason that says how it was made sure who he is.
    """
    rules.copy(by)
    reason = mask_text(reason.strip())
    if not reason:
        raise Refused("请写明本人怎样提出、怎样核实的身份", field="reason")
    if len(reason) > LONGEST:
        raise Refused(f"请缩短到 {LONGEST} 字以内", field="reason")
    with transaction.atomic():
        own = own_copy.read(person)
        if own is None:
            raise NotFound(f"没有编号为 {person} 的诉求人，或已删除")
        person_requests.copied(person, by=by.id, now=now, reason=reason, orders=len(own.orders), number=number)
    return own
