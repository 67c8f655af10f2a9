"""Work to be done after this transaction, and only if it commits: jobs by name, which ``jiesu.jobs`` carries out.

The rows are procrastinate's; its own function writes them, so that a job costs one statement and no import of tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from jiesu.store import sql
from jiesu.store.documents import write_data

QUEUE: Final = "default"
_DEFER: Final = (
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(%s::text, %s::text, 0, NULL, NULL, d.args, NULL)"
    "::procrastinate_job_to_defer_v1)) FROM jsonb_array_elements(%s::jsonb) AS d(args)"
)


def defer(task: str, **args: Any) -> None:
    """Have the task done soon if this transaction commits. It may run twice. ``args`` are JSON-able, ids only."""
    defer_many(task, [args])


def defer_many(task: str, jobs: Iterable[Mapping[str, Any]]) -> None:
    """One job of the task for each of these arguments, in one statement; none, when there are none."""
    args = list(jobs)
    if args:
        sql.rows(_DEFER, (QUEUE, task, write_data(args)))
