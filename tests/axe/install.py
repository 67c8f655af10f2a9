"""Installs axe-core into `.cache/axe/`, once for each version of its lock file; returns the script's path."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import tempfile
from pathlib import Path

from hatch_build import NPM_INPUTS, run_npm_ci

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "axe"


def find_axe() -> Path:
    """The script to put into a page."""
    CACHE.mkdir(parents=True, exist_ok=True)
    version = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    script = CACHE / f"axe-{version}.min.js"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.is_file():
            _fetch(script)
    return script


def _fetch(script: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=CACHE) as scratch:
        for name in NPM_INPUTS:
            shutil.copy(HERE / name, Path(scratch) / name)
        run_npm_ci(Path(scratch))
        shutil.copy(Path(scratch) / "node_modules" / "axe-core" / "axe.min.js", script)


if __name__ == "__main__":
    print(find_axe())
