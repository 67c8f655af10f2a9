"""The profiles that come with the product, and profiles from a city's own files."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Final

from jiesu.domain import profiles as rules
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.domain.profiles import Profile
from jiesu.store import profiles

MOST_BYTES: Final = 1_000_000


def load_shipped(*, by: str, now: datetime) -> list[str]:
    """Load every profile that comes with the product; their names."""
    folder = resources.files("jiesu.assessment") / "profiles"
    found = [rules.read(json.loads(one.read_text("utf-8"))) for one in folder.iterdir() if one.name.endswith(".json")]
    for one in sorted(found, key=lambda held: held.name):
        profiles.load(one, by=by, now=now)
    return sorted(one.name for one in found)


def load_file(path: Path, *, by: str, now: datetime) -> Profile:
    """Load the profile of a file. Raises Refused with what is wrong in it."""
    try:
        doc = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise Refused(f"读不了口径文件 {path.name}：{problem}") from problem
    found = rules.read(doc)
    profiles.load(found, by=by, now=now)
    return found


def read_sent(content: bytes) -> Profile:
    """The profile that somebody sent as a file; nothing is kept. Raises Refused with what is wrong in it."""
    if len(content) > MOST_BYTES:
        raise Refused("口径文件太大，最多 1 MB", field="file")
    try:
        doc = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        where = f"第 {problem.lineno} 行第 {problem.colno} 列" if isinstance(problem, json.JSONDecodeError) else ""
        raise Refused(f"这不是完好的 JSON 文件{f'，{where}读不下去' if where else ''}", field="file") from problem
    return rules.read(doc)


def load_sent(content: bytes, *, by: Actor, now: datetime) -> Profile:
    """Load the profile of a file that somebody sent. Raises Refused, Forbidden."""
    if not (by.has("administrator") or by.has("analyst")):
        raise Forbidden("载入口径由管理员或分析员办理")
    found = read_sent(content)
    profiles.load(found, by=by.id, now=now)
    return found
