"""Children that do not outlive their parent: Linux's parent-death signal, set between fork and exec."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def dies_with_parent(name: str = "TERM") -> Callable[[], None]:
    """A `preexec_fn`: the child gets SIG`name` when its parent ends, however that ends. Elsewhere than Linux: nothing.

    To be passed from the main thread: the kernel counts the thread that forked as the parent.
    """
    number = getattr(signal, f"SIG{name}")
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:  # it died between fork and here
                os.kill(os.getpid(), signal.SIGKILL)

    return arrange
