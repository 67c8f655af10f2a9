"""gunicorn's configuration; `jiesu serve` names this module and passes the numbers by environment."""

import gc
import os
import sys
from pathlib import Path
from typing import Any

from django.db import connections

from jiesu.store import announce

_MEMORY = "/dev/shm"  # noqa: S108 - where gunicorn keeps its heartbeats off the disk
TURN = 0.02  # seconds that a thread may draw a page before another one goes on: most pages are drawn in one turn
bind = f"fd://{os.environ.get('JIESU_HTTP_FD', '0')}"
workers = int(os.environ.get("JIESU_WORKERS", "2"))
threads = int(os.environ.get("JIESU_THREADS", "4"))
worker_class = "jiesu.cli.threads.Worker"
preload_app = True  # workers share the pages of the code; connections are made after the fork
worker_tmp_dir = _MEMORY if Path(_MEMORY).is_dir() else None
keepalive = 5
timeout = 60
graceful_timeout = 20
max_requests = 50_000  # a worker is renewed now and then, at different moments
max_requests_jitter = 10_000
limit_request_line = 8190
control_socket_disable = True
accesslog = None  # addresses of pages can hold what a person searched for
errorlog = "-"
loglevel = "warning"
proc_name = "jiesu-http"


def when_ready(_: Any) -> None:
    """Keep the shared pages shared: the collector would touch them in every worker."""
    gc.collect()
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """No connection of the parent may be used by a worker."""
    connections.close_all()
    sys.setswitchinterval(TURN)
    announce.start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """What was committed last is said."""
    announce.stop()
