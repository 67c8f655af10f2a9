"""Which of many replies are almost the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.alike import alike

SITE = "经核实，{}号您反映的路段已安排人员到现场处理完毕，共清理垃圾{}车，感谢您的监督。"
OWN = "维修班周四更换了三号楼二单元的截止阀，室温回到二十一度，住户在场确认。"


def test_a_template_with_another_date_and_number_is_found() -> None:
    texts = [(1, SITE.format(3, 2)), (2, OWN), (3, SITE.format(17, 5)), (4, ""), (5, SITE.format(21, 12)), (6, "！！")]
    assert alike(texts, share=0.9, least=3) == [[1, 3, 5]]
    assert alike(texts, share=0.9, least=4) == []
    assert alike(texts, share=0.9, least=1) == [[1, 3, 5], [2]]


def test_texts_on_one_matter_in_other_words_are_not_the_same() -> None:
    other = "经核实，您反映的路段由园林中心负责，已转交该中心，预计下周三前补栽行道树。"
    assert alike([(1, SITE.format(3, 2)), (2, other), (3, OWN)], share=0.9, least=2) == []


def test_what_everybody_writes_does_not_make_the_work_grow_without_end() -> None:
    texts = [(at, f"您好，来电已收悉。{chr(0x4E00 + 7 * at)}{chr(0x4E00 + 11 * at)}") for at in range(300)]
    assert alike(texts, share=0.95, least=2) == []


@given(st.lists(st.text(alphabet="路灯坏了修好水管漏水停电", max_size=12), max_size=40), st.integers(1, 4))
def test_every_text_is_in_one_group_at_most_and_the_same_twice(texts: list[str], least: int) -> None:
    numbered = list(enumerate(texts))
    found = alike(numbered, share=0.9, least=least)
    flat = [key for group in found for key in group]
    assert len(flat) == len(set(flat))
    assert all(len(group) >= least for group in found)
    assert alike(numbered, share=0.9, least=least) == found
