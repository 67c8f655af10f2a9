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


# -- jobs whose worker died

ATTEMPTS: Final = 10  # a job that takes its worker down with it is given up at last
_STUCK: Final = (
    "SELECT j.id, j.attempts FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
    " WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))"
    " ORDER BY j.id LIMIT 1000 FOR UPDATE OF j"
)
_AGAIN: Final = "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM unnest(%s::bigint[]) AS d(id)"
_GIVE_UP: Final = "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM unnest(%s::bigint[]) AS d(id)"


def revive(silent: float) -> tuple[int, int]:
    """Queue again what a worker was doing that has not been heard of for ``silent`` seconds; (queued, given up).

    The heartbeats are the database's own times, so they are compared with its clock. Inside the caller's transaction.
    """
    stuck = sql.rows(_STUCK, (silent,))
    again = [job for job, attempts in stuck if attempts < ATTEMPTS]
    beyond = [job for job, attempts in stuck if attempts >= ATTEMPTS]
    if again:
        sql.rows(_AGAIN, (again,))
    if beyond:
        sql.rows(_GIVE_UP, (beyond,))
    return len(again), len(beyond)


def forget(days: int) -> int:
    """Remove jobs that failed or were aborted more than ``days`` ago; how many."""
    return sql.run(
        "DELETE FROM procrastinate_jobs j WHERE status IN ('failed', 'aborted', 'cancelled') AND NOT EXISTS"
        " (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > now() - make_interval(days => %s))",
        (days,),
    )
