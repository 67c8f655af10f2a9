"""The tree keeps its rules: no registry addresses, rules on the standard library, pinned front-end files."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import hatch_build

ROOT = Path(__file__).resolve().parents[1]
# Split, so that this file does not hold what it looks for.
ADDRESSES = tuple(
    "".join(parts) for parts in (("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmmirror", ".com"))
)


def committed_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def imported_packages(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return {name if name.startswith("jiesu") else name.partition(".")[0] for name in names}


def test_no_committed_file_names_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in committed_files()
        for address in ADDRESSES
        if address.encode() in path.read_bytes()
    ]
    assert found == []


def test_rules_import_nothing_but_the_standard_library_and_themselves() -> None:
    strangers = {
        f"{path.name}: {name}"
        for path in (ROOT / "src/jiesu/domain").rglob("*.py")
        for name in imported_packages(path)
        if name not in sys.stdlib_module_names and not f"{name}.".startswith("jiesu.domain.")
    }
    assert strangers == set()


def test_every_requirement_has_one_exact_version() -> None:
    pins = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    ]
    names = {entry.partition(">")[0].partition("[")[0].lower() for entry in asked}

    assert [line for line in pins if line.count("==") != 1] == []
    assert names - pinned == set()


def test_the_installed_front_end_files_are_those_of_the_lock_file() -> None:
    manifest = json.loads((ROOT / hatch_build.VENDOR / "manifest.json").read_text("utf-8"))

    assert hatch_build.is_current(ROOT)
    assert sorted(manifest["files"]) == ["htmx/LICENSE", "htmx/htmx.min.js"]


def test_a_changed_front_end_file_is_noticed(tmp_path: Path) -> None:
    for name in hatch_build.NPM_INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    vendor = tmp_path / hatch_build.VENDOR
    for name in (*hatch_build.FROM_NPM, "manifest.json"):
        (vendor / name).parent.mkdir(parents=True, exist_ok=True)
        (vendor / name).write_bytes((ROOT / hatch_build.VENDOR / name).read_bytes())
    assert hatch_build.is_current(tmp_path)

    (vendor / "htmx/htmx.min.js").write_text("alert(1)")
    assert not hatch_build.is_current(tmp_path)
