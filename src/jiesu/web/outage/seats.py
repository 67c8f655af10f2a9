"""Who does what in this room, and what stands at the head of each of its pages."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest

from jiesu.web.frame.around import around
from jiesu.web.frame.gate import Person
from jiesu.workflow import offline as verbs

CONFIRMS: Final = frozenset({"supervisor", "dispatcher"})


def keeps(who: Person) -> bool:
    """Whether he prints the kit and sets sheets aside."""
    return bool(set(verbs.KEEPERS) & set(who.roles))


def enters(who: Person) -> bool:
    return bool(set(verbs.ENTERS) & set(who.roles))


def confirms(who: Person) -> bool:
    return bool(CONFIRMS & set(who.roles))


def sits(who: Person) -> bool:
    return keeps(who) or enters(who)


def given(request: HttpRequest, who: Person, at: str) -> dict[str, Any]:
    """What every page of the room is given."""
    return {
        **around(request, who, desk="outage"),
        "at": at,
        "keeps": keeps(who),
        "enters": enters(who),
        "confirms": confirms(who),
    }
