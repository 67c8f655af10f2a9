"""What stands in the intake form, read back: who, what, where, and what belongs to the talk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

from jiesu.domain.errors import Refused
from jiesu.domain.rules import Rules
from jiesu.store import rules as rules_store
from jiesu.store.people import Known
from jiesu.web.order import forms

FACTS: Final = ("text", "place", "region", "matter", "kind", "urgency", "channel", "title", "anonymous", "secret") + (
    "happened_at",
    "files",
)
DEMANDER: Final = {
    "name": "姓名",
    "phone": "来电号码",
    "address": "住址",
    "company": "企业名称",
    "credit_code": "统一社会信用代码",
}
TALK: Final = ("call", "after", "like")
ANSWER: Final = ("public_reply", "article")
_LONGEST: Final = 200


@dataclass(slots=True)
class Given:
    """The form as it stands: words by name, and what is wrong by name."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return str(self.values.get(name) or "")

    @property
    def wrong(self) -> str:
        """What is wrong with no field of its own."""
        return self.errors.get("", "")


def given_in(request: HttpRequest) -> Given:
    """What stood in the form, to be shown again or to be asked about."""
    values = forms.given_in(request, FACTS)
    values.update({name: request.POST.get(name, "").strip() for name in (*DEMANDER, *TALK, *ANSWER)})
    return Given(values)


def demander_in(given: Given) -> Known:
    """Who asks, as far as he said; Refused for what no name, number or address can be."""
    for name, zh in DEMANDER.items():
        if len(given.get(name)) > _LONGEST or "\0" in given.get(name):
            raise Refused(f"“{zh}”太长或有无法保存的字符，请改短", field=name)
    return Known(**{name: given.get(name) for name in DEMANDER})


def number_in(given: Given, name: str) -> int | None:
    """A number that the page itself put into the form; None where there is none."""
    text = given.get(name)
    return int(text) if text.isdecimal() and len(text) < 19 else None


def rules_in(request: HttpRequest) -> Rules:
    """The rules that the page was made with, which this process most likely holds; else those of now."""
    snapshot = request.POST.get("rules", "") or request.GET.get("rules", "")
    try:
        return rules_store.at(snapshot) if len(snapshot) == 32 else rules_store.current()
    except LookupError:
        return rules_store.current()


def matter_in(given: Given, rules: Rules) -> str:
    """The code of the matter that stands in the form, as far as it names one."""
    first = given.get("matter").strip().split(" ")[0]
    return first if first in rules.matters else ""


def region_in(given: Given, rules: Rules) -> str:
    return given.get("region") if given.get("region") in rules.regions else ""
