"""The web server's worker: gunicorn's threaded one, whose threads wait for requests themselves.

gunicorn's main thread hands every request to a pool and takes every connection back: two changes of thread a request,
which under load cost as much as the request's own work. Here the threads stand at one epoll and whoever is woken serves
that connection and puts it back. The main thread only keeps order: heartbeats, idle connections, the end.
"""

from __future__ import annotations

import contextlib
import errno
import select
import selectors
import socket
import time
from threading import Lock, Thread
from typing import Any, Final

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

_ONCE: Final = select.EPOLLIN | select.EPOLLONESHOT
_LOOK: Final = 1.0  # seconds between two looks at what is idle, and at whether it is time to end
_NONE_LEFT: Final = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class Worker(ThreadWorker):  # type: ignore[misc]
    """One process of the web server. Whoever takes a connection out of ``idle`` is the only one to touch it."""

    def run(self) -> None:
        self.idle: dict[int, Any] = {}
        self.keepalived_conns = self.idle  # its length is what gunicorn asks for
        self.counting = Lock()
        self.over = False
        self.gate = select.epoll()
        self.listeners = {one.fileno(): one for one in self.sockets}
        for one in self.sockets:
            one.setblocking(False)
            self.gate.register(one.fileno(), _ONCE)
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks)
        threads = [Thread(target=self.follow, name=f"request-{at}", daemon=True) for at in range(self.cfg.threads)]
        for thread in threads:
            thread.start()
        while self.alive and self.is_parent_alive():
            self.notify()
            self.wait_for_and_dispatch_events(timeout=_LOOK)
            self.close_idle(time.monotonic())
            self.open_doors()
        self.end(threads)

    # -- every thread

    def follow(self) -> None:
        """Serve whoever comes next, until all is over."""
        while not self.over:
            for number, _ in self.gate.poll(_LOOK, 1):
                if number in self.listeners:
                    self.let_in(self.listeners[number])
                    continue
                conn = self.idle.pop(number, None)
                if conn is not None:
                    self.serve(number, conn)

    def let_in(self, listener: Any) -> None:
        """Accept one connection; the next one is for another thread, or another process."""
        if not self.alive:
            return
        try:
            made, client = listener.accept()
        except OSError as error:
            if error.errno not in _NONE_LEFT:
                self.log.warning("accept: %s", error)
        else:
            with self.counting:
                self.nr_conns += 1
            conn = TConn(self.cfg, made, client, listener.getsockname())
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            conn.set_timeout()
            self.idle[made.fileno()] = conn
            self.gate.register(made.fileno(), _ONCE)
        if self.nr_conns < self.worker_connections:
            self.gate.modify(listener.fileno(), _ONCE)

    def serve(self, number: int, conn: Any) -> None:
        """Answer what came on this connection and put it back, or close it."""
        again = self.handle(conn)
        while again and again is True and conn.parser.unreader.buf.getvalue():
            again = self.handle(conn)
        if not self.alive:
            self.method_queue.defer(lambda: None)
        if again:
            conn.set_timeout()
            self.idle[number] = conn
            self.gate.modify(number, _ONCE)
        else:
            self.close(number, conn, graceful=True)

    def close(self, number: int, conn: Any, *, graceful: bool = False) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.gate.unregister(number)
        with contextlib.suppress(OSError):
            conn.close(graceful=graceful)
        with self.counting:
            self.nr_conns -= 1

    # -- the main thread

    def close_idle(self, now: float) -> None:
        """Close what has waited for its next request too long."""
        for number, conn in list(self.idle.items()):
            if conn.timeout <= now and self.idle.pop(number, None) is conn:
                self.close(number, conn)

    def open_doors(self) -> None:
        """Accept again after there were too many connections."""
        if self.nr_conns < self.worker_connections:
            for one in self.sockets:
                self.gate.modify(one.fileno(), _ONCE)

    def end(self, threads: list[Thread]) -> None:
        """No new connections; kept ones a moment for a request that is on its way; running requests their time."""
        self.alive = False
        for one in self.sockets:
            self.gate.unregister(one.fileno())
        now = time.monotonic()
        linger, limit = now + STOP_KEEPALIVE_LINGER, now + self.cfg.graceful_timeout
        while self.nr_conns > 0 and time.monotonic() < limit:
            self.notify()
            if time.monotonic() >= linger:
                self.close_idle(float("inf"))
            time.sleep(0.05)
        self.over = True
        for thread in threads:
            thread.join(_LOOK)
        for one in self.sockets:
            one.close()
