"""What a page weighs on the wire, compressed: itself, and the files that it and its scripts name."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urljoin

from load.city import Desk

_NAMED = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
_IMPORTED = re.compile(rb'(?:import|from)\s*"(\.[^"]+)"')
SHARED = "/notices"  # the page that is nothing but the frame


class Weights:
    """Bytes of pages and files, each file asked for once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._files: dict[str, tuple[int, frozenset[str]]] = {}
        self._shared: dict[str, frozenset[str]] = {}

    def of(self, login: str, path: str) -> tuple[int, int]:
        """(with an empty cache, when everything that all pages share is in it)."""
        page, named = self._page(login, path)
        if login not in self._shared:
            self._shared[login] = self._page(login, SHARED)[1]
        first = page + sum(self._files[one][0] for one in named)
        later = page + sum(self._files[one][0] for one in named - self._shared[login])
        return first, later

    def _page(self, login: str, path: str) -> tuple[int, frozenset[str]]:
        size, body = self._get(path, self._desk.cookie(login))
        named: set[str] = set()
        for one in _NAMED.findall(body):
            named |= self._file(one.decode())
        return size, frozenset(named)

    def _file(self, path: str) -> frozenset[str]:
        """The file with all that it imports."""
        if path not in self._files:
            size, body = self._get(path)
            self._files[path] = size, frozenset({path})
            held = {path}
            if path.endswith(".js"):
                for one in _IMPORTED.findall(body):
                    held |= self._file(urljoin(path, one.decode()))
            self._files[path] = size, frozenset(held)
        return self._files[path][1]

    def _get(self, path: str, cookie: str = "") -> tuple[int, bytes]:
        """Bytes on the wire with the head, and the body in the clear."""
        asked = http.client.HTTPConnection("127.0.0.1", self._desk.port, timeout=60)
        found = b""
        size = 0
        for encoding in ("gzip", "identity"):
            asked.request("GET", path, headers={"Host": "localhost", "Cookie": cookie, "Accept-Encoding": encoding})
            answer = asked.getresponse()
            found = answer.read()
            if encoding == "gzip":
                size = len(found) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 17
        asked.close()
        return size, found
