"""Masks, and who sees what of whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.privacy import (
    FIELDS,
    ROLES,
    Sight,
    mask_address,
    mask_card,
    mask_email,
    mask_id,
    mask_name,
    mask_phone,
    mask_plate,
    mask_text,
    sees,
    shown,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("李四", "李*"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧*"),
        ("阿卜杜拉·买买提", "阿***"),
        ("John Smith", "J***"),
        ("张", "张*"),
        ("张先生", "张先生"),
        ("欧阳女士", "欧阳女士"),
        ("王伟先生", "王***"),
        (" 刘姐 ", "刘*"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138 **** 5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("008613812345678", "0086138****5678"),
        ("0937-6226666", "0937-***6666"),
        ("010-62266666", "010-****6666"),
        ("6226666", "***6666"),
        ("+852 9123 4567", "+852 **** 4567"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_numbers_and_places() -> None:
    assert mask_id("62020119900101123X") == "620***********123X"
    assert mask_id("620201900101123") == "620********1123"
    assert mask_id("E12345678") == "E******78"
    assert mask_card("6222 0212 3456 7890") == "**** **** **** 7890"
    assert mask_email("zhang.san@163.com") == "z***@163.com"
    assert mask_plate("甘B12345") == "甘B***45"
    assert mask_address("雄关路12号祁连小区B座三单元501室") == "雄关路*号祁连小区*座*单元*室"
    assert mask_address("前进一路") == "前进一路"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13812345678，请回电", "我的电话138****5678，请回电"),
        ("138 1234-5678或１３９１２３４５６７８", "138 ****-5678或139****5678"),
        ("（0937）6226666、0937-6226666", "（0937）***6666、0937-***6666"),
        ("座机：6226666，户号20261122", "座机：***6666，户号20261122"),
        ("身份证62020119900101123X。", "身份证620***********123X。"),
        ("老证620201900101123", "老证620********1123"),
        ("卡6222021234567890123", "卡***************0123"),
        ("邮箱zhang.san@163.com谢谢", "邮箱z***@163.com谢谢"),
        ("甘B12345和甘BD12345，京a·12345，川A1234学", "甘B***45和甘B****45，京a****45，川A***4学"),
    ],
)
def test_what_identifies_a_person_in_a_text_is_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "祁连小区3号楼停水三天，没有人管。",
        "工单2611220000123，拨打12345或95598、400-123-4567",
        "2026-11-22 13:00至2026年11月30日",
        "欠款15000000000元，另有20261122号文件",
        "新iPhone12、云Server2022、贵VIP客户",
        "@住建局 请回复",
        "户号062011381234567812345",
    ],
)
def test_what_identifies_nobody_stays(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(alphabet="0123456789１x@.-—() ）电话甘京AB·*+"))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


@given(st.text(max_size=50), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_survives_between_words(words: str, mobile: str) -> None:
    assert mobile not in mask_text(f"{words}，{mobile}，{words}")


def look(role: str, *, own: bool = True, secret: bool = False, kind: str = "complaint") -> dict[str, Sight]:
    """Everything that a role sees of an order."""
    return {field: sees(role, field, own_unit=own, secret=secret, kind=kind) for field in FIELDS}


def person(seen: dict[str, Sight]) -> list[Sight]:
    """What of it is the person: name, phone, address."""
    return [seen["name"], seen["phone"], seen["address"]]


def test_the_unit_that_handles_an_order_sees_whom_to_visit_but_hears_no_call() -> None:
    for role in ("unit_clerk", "unit_leader"):
        seen = look(role)
        assert person(seen) == ["full", "full", "full"]
        assert (seen["text"], seen["internal_note"], seen["recording"]) == ("full", "full", "nothing")


@pytest.mark.parametrize("guard", [{"secret": True}, {"kind": "report"}])
@pytest.mark.parametrize("role", ["unit_clerk", "unit_leader", "section"])
def test_of_a_report_or_secret_order_the_unit_sees_the_facts_not_the_person(
    role: str, guard: dict[str, str | bool]
) -> None:
    seen = look(role, secret=bool(guard.get("secret")), kind=str(guard.get("kind", "complaint")))
    assert person(seen) == ["nothing", "nothing", "nothing"]
    assert (seen["text"], seen["internal_note"], seen["public_reply"]) == ("masked", "full", "full")
    assert seen["recording"] == "nothing"


def test_another_unit_sees_the_public_reply_only() -> None:
    for role in ("unit_clerk", "unit_leader", "section"):
        seen = look(role, own=False)
        assert seen.pop("public_reply") == "full"
        assert set(seen.values()) == {"nothing"}
        assert set(look(role, own=False, secret=True).values()) == {"nothing"}


def test_below_the_unit_the_person_is_opened_with_a_reason() -> None:
    seen = look("section")
    assert person(seen) == ["reveal", "reveal", "reveal"]
    assert seen["text"] == "masked"


@pytest.mark.parametrize("role", ["agent", "callback_clerk"])
def test_those_who_must_phone_see_the_phone_also_of_secret_orders(role: str) -> None:
    for own in (True, False):
        assert sees(role, "phone", own_unit=own, secret=False, kind="help") == "full"
        assert sees(role, "phone", own_unit=own, secret=True, kind="report") == "full"


def test_the_rest_of_the_centre_opens_the_person_with_a_reason() -> None:
    for role in ("dispatcher", "reviewer", "supervisor", "dpo"):
        assert [look(role)[field] for field in ("name", "phone")] == ["reveal", "reveal"]
    assert person(look("inspector", secret=True)) == ["nothing", "nothing", "nothing"]


def test_analysts_and_administrators_see_nobody() -> None:
    for secret in (False, True):
        assert person(look("analyst", secret=secret)) == ["nothing", "nothing", "nothing"]
        assert look("analyst", secret=secret)["text"] == "masked"
        assert look("analyst", secret=secret)["recording"] == "nothing"
        administrator = look("administrator", secret=secret)
        administrator.pop("public_reply")
        assert set(administrator.values()) == {"nothing"}


def test_a_citizen_sees_the_own_order_and_no_other() -> None:
    own = look("citizen")
    assert person(own) == ["full", "full", "full"]
    assert (own["text"], own["public_reply"], own["internal_note"]) == ("full", "full", "nothing")
    assert look("citizen", secret=True) == own
    assert set(look("citizen", own=False).values()) == {"nothing"}
    assert set(look("citizen", own=False, kind="report").values()) == {"nothing"}


def test_a_guarded_order_never_shows_more_than_an_ordinary_one() -> None:
    openness = ["nothing", "reveal", "masked", "full"]
    for role in ROLES:
        for own in (True, False):
            plain, guarded = look(role, own=own), look(role, own=own, secret=True)
            for field in FIELDS:
                wider = openness.index(guarded[field]) > openness.index(plain[field])
                assert not wider or (plain[field], guarded[field]) == ("masked", "reveal"), (role, field)


@pytest.mark.parametrize(("role", "field"), [("nobody", "name"), ("agent", "salary")])
def test_what_no_rule_covers_is_an_error_not_a_look(role: str, field: str) -> None:
    with pytest.raises(ValueError, match=f"no rule says what role '{role}' sees of '{field}'"):
        sees(role, field, own_unit=True, secret=False, kind="help")


def test_values_as_a_page_shows_them() -> None:
    assert shown("name", "张三丰", "full") == "张三丰"
    assert shown("name", "张三丰", "masked") == "张**"
    assert shown("phone", "13812345678", "reveal") == "138****5678"
    assert shown("address", "雄关路12号", "masked") == "雄关路*号"
    assert shown("text", "我的电话13812345678", "masked") == "我的电话138****5678"
    assert shown("phone", "13812345678", "nothing") == ""
    assert shown("recording", "calls/1.opus", "reveal") == ""
