"""What stands out of a unit's work is told, and what is only a small number or what everybody does is not."""

from __future__ import annotations

from jiesu.domain import gaming
from jiesu.domain.gaming import Signal


def units(**cases: tuple[int, int]) -> dict[str, tuple[int, list[int]]]:
    """Of each unit: how many cases, how many of the kind."""
    return {unit: (of, list(range(1, found + 1))) for unit, (of, found) in cases.items()}


def test_a_unit_that_does_it_five_times_as_often_as_the_others_is_told() -> None:
    found = gaming.stand_out("deadline_burst", units(HEAT=(100, 40), WATER=(300, 24), PARKS=(100, 8)))
    assert found == [Signal("HEAT", "deadline_burst", 40, 100, 0.08, tuple(range(1, 41)))]
    assert found[0].words() == "到期前一小时内集中答复：100 件中 40 件（40%），其他单位平均 8%"


def test_few_cases_and_what_all_do_are_no_signal() -> None:
    assert gaming.stand_out("reopened", units(HEAT=(19, 19), WATER=(300, 3))) == []
    assert gaming.stand_out("reopened", units(HEAT=(100, 30), WATER=(300, 90))) == []
    assert gaming.stand_out("reopened", units(HEAT=(100, 4), WATER=(300, 3))) == []
    assert gaming.stand_out("reopened", units(HEAT=(100, 60))) == []
    assert gaming.stand_out("reopened", {}) == []


def test_replies_that_differ_in_the_house_alone_are_alike() -> None:
    same = "您好，您反映的问题已收到，我单位高度重视，已按规定办理，感谢您对工作的支持"
    texts = [
        (1, f"{same}。"),
        (2, f"{same}！"),
        (3, "昨天下午师傅到了现场，换了坏掉的阀门，试水正常，您在场签了字。"),
        (4, ""),
    ]
    assert gaming.alike(texts) == [1, 2]
    assert gaming.alike(texts, lambda text: text[:0]) == []


def test_a_note_that_says_nothing_of_the_talk_is_bare() -> None:
    assert gaming.bare([(1, "已联系。"), (2, "通话5分钟，住户说下午在家，约好四点上门看管道。"), (3, " ")]) == [1, 3]
