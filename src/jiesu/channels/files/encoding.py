"""The bytes of a file: their digest, their encoding, and a stream of text over them, in bounded memory."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from jiesu.channels.files.records import FileProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK: Final = "\udcff"
"""Stands in decoded text for bytes that the encoding does not know; no strict decoder ever yields it."""

GZIP_MAGIC: Final = b"\x1f\x8b"
ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"
BROKEN_GZIP: Final = (EOFError, gzip.BadGzipFile, zlib.error)
BLOCK: Final = 1 << 20
_BUFFER: Final = 1 << 17
_MARKING: Final = "jiesu-mark"

codecs.register_error(_MARKING, lambda error: (MARK, getattr(error, "end", 0)))


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a file tells: SHA-256 of its bytes, encoding of its text, number of lines."""

    digest: str
    encoding: str
    lines: int


def is_packed(path: Path) -> bool:
    """True for a .gz file; a name that promises gzip over other bytes is refused."""
    if path.suffix.lower() != ".gz":
        return False
    if first_bytes(path)[:2] != GZIP_MAGIC:
        raise FileProblem(
            f"“{path.name}”的扩展名是 .gz，但内容不是 gzip 压缩文件。请核对后重新压缩，或去掉 .gz 再导入。"
        )
    return True


def first_bytes(path: Path) -> bytes:
    """The first eight bytes as they lie on the disk."""
    with path.open("rb") as stream:
        return stream.read(8)


def open_bytes(path: Path, packed: bool) -> IO[bytes]:
    """The content as a stream, unpacked when the file is a .gz."""
    return io.BufferedReader(gzip.open(path, "rb"), _BUFFER) if packed else path.open("rb", _BUFFER)


def open_text(path: Path, packed: bool, encoding: str) -> IO[str]:
    """The content as text with its line ends kept; unreadable bytes come out as ``MARK``."""
    return io.TextIOWrapper(open_bytes(path, packed), encoding, errors=_MARKING, newline="")


def broken_gzip(path: Path) -> str:
    """What is said of a .gz that ends too soon or is damaged."""
    return f"“{path.name}”不完整或已损坏，解压到一半就断了。请重新取得这个文件后再导入。"


def file_digest(path: Path) -> str:
    """SHA-256 of the file as it lies on the disk, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def survey(path: Path, packed: bool) -> Survey:
    """Read the file once and tell its digest, encoding and lines.

    A byte order mark decides. Without one the choice is between UTF-8 and GB18030, by which of them reads
    more of the lines that are not ASCII, so that one damaged line does not turn a whole file into nonsense.
    Raises FileProblem for a broken .gz.
    """
    lines = 0
    encoding: str | None = None
    vote = _Vote()
    try:
        with open_bytes(path, packed) as stream:
            for block in _blocks(stream):
                encoding = encoding or _by_mark(block) or "guess"
                lines += block.count(b"\n")
                if encoding == "guess":
                    vote.add(block)
    except BROKEN_GZIP as broken:
        raise FileProblem(broken_gzip(path)) from broken
    chosen = vote.encoding if encoding in (None, "guess") else encoding
    return Survey(file_digest(path), chosen or "utf-8", lines)


def _by_mark(block: bytes) -> str | None:
    if block.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """About a megabyte at a time, cut at ends of lines so that no character is torn."""
    rest = b""
    while block := stream.read(BLOCK):
        block = rest + block
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not cut and len(block) < 4 * BLOCK:
            rest = block
            continue
        cut = cut or len(block)
        rest = block[cut:]
        yield block[:cut]
    if rest:
        yield rest


class _Vote:
    """Counts the lines beyond ASCII that are UTF-8, and those that only GB18030 can read."""

    def __init__(self) -> None:
        self._utf8 = 0
        self._gb18030 = 0

    def add(self, block: bytes) -> None:
        if block.isascii():
            return
        if _reads("utf-8", block):
            self._utf8 += block.count(b"\n") or 1
            return
        for line in block.splitlines():
            if line.isascii():
                continue
            if _reads("utf-8", line):
                self._utf8 += 1
            elif _reads("gb18030", line):
                self._gb18030 += 1

    @property
    def encoding(self) -> str:
        return "gb18030" if self._gb18030 > self._utf8 else "utf-8"


def _reads(encoding: str, data: bytes) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
