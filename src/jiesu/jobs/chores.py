"""What is done by the clock, and how often. A chore does only what is still to be done, so it may run at any time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from jiesu.assessment import filling
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import counting, files, idempotency, manifest, profiles, queue, record, rules
from jiesu.store.administration import staging
from jiesu.store.calendar_source import official_calendar
from jiesu.workflow import cards, daily, drafts, followups, privacy, quality_sampling, sampling
from jiesu.workflow.administration import change
from jiesu.workflow.tick import tick

WORKER_SILENT: Final = 30.0  # seconds without a heartbeat after which a worker counts as dead
MONTHS_AHEAD: Final = 3
FAILED_JOBS_DAYS: Final = 30
UNUSED_FILES: Final = timedelta(days=2)  # an upload may wait this long for the form it belongs to

DAILY_AT: Final = time(6, 30)
STAGED_KEPT: Final = timedelta(days=1)
KEYS_KEPT: Final = timedelta(days=30)  # another system may repeat a request this long without its being made again

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """A name for the log, and either a pause between two runs or the time of day (city time) of the one run."""

    name: str
    do: Callable[[datetime], object]
    every: timedelta | None = None
    at: time | None = None

    def first(self, now: datetime) -> datetime:
        """At once, or at its next time of day."""
        return now if self.every else self.after(now)

    def after(self, now: datetime) -> datetime:
        """When to run again after a run that began at ``now``."""
        if self.every:
            return now + self.every
        local = now.astimezone(CITY_ZONE)
        today = datetime.combine(local.date(), self.at or time(), CITY_ZONE)
        return today if today > local else today + timedelta(days=1)


def revive_jobs(now: datetime) -> None:
    """Jobs that a dead worker left are done by another."""
    with transaction.atomic():
        again, given_up = queue.revive(WORKER_SILENT)
    if again or given_up:
        log.warning("jobs of a dead worker: %s queued again, %s given up", again, given_up)


def seal_recent(now: datetime) -> None:
    """What moved in the last days goes into the day's manifest."""
    manifest.seal(now, recent=True)


def ensure_months(now: datetime) -> None:
    """The months ahead have partitions before the first order needs them; a month begins in the city's time."""
    local = now.astimezone(CITY_ZONE)
    ahead = (local.year * 12 + local.month - 1 + more for more in range(MONTHS_AHEAD + 1))
    record.ensure_months({month // 12 % 100 * 100 + month % 12 + 1 for month in ahead})


def check_calendar(now: datetime) -> bool:
    """Whether every year that is officially announced is in the city's calendar; what is missing is logged."""
    year = now.astimezone(CITY_ZONE).year
    try:
        held = rules.current().calendar.announced
    except LookupError:
        return True
    missing = sorted(set(official_calendar([year, year + 1])["announced"]) - held)
    for one in missing:
        log.warning("the calendar of %s is announced and waits to be loaded into the city's", one)
    return not missing


def sweep_files(now: datetime) -> None:
    """Uploads that no order used, and bytes that a crash left without a row."""
    gone = files.sweep(now - UNUSED_FILES)
    if gone:
        log.info("%s unused files removed", gone)


def forget_failed(now: datetime) -> None:
    """Failed jobs are kept a month for whoever looks into them."""
    queue.forget(FAILED_JOBS_DAYS)


def forget_keys(now: datetime) -> None:
    """Keys of answered requests that nobody repeats any more."""
    gone = idempotency.forget(now - KEYS_KEPT)
    if gone:
        log.info("%s old request keys removed", gone)


def sweep_drafts(now: datetime) -> None:
    """What was written and never sent is not kept for ever."""
    gone = drafts.sweep(now)
    if gone:
        log.info("%s old drafts removed", gone)


def forget_recordings(now: datetime) -> None:
    """Recordings that the city keeps no longer, some at a time, until there are none; a city without a period keeps
    them all."""
    try:
        gone = privacy.forget_recordings(now)
    except LookupError:
        return  # no city is loaded yet
    if gone:
        log.info("%s recordings removed, their time is over", gone)


def count_orders(now: datetime) -> None:
    """What the leader's and the analyst's desks count, as of now; months that were never counted come first."""
    counting.fill_due(now)
    counting.find_figures(now)


def fill_figures(now: datetime) -> None:
    """Facts and figures of assessment follow the record, by a profile that the city has loaded."""
    if profiles.every():
        filling.fill_due(now)


def fill_all_figures(now: datetime) -> None:
    """Orders that an earlier fill missed are looked for among all."""
    if profiles.every():
        filling.fill_due(now, every=True)


def draw_sample(now: datetime) -> None:
    """Of what closed yesterday without a callback, some are called: drawn before the desk opens."""
    try:
        drawn = sampling.draw_yesterday(now)
    except LookupError:
        return  # no city is loaded yet
    if drawn:
        log.info("%s closed orders drawn to be called", drawn)


def draw_inspections(now: datetime) -> None:
    """What is inspected from this morning on: drawn before the desk opens."""
    try:
        drawn = quality_sampling.draw_today(now)
    except LookupError:
        return  # no city is loaded yet
    if drawn:
        log.info("%s things drawn to be inspected", drawn)


def make_daily(now: datetime) -> None:
    """The report of yesterday, its figures fixed at half past six or when the worker is next there; once."""
    if now.astimezone(CITY_ZONE).time() < DAILY_AT:
        return
    try:
        made = daily.make_yesterday(now)
    except LookupError:
        return  # no city is loaded yet
    if made:
        log.info("the daily report of yesterday is made")


def tell_units(now: datetime) -> None:
    """Units whose items of the review meeting are due, or whose cards have come to their day."""
    told = followups.tell_due(now) + cards.tell_ended(now)
    if told:
        log.info("%s notices of what has come to its day", told)


def carry_out_planned(now: datetime) -> None:
    """Changes of city data whose day has come."""
    made = change.carry_out(now)
    if made:
        log.info("%s planned changes of city data made", made)


def sweep_staged(now: datetime) -> None:
    """Files that an administrator looked through yesterday and never took over."""
    gone = staging.sweep(now - STAGED_KEPT)
    if gone:
        log.info("%s files looked through removed", gone)


CLOCK: Final = (
    Chore("tick", tick, every=timedelta(seconds=20)),
    Chore("planned changes", carry_out_planned, every=timedelta(seconds=20)),
)
CHORES: Final = (
    Chore("revive jobs", revive_jobs, every=timedelta(seconds=30)),
    Chore("seal recent", seal_recent, every=timedelta(minutes=30)),
    Chore("ensure months", ensure_months, every=timedelta(hours=6)),
    Chore("check calendar", check_calendar, at=time(8, 30)),
    Chore("seal all", manifest.seal, at=time(2, 30)),
    Chore("count orders", count_orders, every=timedelta(minutes=5)),
    Chore("count all months", counting.fill_all, at=time(3, 50)),
    Chore("fill figures", fill_figures, every=timedelta(minutes=5)),
    Chore("fill all figures", fill_all_figures, at=time(4, 10)),
    Chore("daily report", make_daily, every=timedelta(minutes=10)),
    Chore("tell units", tell_units, every=timedelta(minutes=30)),
    Chore("draw sample", draw_sample, at=time(6, 0)),
    Chore("draw inspections", draw_inspections, at=time(6, 5)),
    Chore("sweep files", sweep_files, at=time(3, 0)),
    Chore("forget recordings", forget_recordings, every=timedelta(minutes=15)),
    Chore("sweep drafts", sweep_drafts, at=time(3, 15)),
    Chore("sweep staged files", sweep_staged, at=time(3, 20)),
    Chore("forget failed jobs", forget_failed, at=time(3, 30)),
    Chore("forget keys", forget_keys, at=time(3, 40)),
)
