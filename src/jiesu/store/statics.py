"""One mark for all front-end files together."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(directory: Path) -> str:
    """Eight letters that change when a file below ``directory`` does, is added or goes."""
    held = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        held.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes())
    return held.hexdigest()[:8]
