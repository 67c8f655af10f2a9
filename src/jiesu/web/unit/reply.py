"""The form of a reply as the catalog asks for it: what this matter wants stands open, everything else waits folded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest, QueryDict

from jiesu.domain.facts import FACTS
from jiesu.domain.order import Leg
from jiesu.web.order.forms import Field, MoveForm
from jiesu.web.order.sheet import Sheet
from jiesu.web.order.way import Stop

REPLIES: Final = ("submit", "reply")
BY_CLAIM: Final = {
    "unsolved": ("why_not",),
    "statutory": ("statutory_number",),
    "promised": ("promise_text", "promise_due", "promise_owner", "promise_approver"),
}
"""What a claim asks for; shown when it is chosen."""
_WANTED: Final = {"photo": "files", "files": "files", "measures": "measures", "internal_note": "internal_note"}
_NAMED: Final = {one.zh: name for name, one in FACTS.items() if one.type in ("text", "line")}
SAME: Final = "same"
"""The box that says: what was done is what the public reply says."""


@dataclass(slots=True)
class Reply:
    """``asked``: what the catalog wants beside the public reply and its claim; ``folded``: what may be added;
    ``measures``: when the catalog wants them; they may be the same as the public reply."""

    form: MoveForm
    public: Field
    claim: Field
    files: Field
    photo: bool
    unit: str
    asked: list[Field] = field(default_factory=list)
    by_claim: list[tuple[str, list[Field]]] = field(default_factory=list)
    folded: list[Field] = field(default_factory=list)
    measures: Field | None = None
    before: Stop | None = None

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def same(self) -> bool:
        """Whether the measures are taken to be those of the public reply until somebody writes others."""
        return self.measures is not None and not self.measures.value and not self.measures.error

    @property
    def folded_open(self) -> bool:
        return any(one.value or one.error for one in self.folded)


def reply_of(form: MoveForm, sheet: Sheet, leg: Leg, *, fresh: bool) -> Reply:
    """``form`` of submit or reply for ``leg``; a ``fresh`` one begins with what was written before."""
    duty = sheet.rules.duty(sheet.order, sheet.now)
    wanted = duty.fields if duty else ()
    held = {one.name: one for one in form.fields}
    before = sheet.stop(*REPLIES) if fresh else None
    if before is not None:
        _fill(held, before, sheet)
    needed = list(dict.fromkeys(_WANTED[one] for one in wanted if one in _WANTED))
    late = [one for one in sheet.order.assisting if one.state != "replied"]
    if late:
        needed.append("missing")
        held["missing"].hint = "未答复的配合单位：" + "、".join(sheet.rules.unit_name(one.unit) for one in late)
    by_claim = [(claim, [held[name] for name in names]) for claim, names in BY_CLAIM.items()]
    special = {"public_reply", "claim", "files", *needed, *(name for names in BY_CLAIM.values() for name in names)}
    for name in needed:
        held[name].needed = True
    held["public_reply"].needed = held["claim"].needed = True
    return Reply(
        form,
        public=held["public_reply"],
        claim=held["claim"],
        files=held["files"],
        photo="files" in needed,
        unit=sheet.rules.unit_name(leg.unit),
        asked=[held[name] for name in needed if name not in ("files", "measures")],
        by_claim=by_claim,
        folded=[one for one in form.fields if one.name not in special],
        measures=held["measures"] if "measures" in needed else None,
        before=before,
    )


def _fill(held: dict[str, Field], before: Stop, sheet: Sheet) -> None:
    """What stood in the last reply stands there again, to be changed."""
    for label, value in before.details:
        name = _NAMED.get(label, "")
        if name in held and not held[name].value:
            held[name].value = value
    event = next(one for one in sheet.events if one.seq == before.seq)
    facts = event.data.get("facts", {})
    held["claim"].value = facts.get("claim", "")
    held["files"].kept = [digest for digest in before.files if digest in sheet.kept]


def measures_of(request: HttpRequest) -> QueryDict:
    """The form as sent, with the public reply for the measures where the person said that they are the same."""
    sent = request.POST.copy()
    if sent.get(SAME) and not sent.get("measures", "").strip():
        sent["measures"] = sent.get("public_reply", "")
    return sent
