"""A role for a time: its days in the city as people write them, its moments as the table holds them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from jiesu.domain.workdays import CITY_ZONE

_DAY = timedelta(days=1)


def role_dates(since: datetime | None, until: datetime | None) -> tuple[str | None, str | None]:
    """First and last day. An end within a day makes that day the last one."""
    first = since.astimezone(CITY_ZONE).date().isoformat() if since else None
    last = (until - timedelta(seconds=1)).astimezone(CITY_ZONE).date().isoformat() if until else None
    return first, last


def role_moments(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last."""
    first = datetime.combine(date.fromisoformat(since), time(), CITY_ZONE) if since else None
    end = datetime.combine(date.fromisoformat(until) + _DAY, time(), CITY_ZONE) if until else None
    return first, end
