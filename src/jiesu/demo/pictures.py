"""Small grey pictures for replies that need a photo: the same bytes, and so the same digests, every time."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime

from jiesu.store import files

WIDTH, HEIGHT = 64, 48


def keep(now: datetime, count: int = 1) -> list[str]:
    """Keep ``count`` different pictures; their digests."""
    return [
        files.save(_png(shade), name=f"现场照片{shade + 1}.png", mime="image/png", by="system", now=now)
        for shade in range(count)
    ]


def _png(shade: int) -> bytes:
    rows = b"".join(b"\0" + bytes(120 + shade + (x + y) % 60 for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
