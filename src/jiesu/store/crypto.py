"""Sealing of texts, keyed hashes for search, and salted commitments for the record (architecture.md §3).

Events hold commitments only; the text and its salt live in a sealed row that can be destroyed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiesu.store import keys
from jiesu.store.datadir import CannotStart, DataDir

NONCE = 12
SALT = 16
HASH = 16


class CannotUnseal(Exception):
    """A sealed text was altered, moved to another row, or its key is not in the ring."""


@dataclass(frozen=True)
class _Tools:
    """Cipher objects made once: building one costs more than sealing a short text."""

    ciphers: dict[int, AESGCM]
    seal_id: int
    seal: Callable[[bytes, bytes, bytes | None], bytes]
    searches: tuple[tuple[bytes, bytes], ...]  # (id byte, secret), the active one first


_tools: _Tools | None = None


def use(ring: keys.Ring) -> None:
    """Take this ring from now on, in this process."""
    global _tools  # noqa: PLW0603 - one ring a process
    _tools = _prepare(ring)


def _prepare(ring: keys.Ring) -> _Tools:
    ciphers = {key.id: AESGCM(key.secret) for key in ring.of("data")}
    active = ring.active("data").id
    searches = tuple((bytes([key.id]), key.secret) for key in ring.of("search"))
    return _Tools(ciphers, active, ciphers[active].encrypt, searches)


def seal(plain: str | bytes, *, aad: bytes) -> tuple[int, bytes]:
    """Encrypt with AES-256-GCM under the active key: (key id, 12-byte nonce + ciphertext + 16-byte tag).

    `aad` names the row and column; a blob moved elsewhere does not open.
    """
    tools = _tools or _load()
    nonce = os.urandom(NONCE)
    return tools.seal_id, nonce + tools.seal(nonce, plain.encode() if isinstance(plain, str) else plain, aad)


def unseal(key_id: int, blob: bytes, aad: bytes) -> bytes:
    """What was sealed, as bytes. Raises CannotUnseal. A key made since this process started is looked up once."""
    blob = bytes(blob)
    cipher = (_tools or _load()).ciphers.get(key_id) or _load().ciphers.get(key_id)
    if cipher is None:
        raise CannotUnseal(f"key {key_id} is not in the ring")
    try:
        return cipher.decrypt(blob[:NONCE], blob[NONCE:], aad)
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("altered, or sealed for another row") from error


def unseal_text(key_id: int, blob: bytes, aad: bytes) -> str:
    """As `unseal`, decoded as UTF-8."""
    return unseal(key_id, blob, aad).decode()


def search_hash(text: str) -> bytes:
    """17 bytes to store in a search column: id of the active key, then HMAC-SHA256 cut to 16 bytes.

    The caller brings `text` to its normal form first (digits only for a phone, say).
    """
    number, secret = (_tools or _load()).searches[0]
    return number + hmac.digest(secret, text.encode(), "sha256")[:HASH]


def search_hashes(text: str) -> list[bytes]:
    """The hash under every key of the ring, for `column = ANY(...)`: finds rows from before a rotation too."""
    body = text.encode()
    return [n + hmac.digest(s, body, "sha256")[:HASH] for n, s in (_tools or _load()).searches]


def new_salt() -> bytes:
    """16 random bytes."""
    return os.urandom(SALT)


def commitment(salt: bytes, text: str | bytes) -> str:
    """Hex SHA-256 of salt, then the text in UTF-8: tells nothing without the salt, proves the text with it."""
    return hashlib.sha256(salt + (text.encode() if isinstance(text, str) else text)).hexdigest()


def _load() -> _Tools:
    ring = keys.load(DataDir.choose())
    if ring is None:
        raise CannotStart("还没有密钥，请先运行 jiesu migrate 或 jiesu serve。")
    use(ring)
    return _tools or _prepare(ring)
