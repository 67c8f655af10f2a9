"""Python's search for cyclic garbage, which much work over many short-lived things is better off without."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for cyclic garbage meanwhile; processes that are forked meanwhile never do. Other garbage goes."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
