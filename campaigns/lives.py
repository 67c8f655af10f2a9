"""Random lives in the pure domain, every rule that always holds checked after each event.

    python -m campaigns.lives [--lives N] [--first SEED] [--state FILE]

No database. With a state file a broken run goes on where it stopped. Exit 0: nothing broke; 1: a rule did (said on
stderr with its seed). `make test` lives 200 of them through hypothesis.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.domain.lives import live

STEP = 200


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lives", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--state", type=Path)
    given = parser.parse_args(argv)
    return walk(given.first, given.lives, given.state)


def walk(first: int, wanted: int, state: Path | None) -> int:
    """Live ``wanted`` lives from the seed ``first`` on, or from where the state file stands; print what they made."""
    done = json.loads(state.read_text())["done"] if state and state.exists() else 0
    began, events, moves = time.perf_counter(), 0, Counter[str]()
    for seed in range(first + done, first + wanted):
        try:
            made = live(seed).events
        except AssertionError as broken:
            sys.stderr.write(f"seed {seed}: {broken}\n")
            return 1
        events += len(made)
        moves.update(event.move for event in made)
        if state and seed % STEP == 0:
            state.write_text(json.dumps({"done": seed - first + 1}))
    print(f"lives {wanted - done}, events {events}, kinds of moves {len(moves)}, {time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
