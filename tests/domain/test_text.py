"""Words of messages: search lexemes, titles, normal forms and cells that are formulas."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.text import (
    INDEXED_CHARACTERS,
    LONGEST_WORD,
    QUERY_LEXEMES,
    bigrams,
    fits,
    looks_like_formula,
    normal,
    title_of,
    tsquery_text,
    tsvector_text,
)

# What would end a quoted lexeme or a statement.
UNSAFE = re.compile(r"[\s'\\\x00\ud800-\udfff]")


def test_the_normal_form_has_one_width_one_space_and_nothing_unseen() -> None:
    assert normal("　ＡＢ１２栋\t\r\n停水\u200b了\x00，\ufeff谁管？ ") == "AB12栋 停水了,谁管?"
    assert normal("e\u200b\u0301tage") == "\xe9tage"
    assert normal(" \n\u3000") == ""
    assert normal("半个\ud83d字") == "半个字"


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_chinese_is_searched_by_pairs_and_the_rest_by_words() -> None:
    assert sorted(bigrams("供暖不热，3号楼WiFi也断")) == sorted(["供暖", "暖不", "不热", "号楼", "也断", "3", "wifi"])
    assert bigrams("水，电。气 1 a") == ["1", "a"]
    assert bigrams("〇二号") == ["〇二", "二号"]
    assert bigrams("x" * 100) == ["x" * LONGEST_WORD]
    assert bigrams("") == []


def test_width_case_and_invisible_signs_do_not_hide_a_word() -> None:
    assert bigrams("ＷＩＦＩ１２") == ["wifi12"]
    assert bigrams("暖\u200b气") == ["暖气"]
    # A compatibility form of 見, as old systems send it.
    assert bigrams("\ufa0a面") == ["見面"]


def test_a_vector_holds_each_lexeme_once_and_quoted() -> None:
    assert tsvector_text("停水停水 A座") == "'a' '停水' '水停'"
    assert tsvector_text("it's \\ 'x' & | ! :*") == "'it' 's' 'x'"
    assert tsvector_text("，。！") == ""


def test_a_vector_of_an_endless_text_stays_far_below_a_megabyte() -> None:
    endless = "".join(map(chr, range(0x4E00, 0x9E00))) * 50
    vector = tsvector_text(endless)
    assert vector == tsvector_text(endless[:INDEXED_CHARACTERS])
    assert vector.count(" ") + 1 == INDEXED_CHARACTERS - 1
    assert len(vector.encode()) < 200_000


def test_a_query_asks_for_every_lexeme() -> None:
    assert tsquery_text("供暖不热") == "'供暖' & '暖不' & '不热'"
    assert tsquery_text("3号楼") == "'3' & '号楼'"
    assert tsquery_text("水") is None
    assert tsquery_text(" ？ ") is None
    assert str(tsquery_text(" ".join(map(str, range(500))))).count("&") == QUERY_LEXEMES - 1


@given(st.text(), st.text(alphabet="供暖热水电气停", min_size=2, max_size=6), st.text())
def test_a_text_is_found_by_any_chinese_words_in_it(before: str, words: str, after: str) -> None:
    asked = set(str(tsquery_text(words)).split(" & "))
    assert asked <= set(tsvector_text(f"{before}{words}{after}").split(" "))


@given(st.text())
def test_lexemes_need_no_escaping(text: str) -> None:
    for lexeme in bigrams(text):
        assert lexeme
        assert not UNSAFE.search(lexeme)


def test_what_the_database_can_hold() -> None:
    assert fits("停水", 2)
    assert not fits("停水了", 2)
    assert not fits("停\x00", 10)
    assert not fits("停\ud800", 10)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("小区停水三天了。请尽快处理！", "小区停水三天了"),
        ("您好！我家暖气不热。", "我家暖气不热"),
        ("尊敬的领导，您好！盼盼路没有人行道，行人危险。", "盼盼路没有人行道，行人危险"),
        ("书记您好，我们是林美水郡的业主！", "我们是林美水郡的业主"),
        ("市民来电反映：雄关路路灯不亮。", "雄关路路灯不亮"),
        ("尊敬的张市长：\n\n  路灯不亮\n请修", "路灯不亮"),
        ("急！暖气不热", "急，暖气不热"),
        ("小区主任不作为，没人管。", "小区主任不作为，没人管"),
        ("领导好", ""),
        (" 。！ ", ""),
        ("", ""),
        ("停水", "停水"),
        ("急", "急"),
        ("\ufeff路灯\u200b不亮  很久了", "路灯不亮 很久了"),
    ],
)
def test_a_title_is_the_first_sentence_that_says_something(text: str, title: str) -> None:
    assert title_of(text) == title


def test_a_long_sentence_ends_at_a_pause_in_its_second_half() -> None:
    assert title_of("供热公司上门两次，说是主管道堵塞，至今没有修好", limit=20) == "供热公司上门两次，说是主管道堵塞…"
    assert (
        title_of("供热，公司上门两次说是主管道堵塞至今没有修好", limit=20) == "供热，公司上门两次说是主管道堵塞至今没…"
    )


@given(st.text(alphabet=st.sampled_from("您好尊敬的领导，。！：；市民反映停水 \nA1")), st.integers(2, 50))
def test_a_title_never_exceeds_its_limit_nor_breaks_a_line(text: str, limit: int) -> None:
    title = title_of(text, limit)
    assert len(title) <= limit
    assert "\n" not in title
    assert title == title.strip()


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        '=HYPERLINK("http://x","点此")',
        "=cmd|'/c calc'!A1",
        "  =A1",
        "\ufeff=SUM(A1:A9)",
        "＝ＳＵＭ（Ａ１）",
        "@SUM(1+1)",
        "+SUM(1)",
        "-2+3+cmd|' /C calc'!A0",
        "=+A1",
        "= -1",
        "\t=1",
    ],
)
def test_formulas_are_seen(cell: str) -> None:
    assert looks_like_formula(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "小区停水",
        "-5",
        "+8613812345678",
        "+86 138-1234-5678",
        "- 三号楼停水（第二次反映）",
        "-A1 楼漏水",
        "@住建局 请回复",
        "======重点======",
        "=重点=",
        "1=1",
        "a@b.cn",
        "-----",
        "+",
        "=",
    ],
)
def test_words_of_residents_are_no_formulas(cell: str) -> None:
    assert not looks_like_formula(cell)
