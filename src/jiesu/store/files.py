"""Photos and papers: their bytes sealed in the data directory under their digest, what is known of them in a row.

A file is written and fsynced before its row, so a row never names bytes that are not there; bytes without a row (an
upload that nobody used, a crash in between) are swept later.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from jiesu.domain.errors import NotFound, Refused
from jiesu.store import crypto, sql
from jiesu.store.datadir import DataDir

LARGEST: Final = 20 * 1024 * 1024
TYPES: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is known: digest, its own name, type, size in bytes, and the order that uses it."""

    digest: str
    name: str
    mime: str
    size: int
    number: int | None

    @property
    def picture(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def sort(self) -> str:
        """What it is, in a word: PDF, Word, 录音 ..."""
        return _SORTS.get(TYPES.get(self.mime, ""), "文件")


_SORTS: Final = {
    **dict.fromkeys((".jpg", ".png", ".webp", ".gif"), "照片"),
    **dict.fromkeys((".doc", ".docx"), "Word"),
    **dict.fromkeys((".xls", ".xlsx"), "Excel"),
    **dict.fromkeys((".mp3", ".wav"), "录音"),
    ".pdf": "PDF",
    ".txt": "文本",
}


def save(content: bytes, *, name: str, mime: str, by: str, now: datetime) -> str:
    """Keep a file; its SHA-256 in hex, which moves name it by. The same bytes are kept once.

    Raises Refused for an empty or too large file and for a type that is not taken.
    """
    if not content:
        raise Refused("文件是空的，请重新选择", field="files")
    if len(content) > LARGEST:
        raise Refused(f"文件太大，请压缩到 {LARGEST // 1024 // 1024} MB 以内", field="files")
    if mime not in TYPES:
        raise Refused("只收照片、PDF、Word、Excel、录音和文本文件", field="files")
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    key_id, blob = crypto.seal(content, aad=digest.encode())
    if not path.exists():
        _write(path, blob)
    elif sql.one("SELECT 1 FROM file WHERE digest = %s", (digest,)):
        return digest
    else:
        _write(path, blob)
    named_by, sealed_name = crypto.seal(name[:200], aad=f"name/{digest}".encode())
    sql.run(
        "INSERT INTO file (digest, size, mime, key_id, name, at, by) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (digest) DO NOTHING",
        (digest, len(content), mime, key_id, bytes([named_by]) + sealed_name, now, by),
    )
    return digest


def read(digest: str) -> tuple[Kept, bytes]:
    """What is known of a file, and its bytes. Raises NotFound, CannotUnseal."""
    kept = describe([digest]).get(digest)
    if kept is None or not _path(digest).exists():
        raise NotFound("没有这个附件，可能已按规定删除")
    key_id = sql.value("SELECT key_id FROM file WHERE digest = %s", (digest,))
    return kept, crypto.unseal(key_id, _path(digest).read_bytes(), digest.encode())


def describe(digests: list[str]) -> dict[str, Kept]:
    """What is known of each of these files; those that are not kept are left out."""
    found = sql.rows("SELECT digest, name, mime, size, number FROM file WHERE digest = ANY(%s)", (digests,))
    return {row[0]: Kept(row[0], name_of(row[0], bytes(row[1])), row[2], row[3], row[4]) for row in found}


def attach(digests: list[str], number: int) -> None:
    """Say which order uses these files, where none does yet. Raises Refused when one of them is not kept."""
    wanted = sorted(set(digests))
    held = sql.run("UPDATE file SET number = coalesce(number, %s) WHERE digest = ANY(%s)", (number, wanted))
    if held != len(wanted):
        raise Refused("有附件没有上传成功，请重新上传", field="files")


def remove(digests: list[str]) -> None:
    """Destroy files for good: rows first, then bytes."""
    sql.run("DELETE FROM file WHERE digest = ANY(%s)", (digests,))
    for digest in digests:
        _path(digest).unlink(missing_ok=True)


def sweep(older_than: datetime) -> int:
    """Remove bytes that no row names and uploads that no order or call used, both from before a moment; how many."""
    found = sql.rows(
        "SELECT digest FROM file f WHERE number IS NULL AND at < %s"
        " AND NOT EXISTS (SELECT 1 FROM call c WHERE c.recording LIKE 'file:%%' AND c.recording = 'file:' || f.digest)",
        (older_than,),
    )
    unused = [row[0] for row in found]
    remove(unused)
    gone = len(unused)
    for path in _root().glob("*/*"):
        if path.stat().st_mtime < older_than.timestamp() and not describe([path.name]):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def name_of(digest: str, sealed: bytes) -> str:
    """The name that a file was sent with, as its row holds it."""
    return crypto.unseal_text(sealed[0], sealed[1:], f"name/{digest}".encode())


def _root() -> Path:
    return DataDir.choose().files


def _path(digest: str) -> Path:
    return _root() / digest[:2] / digest


def _write(path: Path, blob: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
        temporary.write(blob)
        temporary.flush()
        os.fsync(temporary.fileno())
    Path(temporary.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
