"""Verbs of the search for signals: have it done by the worker, call it off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain import signalling
from jiesu.domain.order import Actor
from jiesu.domain.windows import Window
from jiesu.store import queue, signal_searches

NAME: Final = "find_signals"
SILENT: Final = timedelta(minutes=10)
"""After so long without a sign a search counts as lost, and may be asked for again."""


def ask(window: Window, *, by: Actor, now: datetime) -> bool:
    """Have a window looked through in the background; False when that is under way already. Two statements. Raises
    Forbidden."""
    signalling.check_find(by)
    with transaction.atomic():
        no = signal_searches.ask(window, by=by.id, now=now, silent_since=now - SILENT)
        if no is not None:
            queue.defer(NAME, window=window.code, no=no)
    return no is not None


def stop(window: Window, *, by: Actor, now: datetime) -> bool:
    """Call the search of a window off: no unit is told anything. False when none is under way. One statement. Raises
    Forbidden."""
    signalling.check_find(by)
    return signal_searches.stop(window, now=now)
