"""Background work: the queue of jobs that moves leave behind, and chores by the clock.

Two kinds, because they fail differently (docs/adr/0004). A job is a row, written in the transaction of what caused it,
and carried out by procrastinate; a chore has no row: it is run again and again and does only what is still to be done.
Either may run twice.
"""

from jiesu.jobs.worker import run_worker

__all__ = ["run_worker"]
