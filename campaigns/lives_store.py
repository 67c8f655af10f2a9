"""Random lives through the verbs and a real database; each one is verified whole, in the end all of them together.

    python -m campaigns.lives_store --data DIR [--lives N] [--steps N]

DIR is the installation that the campaign makes for itself (never one in use). The same DIR again goes on with the next
seed until N lives were lived in all. Exit 0: clean; 1: something did not hold (said on stderr with its seed).
"""

# ruff: noqa: PLC0415 - the store can be imported only once Django is set up on the campaign's directory
from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="directory of the campaign's own installation")
    parser.add_argument("--lives", type=int, default=300)
    parser.add_argument("--steps", type=int, default=70)
    given = parser.parse_args(argv)
    os.environ["JIESU_DATA"] = str(given.data.absolute())
    from jiesu.cli import frame
    from jiesu.cli import main as jiesu

    if jiesu(["migrate"]):
        return 1
    with frame.ready():
        return walk(given.data / "lives.json", given.lives, given.steps)


def walk(state: Path, wanted: int, steps: int) -> int:
    """Live on from the seed that the state names; 0 when every life and the whole record is clean."""
    from jiesu.store import manifest, sql
    from jiesu.store.verify import verify
    from tests.store import lives

    done = json.loads(state.read_text())["done"] if state.exists() else 0
    if not done:
        lives.build()
    world = lives.World([number for (number,) in sql.rows("SELECT number FROM work_order ORDER BY number")])
    began = time.perf_counter()
    for seed in range(done, wanted):
        try:
            lives.live(world, seed, steps)
        except AssertionError as broken:
            sys.stderr.write(f"seed {seed}: {broken}\n")
            return 1
        state.write_text(json.dumps({"done": seed + 1}))
    took = time.perf_counter() - began
    found = verify(files=True)
    sealed = manifest.seal(datetime.now(UTC).replace(year=2200))
    again = verify()
    print(f"lives {wanted - done} in {took:.0f} s, moves {world.made.total()}, refused {world.refused.total()}, "
          f"conflicts {world.conflicts}")  # fmt: skip
    print(f"orders {found.orders}, events {found.events}, texts {found.texts}, erased {found.erased}, sealed {sealed}")
    for fault in (*found.faults, *again.faults):
        sys.stderr.write(f"{fault.number}: {fault.words}\n")
    return 1 if found.faults or again.faults else 0


if __name__ == "__main__":
    sys.exit(main())
