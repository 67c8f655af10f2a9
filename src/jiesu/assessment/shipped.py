"""The profiles that come with the product, and profiles from a city's own files."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from pathlib import Path

from jiesu.domain import profiles as rules
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile
from jiesu.store import profiles


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
