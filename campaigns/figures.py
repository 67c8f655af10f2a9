"""Every figure against a slow reading of the events, over random histories that are filled and frozen in every way.

    python -m campaigns.figures --data DIR [--lives N] [--steps N] [--batch N]

DIR is the installation that the campaign makes for itself (never one in use). Lives are walked some at once, with
whole, partial, repeated and killed fills and freezes in between; each batch has a city of its own, in which everything
is compared at its end. The same DIR again goes on with the next batch until N lives were lived in all. Exit 0: all of
it held; 1: said on stderr what did not, with its seeds.
"""

# ruff: noqa: PLC0415 - the store can be imported only once Django is set up on the campaign's directory
from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jiesu.store.datadir import DataDir


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="directory of the campaign's own installation")
    parser.add_argument("--lives", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=70)
    parser.add_argument("--batch", type=int, default=50, help="lives in one city")
    given = parser.parse_args(argv)
    os.environ["JIESU_DATA"] = str(given.data.absolute())
    from jiesu.cli import frame
    from jiesu.cli import main as jiesu

    if jiesu(["migrate"]):
        return 1
    with frame.ready() as data:
        return walk(data, given.lives, given.steps, given.batch)


def walk(data: DataDir, wanted: int, steps: int, batch: int) -> int:
    """Live on from the seed that the directory's state names; 0 when every figure is what the events say."""
    from django.db import connections

    from tests.assessment import histories
    from tests.database import Databases

    connections.close_all()
    bases, state = Databases(data), data.root / "figures.json"
    done = json.loads(state.read_text())["done"] if state.exists() else 0
    while done < wanted:
        many = min(batch, wanted - done)
        with bases.clone("every_word", lambda: histories.build(words=None)):
            found = one(done, many, steps)
        if found:
            sys.stderr.write("\n".join([f"seeds {done} to {done + many - 1}:", *found[:40]]) + "\n")
            return 1
        done += many
        state.write_text(json.dumps({"done": done}))
    return 0


def one(seed: int, lives: int, steps: int) -> list[str]:
    """One city: what does not hold of it."""
    from jiesu.store import fact_fill, sql
    from jiesu.store.verify import verify
    from tests.assessment import histories

    fact_fill.CHUNK = 7  # type: ignore[misc]
    began = time.perf_counter()
    history = histories.History(seed)
    history.walk(lives, steps)
    kept = sql.value("SELECT count(*) FROM fact_limit WHERE gone IS NOT NULL")
    found = histories.faults(history) + [fault.words for fault in verify().faults]
    figures = sql.value("SELECT count(*) FROM figure")
    told = f"seeds {seed} to {seed + lives - 1}, moves {history.world.made.total()}, {dict(history.done)}"
    print(f"{told}, facts kept as frozen {kept}, figures {figures}, faults {len(found)}, "
          f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
    return found


if __name__ == "__main__":
    sys.exit(main())
