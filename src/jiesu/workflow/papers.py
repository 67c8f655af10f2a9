"""Taking an order away on paper: kept before it is given out; with personal data in the clear only for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor, Order
from jiesu.domain.permissions import sees
from jiesu.domain.privacy import mask_text
from jiesu.domain.sight import sight
from jiesu.store import prints

FORMS: Final = ("pdf", "docx")
LONGEST_REASON: Final = 200


def take_paper(order: Order, form: str, open_fields: Sequence[str], *, by: Actor, now: datetime, reason: str) -> int:
    """Keep that ``by`` takes a paper on which ``open_fields`` of the demander stand in the clear; its number.

    Paper with personal data is an opening like any other: it needs a reason (domain.md §3). Raises Forbidden, Refused.
    """
    if not sees(by, order):
        raise Forbidden("这张工单不在您的办理范围内。")
    if form not in FORMS:
        raise Refused("只能打印成 PDF 或 Word", field="form")
    reason = mask_text(reason.strip())
    if open_fields and not reason:
        raise Refused("纸上要印诉求人的信息，请写明用途；也可以选“隐去”，不用写", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"用途太长，请缩短到 {LONGEST_REASON} 字以内", field="reason")
    for name in open_fields:
        if sight(by, order, name) not in ("full", "reveal"):  # type: ignore[arg-type]
            raise Forbidden("这些信息您不能打印")
    return prints.add(order.number, order.version, by=by.id, now=now, form=form, open_fields=open_fields, reason=reason)
