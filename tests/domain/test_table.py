"""The table of moves is whole: rules, facts, words, states and targets fit each other and domain.md §3."""

from __future__ import annotations

import re

import pytest

from jiesu.domain.decide import RULES, possible
from jiesu.domain.diagram import mermaid, moves_page, states_page
from jiesu.domain.errors import Forbidden
from jiesu.domain.facts import CHOICES, FACTS
from jiesu.domain.moves import MOVES, from_state
from jiesu.domain.order import SYSTEM
from jiesu.domain.permissions import _SECTION_MOVES
from jiesu.domain.words import CENTRE_ROLES, FLAGS, LADDER, NEW, OPEN_STATES, ROLES, STATES, UNIT_ROLES, zh
from tests import cast

# domain.md §3, the table: how each state is left, and where every one of these moves ends.
LEAVES_BY = {
    "received": "accept refuse answer_directly inform transfer_out merge_into withdraw",
    "accepted": "dispatch ask_for_details answer_directly merge_into refuse refer_to_ruling withdraw",
    "needs_details": "supply_details details_timeout withdraw",
    "dispatched": "acknowledge recall agree_return refer_to_ruling withdraw",
    "handling": "submit hand_back reply shelve merge_into reassign agree_return refer_to_ruling withdraw",
    "ruling": "rule withdraw",
    "shelved": "resume write_off withdraw",
    "replied": "pass_review send_back withdraw",
    "callback": "close close_with_promise rework close_unreachable withdraw",
    "closed": "reopen decide_contest split_off",
}
TARGETS = {
    "register": "received",
    "accept": "accepted",
    "supply_details": "accepted",
    "details_timeout": "accepted closed",
    "ask_for_details": "needs_details",
    "dispatch": "dispatched",
    "rule": "dispatched",
    "reassign": "dispatched",
    "recall": "accepted",
    "acknowledge": "handling",
    "submit": "handling",
    "hand_back": "handling",
    "resume": "handling",
    "send_back": "handling",
    "rework": "handling",
    "reply": "replied",
    "pass_review": "callback",
    "agree_return": "accepted",
    "refer_to_ruling": "ruling",
    "shelve": "shelved",
    "refuse": "closed",
    "answer_directly": "closed",
    "inform": "closed",
    "transfer_out": "closed",
    "merge_into": "closed",
    "write_off": "closed",
    "close": "closed",
    "close_with_promise": "closed",
    "close_unreachable": "closed",
    "withdraw": "closed",
    "reopen": "handling accepted",
    "decide_contest": "accepted closed",
    "split_off": "accepted",
}
BESIDE = (
    "urge supervise escalate instruct note chase request_return request_extension request_exemption "
    "request_assist whistle add_leg release_leg sub_dispatch leg_acknowledge leg_reply object interim_reply "
    "first_contact callback_attempt"
)


def test_every_move_has_a_rule_and_every_rule_a_move() -> None:
    assert RULES.keys() == MOVES.keys()


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_move_names_only_what_exists(move: object) -> None:
    one = MOVES[move.name]  # type: ignore[attr-defined]
    assert set(one.needs + one.may) <= FACTS.keys()
    assert len(set(one.needs + one.may)) == len(one.needs + one.may)
    assert set(one.by) <= ROLES.keys()
    assert one.by
    assert one.frm <= {NEW, *STATES}
    assert one.frm
    assert set(one.to) <= STATES.keys()
    assert one.beside == (not one.to)
    assert one.leg in ("", "lead", "assist", "any", "summoned", "addressed")
    assert (one.leg in ("lead", "assist", "summoned", "addressed")) <= bool(set(one.by) & UNIT_ROLES)


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_left_by_the_moves_of_the_rules(state: str) -> None:
    assert {one.name for one in from_state(state) if not one.beside} == set(LEAVES_BY[state].split())


def test_moves_end_where_the_rules_say() -> None:
    ends = {name: " ".join(one.to) for name, one in MOVES.items() if one.to and name != "adopt"}
    assert ends == TARGETS
    assert MOVES["adopt"].to == tuple(STATES)


def test_what_stands_beside_the_state_changes_none() -> None:
    assert [name for name in BESIDE.split() if not MOVES[name].beside] == []


def test_every_state_is_reached_from_the_first_word_and_can_come_to_an_end() -> None:
    def reached(start: str) -> set[str]:
        seen, ahead = {start}, [start]
        while ahead:
            for one in from_state(ahead.pop()):
                for end in () if one.name == "adopt" else one.to:
                    if end not in seen:
                        seen.add(end)
                        ahead.append(end)
        return seen

    assert reached(NEW) == {NEW, *STATES}
    assert [state for state in OPEN_STATES if "closed" not in reached(state)] == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_no_two_buttons_of_one_person_read_alike(state: str, role: str) -> None:
    buttons = [one.zh for one in from_state(state) if one.hand and role in one.by]
    assert len(buttons) == len(set(buttons))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_no_two_moves_of_one_desk_share_a_key(state: str, role: str) -> None:
    """A unit leads an order or assists in it, never both: "q" acknowledges either way."""
    for leg in ("lead", "assist"):
        able = [one for one in from_state(state) if one.hand and one.key and role in one.by]
        keys = [one.key for one in able if one.leg in ("", "any", leg)]
        assert len(keys) == len(set(keys))


def test_every_fact_is_used_and_every_choice_is_offered() -> None:
    used = {name for one in MOVES.values() for name in one.needs + one.may}
    assert used == FACTS.keys()
    assert {one.of for one in FACTS.values() if one.type == "choice"} == CHOICES.keys()
    assert FACTS["claim"].choices == CHOICES["claim"]
    assert FACTS["refusal"].choices is None


def test_sections_make_moves_that_exist() -> None:
    assert MOVES.keys() >= _SECTION_MOVES


def test_the_system_makes_the_moves_of_the_tick() -> None:
    assert [
        name for name in ("details_timeout", "urge", "supervise", "escalate", "mark") if "system" not in MOVES[name].by
    ] == []
    assert SYSTEM.roles == (("system", ""),)


def test_a_code_without_chinese_is_shown_as_it_is() -> None:
    assert (zh(FLAGS, "ageing"), zh(FLAGS, "own_flag"), zh(FLAGS, None)) == ("久拖", "own_flag", "")
    assert LADDER == ("", "催办", "督办", "提级督办")
    assert UNIT_ROLES.isdisjoint(CENTRE_ROLES)


# -- possible: the buttons of a person


def offered(state: str, who: cast.Actor) -> dict[str, bool]:
    return {one.name: reason is None for one, reason in possible(cast.order_at(state), who)}


def test_the_buttons_of_an_order_that_waits_for_its_units_acknowledgement() -> None:
    liu = offered("dispatched", cast.LIU)
    assert liu == {
        "acknowledge": True,
        "request_return": True,
        "sub_dispatch": True,
        "leg_acknowledge": False,
        "object": False,
        "answer_whistle": True,
        "report_in": True,
        "answer_instruction": True,
        "note": True,
        "claim_late_entry": True,
        "reveal": True,
    }


def test_a_grey_button_says_why() -> None:
    grey = {one.name: reason for one, reason in possible(cast.order_at("dispatched"), cast.LIU)}["object"]
    assert grey == Forbidden("“配合异议”由配合单位操作，您的单位是牵头单位")


def test_who_has_no_part_has_no_lawful_button() -> None:
    assert [name for name, lawful in offered("handling", cast.STRANGER).items() if lawful] == []
    assert offered("handling", cast.NOBODY) == {}


def test_the_system_and_forms_of_their_own_have_no_buttons() -> None:
    assert "rate" not in offered("callback", cast.RESIDENT)
    assert "erase" not in offered("closed", cast.BAO)
    assert offered("new", cast.ZHOU) == {}


# -- the pages written from the table


def test_the_diagram_draws_every_state_and_every_move_that_changes_it() -> None:
    source = mermaid()
    assert source.startswith('stateDiagram-v2\n    state "待受理" as received\n')
    assert "    handling --> replied : 答复\n" in source
    assert "    callback --> closed : 办结、承诺办结、未联系上办结、撤诉\n" in source
    assert "    [*] --> received : 登记\n" in source
    drawn = set(re.findall(r"(\S+) --> (\S+) :", source))
    assert drawn == {
        ("[*]" if start == NEW else start, end)
        for one in MOVES.values()
        for start in one.frm
        for end in one.to
        if one.name != "adopt"
    }


def test_the_states_page_lists_what_stands_beside() -> None:
    page = states_page()
    assert mermaid() in page
    assert "| 待审核 | `replied` | 审核通过、退回重报、撤诉 |\n" in page
    assert "| 催办 | `urge` | 办结前任一状态 |\n" in page
    assert "| 备注 | `note` | 任一状态 |\n" in page
    assert "“接管外部工单”可从任一状态开始" in page


def test_the_moves_page_has_a_line_for_every_move() -> None:
    lines = moves_page().splitlines()
    table = [line for line in lines if line.startswith("| ")][2:]
    assert len(table) == len(MOVES)
    assert "| 签收 | `acknowledge` | 待签收 | 办理中 | 联络员、单位领导（牵头） | — | — |" in table
    assert "| 退回重报 | `send_back` | 待审核 | 办理中 | 审核员 | 退回原因 `send_back`、理由 `reason` | — |" in table
    assert "| 催单 | `chase` | 办结前任一状态 | 不变 | 话务员、诉求人、系统 | — | 内容 `note`、方式 `via` |" in table
