"""The key file: which secrets encrypt, which hash for search, and which of them are in use now.

`DATA/keys.json` (mode 0600) is made at the first start and never enters the database or a backup of it
(architecture.md §3). With DATABASE_URL the setting JIESU_KEYS is required: a path, or the JSON itself.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jiesu.store.datadir import CannotStart, DataDir, reason, write_private

Purpose = Literal["data", "search"]
PURPOSES: tuple[Purpose, ...] = ("data", "search")
LAST_ID = 255  # an id is one byte in front of a search hash and a smallint beside a ciphertext


@dataclass(frozen=True)
class Key:
    """One secret of 32 bytes. `id` is unique in the ring whatever the purpose; one key a purpose is active."""

    id: int
    purpose: Purpose
    secret: bytes
    active: bool


@dataclass(frozen=True)
class Ring:
    """All keys of one installation, old ones included: what an old key sealed stays readable."""

    keys: tuple[Key, ...]
    django_secret: str

    def active(self, purpose: Purpose) -> Key:
        return next(key for key in self.keys if key.purpose == purpose and key.active)

    def of(self, purpose: Purpose) -> tuple[Key, ...]:
        """Keys of one purpose, the active one first."""
        return tuple(sorted((k for k in self.keys if k.purpose == purpose), key=lambda k: not k.active))

    def rotated(self, purpose: Purpose) -> Ring:
        """A ring with a new active key for `purpose`; the former one is kept for reading."""
        number = max(key.id for key in self.keys) + 1
        if number > LAST_ID:
            raise CannotStart("密钥编号已用完（最多 255 个），请联系系统管理员。")
        kept = tuple(Key(k.id, k.purpose, k.secret, k.active and k.purpose != purpose) for k in self.keys)
        return Ring((*kept, Key(number, purpose, secrets.token_bytes(32), True)), self.django_secret)


def new_ring() -> Ring:
    """Fresh random keys: id 1 for data, id 2 for search."""
    made = tuple(Key(i, p, secrets.token_bytes(32), True) for i, p in enumerate(PURPOSES, start=1))
    return Ring(made, secrets.token_urlsafe(48))


def to_json(ring: Ring) -> str:
    """The text of a key file."""
    rows = [
        {"id": k.id, "purpose": k.purpose, "secret": base64.b64encode(k.secret).decode(), "active": k.active}
        for k in ring.keys
    ]
    return json.dumps({"version": 1, "django_secret": ring.django_secret, "keys": rows}, indent=1)


def from_json(text: str, source: str) -> Ring:
    """Read a key file's text; a malformed one is refused with `source` named, and never echoed."""
    try:
        whole: dict[str, Any] = json.loads(text)
        keys = tuple(_key(row) for row in whole["keys"])
        ring = Ring(keys, str(whole["django_secret"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CannotStart(f"密钥（{source}）读不懂，可能已损坏，请从保管处取回原来的文件。") from error
    unique = len({key.id for key in keys}) == len(keys)
    if not unique or any(sum(k.active for k in ring.of(p)) != 1 for p in PURPOSES) or not ring.django_secret:
        raise CannotStart(f"密钥（{source}）不完整：每种用途须恰有一个在用的密钥，编号不得重复。")
    return ring


def load(data: DataDir, environ: Mapping[str, str] | None = None) -> Ring | None:
    """The ring of JIESU_KEYS if set, else of the data directory; None when no key was made yet.

    Raises CannotStart when DATABASE_URL is set without JIESU_KEYS, or what is named cannot be read.
    """
    env = os.environ if environ is None else environ
    named = env.get("JIESU_KEYS", "").strip()
    if named.startswith("{"):
        return from_json(named, "JIESU_KEYS")
    if named:
        return _read(Path(named))
    if env.get("DATABASE_URL"):
        raise CannotStart(
            "设置了 DATABASE_URL 时必须同时设置 JIESU_KEYS（密钥文件的路径，或密钥 JSON 本身）："
            "密钥不能存在数据库里，每台服务器须用同一份。"
        )
    return _read(data.keys) if data.keys.exists() else None


def load_or_make(data: DataDir, environ: Mapping[str, str] | None = None) -> Ring:
    """The ring; at the first start one is made. Two first starts at once end with the same file.

    Refuses to make new keys beside an existing cluster: what the lost keys sealed could never be read again.
    """
    ring = load(data, environ)
    if ring is not None:
        return ring
    if data.cluster.exists() or data.cluster_pointer.exists():
        raise CannotStart(
            f"数据库还在，密钥文件 {data.keys} 却不见了。没有原来的密钥，已加密的内容无法读取，请先把它放回原处。"
        )
    data.prepare()
    write_private(data.keys, to_json(new_ring()))
    return _read(data.keys)


def _read(path: Path) -> Ring:
    try:
        return from_json(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise CannotStart(f"密钥文件 {path} 打不开：{reason(error)}。") from error


def _key(row: Mapping[str, Any]) -> Key:
    secret = base64.b64decode(row["secret"], validate=True)
    number, purpose = int(row["id"]), row["purpose"]
    if len(secret) != 32 or not 1 <= number <= LAST_ID or purpose not in PURPOSES:
        raise ValueError("key out of range")
    return Key(number, purpose, secret, bool(row["active"]))
