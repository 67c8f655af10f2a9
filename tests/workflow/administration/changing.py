"""Changes as the stories want them: a thing with some values laid over it, checked and saved by the administrator."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.things import print_of
from tests.city import GUAN, MONDAY

if TYPE_CHECKING:
    from jiesu.workflow.administration.change import Saved
    from jiesu.workflow.administration.wanted import Wanted

TODAY: Final = date(2026, 11, 23)
NEXT_MONDAY: Final = date(2026, 11, 30)
PIPES: Final = "03.06~*"
NEW_UNIT: Final = {"code": "U0310", "name": "雄关智慧供热有限公司", "short": "智慧供热", "kind": "company"}


def thing(kind: str, key: str, /, **values: Any) -> dict[str, Any]:
    """A thing as it stands, with these values over it."""
    from jiesu.store.administration import shelves

    held = shelves.get(kind, key)
    assert held is not None
    return {**held, **values}


def changed(kind: str, key: str, /, *, since: date = TODAY, **values: Any) -> Wanted:
    """Another value for some fields of a thing that stands there."""
    from jiesu.workflow.administration.wanted import Wanted

    return Wanted(kind, key, thing(kind, key, **values), since, seen=print_of(thing(kind, key)))


def new(kind: str, /, *, since: date = TODAY, **values: Any) -> Wanted:
    from jiesu.workflow.administration.wanted import Wanted

    return Wanted(kind, "", {**KINDS[kind].blank(), **values}, since, seen=print_of(None))


def gone(kind: str, key: str, /, *, since: date = TODAY) -> Wanted:
    from jiesu.workflow.administration.wanted import Wanted

    return Wanted(kind, key, None, since)


def line(key: str = PIPES, *, since: date = NEXT_MONDAY, **values: Any) -> Wanted:
    """The catalog's last line of a matter and region, changed from a day on."""
    from jiesu.store.administration import lines
    from jiesu.workflow.administration.enact import seen_lines
    from jiesu.workflow.administration.wanted import Wanted

    held = lines.of_keys([key])[key]
    after = {**held[-1].thing, **values, "effective_from": since.isoformat()}
    return Wanted("catalog", key, after, since, seen=print_of(seen_lines(held)))


def made(*wanted: Wanted, now: datetime = MONDAY, reason: str = "按文件调整") -> Saved:
    """Checked and saved by the administrator."""
    from jiesu.workflow.administration import change

    weighed = change.check(wanted, by=GUAN, now=now)
    return change.save(wanted, by=GUAN, now=now, reason=reason, checked=weighed.token)


def refused(*wanted: Wanted, now: datetime = MONDAY) -> list[tuple[str, str]]:
    """What is wrong, field by field; nothing was written."""
    from jiesu.store.models import SettingChange
    from jiesu.workflow.administration import change
    from jiesu.workflow.administration.wanted import Unsound

    before = SettingChange.objects.count()
    with pytest.raises(Unsound) as caught:
        change.check(wanted, by=GUAN, now=now)
    assert SettingChange.objects.count() == before
    return [(one.field, one.said) for one in caught.value.faults]


def said(*wanted: Wanted, now: datetime = MONDAY) -> list[tuple[str, str]]:
    """What the check says: what each effect is about, and its words."""
    from jiesu.workflow.administration import change

    return [(one.title, one.said) for one in change.check(wanted, by=GUAN, now=now).effects]
