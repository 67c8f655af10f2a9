"""Sheets of paper: their numbers, what may be said of each, and what follows from what stands on it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import offline
from jiesu.domain.errors import Refused
from jiesu.domain.offline import Account, Filled, Held
from tests.cast import local


@given(st.lists(st.integers(offline.FIRST, offline.LAST), unique=True, max_size=60))
def test_runs_hold_every_serial_once_and_do_not_touch(serials: list[int]) -> None:
    runs = offline.spans(sorted(serials))
    assert [one for first, last in runs for one in range(first, last + 1)] == sorted(serials)
    assert all(after[0] - before[1] > 1 for before, after in pairwise(runs))


@given(st.integers(offline.FIRST, offline.LAST), st.dates(date(2026, 1, 1), date(2060, 12, 31)))
def test_a_serial_is_read_from_the_sheet_with_or_without_its_date(serial: int, day: date) -> None:
    assert offline.serial_in(str(serial)) == serial
    assert offline.serial_in(f"{day:%y%m%d} {serial}", day) == serial


def test_numbers_that_no_sheet_bears() -> None:
    for text in ("", "123", "9000000", "2611230000001", "９０００００１", "abcdefg", "26112390000012"):
        with pytest.raises(Refused):
            offline.serial_in(text)


def test_an_account_is_settled_when_every_sheet_is_somewhere() -> None:
    assert Account(5, {"used": 2, "out": 1}).out == 3
    assert not Account(5, {"used": 4}).settled
    assert Account(5, {"used": 2, "spoilt": 1, "lost": 1, "unused": 1}).settled


def test_what_is_done_with_a_sheet_follows_what_stands_on_it() -> None:
    at = local("2026-11-23 09:00")
    facts = {"text": "漏水", "kind": "help", "matter": "heat.leak"}
    moves = offline.moves_of(Filled(9000001, at, facts, told="供热公司", writer="小赵"))
    assert [move for move, _ in moves] == ["claim_late_entry", "accept", "note"]
    assert moves[0][1]["evidence"] == "纸质受理单 9000001，小赵记录"
    assert [move for move, _ in offline.moves_of(Filled(9000001, at, {**facts, "kind": "praise"}))] == [
        "claim_late_entry"
    ]
    assert [move for move, _ in offline.moves_of(Filled(9000001, at, {**facts, "matter": ""}))] == ["claim_late_entry"]
    answered = offline.moves_of(Filled(9000001, at, facts, answer="已告知"))
    assert answered[-1] == ("answer_directly", {"public_reply": "已告知"})


def test_a_sheet_that_is_used_says_as_what() -> None:
    held = Held(9000001, local("2026-11-23 08:00"), "used", 2611239000001)
    with pytest.raises(Refused, match="已补录为工单 2611239000001"):
        offline.check_mark(held, "lost")
