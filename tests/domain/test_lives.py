"""Random lives: whatever people do, when they do it and in whatever role, the rules that always hold do hold."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from jiesu.domain.moves import MOVES
from jiesu.domain.words import STATES
from tests.domain.lives import LONGEST, live

LIVES = int(os.environ.get("JIESU_LIVES", "200"))
ENOUGH = 600  # Lives within which even the ends of the longest roads are reached.


@settings(max_examples=LIVES, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**40), steps=st.integers(LONGEST // 2, LONGEST))
def test_no_life_breaks_a_rule(seed: int, steps: int) -> None:
    live(seed, steps)


def test_lives_see_every_state_and_every_move() -> None:
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    states: set[str] = set()
    for seed in range(ENOUGH):
        life = live(seed)
        made += life.made
        refused += life.refused
        states |= life.states
        if seed >= 50 and not MOVES.keys() - made.keys():
            break
    assert states == set(STATES)
    assert made.keys() == MOVES.keys()
    assert refused.keys() - MOVES.keys() == {"飞走"}
    assert 0.3 < made.total() / (made.total() + refused.total()) < 0.7


def test_a_seed_walks_the_same_life_again() -> None:
    assert live(7).events == live(7).events
