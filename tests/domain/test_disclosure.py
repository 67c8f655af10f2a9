"""What everybody may see: nothing small, and nothing from which something small could be reckoned."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.disclosure import withheld


def test_small_ones_are_withheld_and_no_total_gives_one_away() -> None:
    assert withheld({"a": 40, "b": 12, "c": 30}, 10) == frozenset()
    assert withheld({"a": 40, "b": 12, "c": 3}, 10) == {"b", "c"}  # 55 less 40 less 12 would be the three
    assert withheld({"a": 40, "b": 12, "c": 3, "d": 8}, 10) == {"c", "d"}
    assert withheld({"a": 9}, 10) == {"a"}
    assert withheld({"a": 40, "b": 0}, 10) == {"b"}
    assert withheld({}, 10) == frozenset()


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), max_size=12), st.integers(1, 20))
def test_whatever_is_shown_is_large_enough_and_so_is_what_is_withheld(counts: dict[str, int], least: int) -> None:
    hidden = withheld(counts, least)
    assert all(counts[code] >= least for code in counts if code not in hidden)
    together = sum(counts[code] for code in hidden)
    assert together == 0 or together >= least or hidden == frozenset(counts)
