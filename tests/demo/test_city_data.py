"""The files of 雄关市 agree with each other and with the rules that read them."""

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from jiesu.demo.city import read
from jiesu.domain import words
from jiesu.domain.clocks import Limit
from jiesu.domain.duties import Catalog, duty_from_doc

HANDLING = {"bureau", "institution", "company", "subdistrict"}
FIELDS = {"photo", "first_contact", "measures", "files", "why_not", "statutory_number"}
# Numbers that no subscriber can have: an area code of zeros, and 199000xxxxx.
LANDLINE, MOBILE = re.compile(r"0000-\d{7}"), re.compile(r"199000\d{5}")


def _by_code(name: str) -> dict[str, dict[str, Any]]:
    items = read(name)
    codes = [item["code"] for item in items]
    assert [code for code, count in Counter(codes).items() if count > 1] == []
    return dict(zip(codes, items, strict=True))


UNITS, REGIONS, MATTERS, ARTICLES = (_by_code(name) for name in ("units", "regions", "matters", "articles"))
CATALOG, STAFF, ROSTER = (read(name) for name in ("catalog", "staff", "roster"))
LEAVES = sorted(set(MATTERS) - {matter["parent"] for matter in MATTERS.values()})
COMMUNITIES = [code for code, region in REGIONS.items() if region["kind"] == "community"]


def _holders(role: str) -> set[str]:
    return {unit for person in STAFF for held, unit in person["roles"] if held == role}


def _handling_units() -> set[str]:
    return {code for code, unit in UNITS.items() if unit["kind"] in HANDLING}


# -- units and people


def test_every_unit_is_one_object_with_a_parent_that_comes_before_it() -> None:
    kinds = {"centre", "section"} | HANDLING
    seen: set[str | None] = {None}
    for code, unit in UNITS.items():
        assert list(unit) == ["code", "name", "short", "kind", "group_size", "parent", "phone", "duties"], code
        assert unit["kind"] in kinds, code
        assert unit["group_size"] in {"large", "middle", "small"}, code
        assert unit["parent"] in seen, code
        assert LANDLINE.fullmatch(unit["phone"]), code
        assert unit["duties"], code
        seen.add(code)
    assert Counter(unit["kind"] for unit in UNITS.values()) == {
        "bureau": 27, "institution": 8, "company": 9, "subdistrict": 5, "section": 14, "centre": 1
    }  # fmt: skip


@pytest.mark.parametrize("field", ["name", "short", "phone"])
def test_no_two_units_share_a(field: str) -> None:
    assert [value for value, count in Counter(unit[field] for unit in UNITS.values()).items() if count > 1] == []


def test_the_units_that_residents_know_are_there() -> None:
    shorts = {unit["short"] for unit in UNITS.values()}
    assert shorts >= {"住建局", "房产服务中心", "环卫总站", "编办", "司法局", "信访局", "纪委监委", "公交公司"}
    assert shorts >= {"供热公司", "供水公司", "供电公司", "燃气公司", "移动公司", "联通公司", "电信公司"}
    assert shorts >= {"钢城街道", "河东街道", "站前街道"}
    assert UNITS["CENTER"]["name"] == "雄关市大数据中心（12345热线）"


def test_sections_belong_to_units_that_handle() -> None:
    for unit in UNITS.values():
        if unit["kind"] == "section":
            assert UNITS[unit["parent"]]["kind"] in HANDLING, unit["code"]


def test_every_role_has_somebody_and_nobody_has_an_unknown_one() -> None:
    held = {role for person in STAFF for role, _ in person["roles"]}
    assert held == set(words.ROLES) - {"citizen", "system"}
    for person in STAFF:
        assert list(person) == ["login", "name", "title", "roles", "phone"], person["login"]
        assert all(unit in UNITS for _, unit in person["roles"]), person["login"]
        assert re.fullmatch(r"[a-z][a-z0-9_]*", person["login"])


def test_logins_names_and_phones_of_staff_are_their_own() -> None:
    for field in ("login", "name", "phone"):
        assert len({person[field] for person in STAFF}) == len(STAFF), field


def test_every_unit_that_handles_has_a_clerk_and_a_leader() -> None:
    wanted = _handling_units() | {code for code, unit in UNITS.items() if unit["kind"] == "section"}
    assert _holders("unit_clerk") == wanted
    assert _holders("unit_leader") == wanted


def test_the_centre_never_handles_and_exemptions_are_approved_outside_it() -> None:
    assert _holders("exemption_approver") == {"U0132", "U0122"}
    for role in words.CENTRE_ROLES - {"system"}:
        assert _holders(role) == {"CENTER"}, role
    for person in STAFF:
        inside = [unit == "CENTER" for _, unit in person["roles"]]
        assert all(inside) or not any(inside), person["login"]


def test_the_cast_is_there() -> None:
    cast = {person["login"]: (person["name"], person["roles"]) for person in STAFF}
    assert cast["xiaozhou"] == ("周敏", [["agent", "CENTER"]])
    assert cast["laochen"] == ("陈亮", [["dispatcher", "CENTER"]])
    assert cast["gongre_clerk"] == ("刘桂芬", [["unit_clerk", "U0301"]])


def test_somebody_is_on_duty_at_every_hour_of_every_day() -> None:
    for unit in set(UNITS) - {"CENTER"}:
        for weekday in range(7):
            shifts = [row for row in ROSTER if row["unit"] == unit and row["weekday"] in (None, weekday)]
            hours = sorted((row["from"], row["to"]) for row in shifts)
            assert hours == [("08:00", "20:00"), ("20:00", "08:00")], (unit, weekday)
    assert {row["unit"] for row in ROSTER} == set(UNITS) - {"CENTER"}


def test_every_number_in_the_city_is_obviously_invented() -> None:
    people = [*STAFF, *ROSTER, *(order for order in read("demo_orders") if order["phone"])]
    assert [one["phone"] for one in people if not MOBILE.fullmatch(one["phone"])] == []
    assert len({one["phone"] for one in people}) == len(people)


# -- matters and the catalog


def _catalog() -> Catalog:
    regions = {
        code: {"parent": region["parent"], "unit": region["subdistrict_unit"]} for code, region in REGIONS.items()
    }
    return Catalog([duty_from_doc(line) for line in CATALOG], regions)


def test_matters_form_a_tree_by_their_codes() -> None:
    for code, matter in MATTERS.items():
        assert re.fullmatch(r"\d\d(\.\d\d){0,2}", code)
        assert matter["parent"] == (code.rpartition(".")[0] or None)
        assert matter["parent"] is None or matter["parent"] in MATTERS
    assert len([code for code in MATTERS if "." not in code]) == 23
    assert len(LEAVES) == 223


def test_matters_carry_the_words_that_residents_use() -> None:
    for code, matter in MATTERS.items():
        assert 3 <= len(matter["keywords"]) <= 8, code
        assert len(set(matter["keywords"])) == len(matter["keywords"]), code
        assert all(word.strip() == word and word for word in matter["keywords"]), code
        assert matter["urgency"] in words.URGENCIES, code
        assert matter["kinds"], code
        assert set(matter["kinds"]) <= set(words.KINDS), code
    assert len({MATTERS[code]["name"] for code in LEAVES}) == len(LEAVES)


def test_every_matter_has_a_line_of_its_own_and_a_lead_in_every_community() -> None:
    catalog = _catalog()
    for matter in LEAVES:
        for region in [*COMMUNITIES, "R00"]:
            duty = catalog.find(matter, region, date(2026, 1, 1))
            assert duty is not None, (matter, region)
            assert duty.matter == matter, (matter, region)
            lead = catalog.lead(duty, region)
            # Outside every subdistrict a local duty names nobody: a person decides.
            assert lead in _handling_units() or (lead is None and region == "R00"), (matter, region)


def test_catalog_lines_name_units_that_exist_and_may_handle() -> None:
    for line in CATALOG:
        where = (line["matter"], line["region"])
        assert line["matter"] in MATTERS, where
        assert line["region"] == "*" or line["region"] in REGIONS, where
        assert line["lead"] == "@subdistrict" or line["lead"] in _handling_units(), where
        assert set(line["assist"]) <= _handling_units(), where
        assert line["lead"] not in line["assist"], where
        assert len(set(line["assist"])) == len(line["assist"]), where
    keys = Counter((line["matter"], line["region"], line["effective_from"]) for line in CATALOG)
    assert [key for key, count in keys.items() if count > 1] == []


def test_a_region_with_its_own_line_departs_from_a_general_one() -> None:
    general = {line["matter"] for line in CATALOG if line["region"] == "*"}
    assert {line["matter"] for line in CATALOG} == general


def test_catalog_lines_say_what_a_reply_needs_and_on_which_basis() -> None:
    for number, line in enumerate(CATALOG, start=1):
        assert line["legal_basis"].endswith(f"雄关市12345派单目录（2026版）第{number}条"), line["matter"]
        assert line["fields"], line["matter"]
        assert set(line["fields"]) <= FIELDS, line["matter"]
        assert line["effective_from"] == "2026-01-01"
        assert ("statutory_number" in line["fields"]) == (line["statutory"] is not None), line["matter"]
        if line["statutory"]:
            assert line["statutory"]["name"]
            assert Limit.from_doc(line["statutory"]["limit"]).measure in ("day", "work_day")


def test_seasons_shorten_and_quicken() -> None:
    seasons = {line["season"]["name"] for line in CATALOG if line["season"]}
    assert seasons == {"供暖季", "冬季清雪期", "主汛期", "严寒期", "秋季禁烧期"}
    for line in CATALOG:
        if line["season"]:
            assert line["season"]["urgency"] == "urgent"
            assert Limit.from_doc(line["season"]["handle"]).measure == "hour"
    heating = next(line["season"] for line in CATALOG if line["matter"] == "03.01")
    assert heating == {"name": "供暖季", "from": "10-20", "to": "04-20", "handle": [24, "hour"], "urgency": "urgent"}


def test_an_estate_is_heated_by_the_company_that_the_catalog_names_there() -> None:
    catalog = _catalog()
    estates = [place for place in read("places") if place["kind"] == "estate"]
    assert [place["name"] for place in estates if "year_built" not in place] == []
    for place in estates:
        duty = catalog.find("03.01", place["region"], date(2026, 11, 22))
        assert duty is not None
        assert catalog.lead(duty, place["region"]) == place["heat_supplier"], place["name"]


def test_work_that_a_bureau_owns_by_law_is_not_sent_to_a_subdistrict() -> None:
    for line in CATALOG:
        if line["must_lead_by_law"]:
            assert line["lead"] != "@subdistrict", line["matter"]
            assert UNITS[line["lead"]]["kind"] in {"bureau", "institution"}, line["matter"]


# -- limits and reasons


def test_every_clock_of_the_table_has_a_limit() -> None:
    limits = read("limits")["limits"]
    assert {row["clock"] for row in limits} == {
        "intake", "dispatch", "acknowledge", "first_contact", "interim", "handle", "handle_complex", "extension_max",
        "return_request", "return_decision", "ruling", "ruling_final", "details", "review", "form_fix",
        "callback_first", "callback_last", "rework", "appeal", "statutory_notice", "whistle_answer", "instruction",
    }  # fmt: skip
    keys = [(row["clock"], row["kind"], row["urgency"]) for row in limits]
    assert len(set(keys)) == len(keys)
    assert {kind for _, kind, _ in keys} <= {"*", *words.KINDS}
    assert {urgency for _, _, urgency in keys} <= {"*", *words.URGENCIES}


@pytest.mark.parametrize(
    ("clock", "kind", "urgency", "limit"),
    [
        ("intake", "*", "*", "2 个工作小时"),
        ("dispatch", "*", "normal", "30 分钟"),
        ("dispatch", "*", "emergency", "5 分钟"),
        ("acknowledge", "*", "emergency", "15 分钟"),
        ("acknowledge", "*", "normal", "1 个工作日"),
        ("interim", "*", "urgent", "24 小时"),
        ("handle", "consultation", "*", "2 个工作日"),
        ("handle", "complaint", "*", "5 个工作日"),
        ("handle_complex", "*", "*", "15 个工作日"),
        ("extension_max", "*", "*", "10 个工作日"),
        ("return_decision", "*", "*", "4 个工作小时"),
        ("ruling_final", "*", "*", "10 个工作日"),
        ("callback_last", "*", "*", "4 个工作日"),
        ("rework", "*", "*", "3 个工作日"),
    ],
)
def test_limits_are_those_of_the_table(clock: str, kind: str, urgency: str, limit: str) -> None:
    rows = {(row["clock"], row["kind"], row["urgency"]): row["limit"] for row in read("limits")["limits"]}
    assert Limit.from_doc(rows[clock, kind, urgency]).zh() == limit


def test_the_parameters_are_those_of_the_table() -> None:
    assert read("limits")["params"] == {
        "amber_part": 0.75, "assist_part": 0.6, "return_times_before_ruling": 2, "units_before_ruling": 3,
        "chase_warning": 3, "callback_attempts": 3, "callback_days_min": 2, "hard_case_reworks": 3, "reopen_days": 30,
        "event_orders": 3, "event_days": 3, "min_sample": 10, "extension_times": 1,
        "quiet_hours": ["22:00", "07:00"],
    }  # fmt: skip


def test_every_reason_has_a_code_a_name_and_words() -> None:
    reasons = read("reasons")
    assert set(reasons) == {
        "refusal", "return", "send_back", "exemption", "extension", "transfer", "unreachable", "unreasonable",
        "shelve", "write_off", "withdraw", "chase", "reassign", "late_entry", "dispatch_basis",
    }  # fmt: skip
    for group, rows in reasons.items():
        assert len({row["code"] for row in rows}) == len({row["name"] for row in rows}) == len(rows), group
        for row in rows:
            third = row["type"] if group == "send_back" else row["text"]
            assert re.fullmatch(r"[a-z][a-z0-9_]*", row["code"]), group
            assert row["name"], (group, row["code"])
            assert third, (group, row["code"])
    assert {row["type"] for row in reasons["send_back"]} == {"form", "substance"}


def test_a_refusal_names_the_right_door() -> None:
    doors = {row["door"] for row in read("reasons")["refusal"]}
    assert {"信访", "诉讼", "仲裁", "纪检监察", "行政复议", "110", "119", "120"} <= doors
    assert "" not in doors


# -- what residents said, and what the desk can answer


def test_demands_speak_of_known_matters_and_places() -> None:
    places = {place["name"]: place["region"] for place in read("places")}
    orders = read("demo_orders")
    assert len(orders) == 75
    for order in orders:
        assert order["matter"] in LEAVES, order["title"]
        assert order["channel"] in words.CHANNELS, order["title"]
        assert order["kind"] in words.KINDS, order["title"]
        assert order["urgency"] in words.URGENCIES, order["title"]
        assert order["region"] in REGIONS, order["title"]
        assert order["place"] is None or places[order["place"]] == order["region"], order["title"]
        assert order["text"], order["title"]
    assert len({order["text"] for order in orders}) == len(orders)


def test_anonymous_demands_have_nobody_and_the_others_somebody() -> None:
    for order in read("demo_orders"):
        assert (order["name"] is None, order["phone"] is None) == (order["anonymous"],) * 2, order["title"]
        assert not (order["anonymous"] and order["secret"]), order["title"]


def test_demands_are_of_every_sort() -> None:
    orders = read("demo_orders")
    assert {order["kind"] for order in orders} == set(words.KINDS) - {"invalid"}
    assert Counter(order["urgency"] for order in orders) == {"normal": 53, "urgent": 17, "emergency": 5}
    assert sum(order["anonymous"] for order in orders) == 8
    assert sum(order["secret"] for order in orders) == 4
    companies = [order["company"] for order in orders if order["company"]]
    # Region 000000 is no place, so that no firm bears such a code.
    assert [bool(re.fullmatch(r"91000000[0-9A-Z]{10}", one["credit_code"])) for one in companies] == [True] * 3


def test_articles_answer_known_matters() -> None:
    assert len(ARTICLES) == 30
    for code, article in ARTICLES.items():
        assert article["matter"] in LEAVES, code
        assert article["title"], code
        assert 60 <= len(article["body"]) <= 400, code


def test_an_unknown_file_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        read("nothing")
