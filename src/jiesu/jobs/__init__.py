"""Background work and its schedules."""

from __future__ import annotations

import threading


def run_worker(stop: threading.Event) -> None:
    """Work until `stop` is set."""
    stop.wait()
