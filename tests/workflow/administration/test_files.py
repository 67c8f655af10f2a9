"""A whole file of city data: looked through line by line, every fault named, taken over all or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jiesu.channels import city_files
from jiesu.channels.files.records import FileProblem
from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.names import Names
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.store import rules as rules_store
from jiesu.store.administration import changes, lines, shelves, staging
from jiesu.store.administration.changes import Wanted as Asked
from jiesu.store.models import CatalogLine, Unit
from jiesu.workflow.administration import files
from jiesu.workflow.administration.files import MOST_ROWS, Row, Seen
from tests import city
from tests.city import CHEN, GUAN, HEAT, HOUSING, MONDAY
from tests.database import Clone, Databases
from tests.web.admin.sheets import edited, rows_of, written
from tests.workflow.administration.changing import NEXT_MONDAY, TODAY, changed, line, made


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def exported(kind: str, shape: str = "xlsx") -> bytes:
    if kind == "catalog":
        held: Any = [one.thing for of in lines.every().values() for one in of if not one.void]
    else:
        held = shelves.of(kind).every().values()
    return city_files.write(KINDS[kind], held, Names(rules_store.current()), shape, MONDAY)


def looked(kind: str, content: bytes, name: str = "改过.xlsx", *, since: date = TODAY, rest: bool = False) -> Seen:
    found = city_files.read(KINDS[kind], name, content, Names(rules_store.current()))
    return files.look_through(kind, name, found.rows, since=since, rest=rest, by=GUAN, now=MONDAY)


def standings(seen: Seen) -> dict[str, int]:
    found = {one.standing: seen.count(one.standing) for one in seen.lines}
    return {zh: n for zh, n in found.items() if n}


def taken(seen: Seen) -> None:
    assert seen.weighed is not None
    files.take_over(seen.kind, by=GUAN, now=MONDAY, reason="按文件", checked=seen.weighed.token)


def faults(seen: Seen) -> list[tuple[int, str, str]]:
    return [(one.line, *fault) for one in seen.lines for fault in one.faults]


@pytest.mark.parametrize("shape", city_files.FORMATS)
def test_what_was_exported_changes_nothing_when_it_comes_back(db: Clone, shape: str) -> None:
    made(changed("unit", HEAT, duties="=供热；-维修"), changed("unit", "U0302", name="'北岭'热电"))
    for kind in ("unit", "matter", "catalog", "limit", "text", "script", "param", "region", "staff"):
        seen = looked(kind, exported(kind, shape), f"{kind}.{shape}")
        assert standings(seen) == {"不变": len(seen.lines)}, (kind, faults(seen)[:3])
        assert seen.weighed is None
    assert b"=HYPERLINK" not in exported("unit", shape)


def test_formulas_leave_the_city_as_words(db: Clone) -> None:
    made(changed("unit", HEAT, duties="=HYPERLINK(A1)", name="@SUM(1)集团"))
    assert "'=HYPERLINK(A1)" in exported("unit", "csv").decode("utf-8-sig")
    (row,) = [one for one in rows_of(exported("unit")) if one[0] == HEAT]
    assert row[7] == "=HYPERLINK(A1)"
    seen = looked("unit", exported("unit"))
    assert [fault[1:] for fault in faults(seen)] == [("全称", "是公式，请改成文字"), ("职责", "是公式，请改成文字")]


def test_two_wrong_rows_are_named_by_row_and_column_and_nothing_is_written(db: Clone) -> None:
    before = rules_store.current_id()
    more = {"编号": "U0999", "简称": "新单位", "类别": "驻市企业", "规模组": "小", "在用": "是"}
    seen = looked(
        "unit", edited(exported("unit"), {("U0301", "类别"): "驻外企业", ("U0302", "值班电话"): "0000-1"}, more)
    )
    held = Unit.objects.count()
    assert standings(seen) == {"不变": held - 2, "修改": 1, "有误": 2}
    by_line = {one.line: one for one in seen.lines if one.standing == "有误"}
    heat = next(at for at, row in enumerate(rows_of(exported("unit")), 1) if row[0] == HEAT)
    assert by_line[heat].faults == (("类别", "“驻外企业”不在可选的里面；是不是“驻市企业”？"),)
    assert by_line[held + 2].faults == (("全称", "请填写“全称”"),)
    assert seen.weighed is None
    with pytest.raises(Refused, match="文件里还有错，一行也没有导入"):
        files.take_over("unit", by=GUAN, now=MONDAY, reason="按文件", checked="")
    assert rules_store.current_id() == before
    assert Unit.objects.get(code="U0302").phone != "0000-1"


def test_a_file_is_taken_over_as_one_change(db: Clone) -> None:
    more = {
        "编号": "U0999",
        "全称": "雄关新单位",
        "简称": "新单位",
        "类别": "内设科室",
        "规模组": "小",
        "上级单位": "新公司",
    }
    above = {"编号": "U0998", "全称": "雄关新公司", "简称": "新公司", "类别": "驻市企业"}
    seen = looked("unit", edited(exported("unit"), {("U0301", "值班电话"): "0000-9"}, more, above))
    assert standings(seen) == {"不变": Unit.objects.count() - 1, "修改": 1, "新增": 2}
    assert seen.weighed is not None
    assert ("单位", "一共 3 个：新增 2 个，修改 1 个。") in [(one.title, one.said) for one in seen.weighed.effects]
    taken(seen)
    assert (Unit.objects.get(code="U0999").parent_id, Unit.objects.get(code="U0998").group_size) == ("U0998", "middle")
    kept = changes.history(Asked(name="unit"))
    assert {one.note for one in kept} == {"导入“改过.xlsx”：按文件"}
    assert len({one.batch for one in kept}) == 1
    with pytest.raises(Refused, match="没有待导入的文件"):
        files.look_again("unit", by=GUAN, now=MONDAY)


def test_lines_of_the_catalog_are_changed_from_the_files_day_on(db: Clone) -> None:
    made(line("03.05~*", since=NEXT_MONDAY, lead=HOUSING, assist=[]))
    made(line("03.04~*", since=date(2026, 12, 7), lead=HOUSING, assist=[]))
    content = exported("catalog")
    head, *body = rows_of(content)
    at = {name: head.index(name) for name in ("事项", "区域", "牵头单位", "配合单位", "生效日", "失效日", "法律依据")}

    def row(matter: str, first: str) -> list[str]:
        return next(
            one for one in body if one[0].startswith(f"{matter} ") and one[1] == "全市" and one[at["生效日"]] == first
        )

    row("03.06", "2026-01-01")[at["牵头单位"]] = "北岭热电"
    row("03.05", "2026-11-30")[at["牵头单位"]] = "北岭热电"
    fresh = dict.fromkeys(head, "") | {"事项": "03.06", "区域": "北货场社区", "牵头单位": "北岭热电"}
    past = {**fresh, "区域": "站前社区", "生效日": "2026-01-01"}
    ended = row("03.04", "2026-01-01")
    rows = [head, *body, [fresh[name] for name in head]]
    seen = looked("catalog", written(rows), since=date(2026, 12, 1))
    assert standings(seen) == {"不变": len(body) - 2, "修改": 2, "新增": 1}
    taken(seen)
    held = {
        (one.region, one.effective_from.isoformat(), one.effective_to and one.effective_to.isoformat()): one.lead
        for one in CatalogLine.objects.filter(matter="03.06", region__in=["*", "R0301"])
    }
    assert held == {
        ("*", "2026-01-01", "2026-11-30"): HEAT,
        ("*", "2026-12-01", None): "U0302",
        ("R0301", "2026-12-01", None): "U0302",
    }
    later = CatalogLine.objects.filter(matter="03.05", region="*").order_by("effective_from")
    assert [(one.lead, one.effective_from) for one in later][-1] == ("U0302", date(2026, 12, 1))
    wrong = looked("catalog", written([head, [past[name] for name in head]]))
    assert faults(wrong) == [(2, "生效日", "2026-01-01 已经过去；请改成今天或以后，或清空，用导入时填的生效日期")]
    ended[at["失效日"]] = "2026-02-01"
    CatalogLine.objects.filter(matter="03.04", region="*", effective_from="2026-01-01").update(
        effective_to="2026-02-01"
    )
    same = looked("catalog", written([head, ended]))
    assert standings(same) == {"不变": 1}
    ended[at["牵头单位"]] = "北岭热电"
    assert faults(looked("catalog", written([head, ended]))) == [(2, "失效日", "已经失效的条目不能改，请还原这一行")]
    broken = [*ended]
    broken[at["牵头单位"]], broken[at["生效日"]] = "没有", ""
    assert faults(looked("catalog", written([head, broken])))[0][1] == "牵头单位"


def test_what_the_file_leaves_out_is_switched_off_when_asked(db: Clone) -> None:
    rows = rows_of(exported("limit"))
    without = [one for one in rows if one[0] != "考核申诉"]
    seen = looked("limit", written(without), rest=True)
    assert [(one.line, one.title, one.standing) for one in seen.lines if one.standing != "不变"] == [
        (0, "考核申诉", "停用")
    ]
    taken(seen)
    assert ("appeal", "*", "*") not in rules_store.current().limits()
    texts = [one for one in rows_of(exported("text")) if one[1] != "litigation"]
    taken(looked("text", written(texts), rest=True))
    assert "litigation" not in rules_store.current().reasons["refusal"]
    assert standings(looked("text", written(texts), rest=True)) == {"不变": len(texts) - 1}
    catalog = [one for one in rows_of(exported("catalog")) if not one[0].startswith("03.06 ") or one[1] != "全市"]
    taken(looked("catalog", written(catalog), since=NEXT_MONDAY, rest=True))
    assert CatalogLine.objects.get(matter="03.06", region="*").effective_to == date(2026, 11, 29)
    assert "停用" not in standings(looked("param", written(rows_of(exported("param"))[:3]), rest=True))


def test_faults_that_only_the_whole_file_has_go_to_their_lines(db: Clone) -> None:
    seen = looked("unit", edited(exported("unit"), {("U0302", "简称"): "供热公司"}))
    assert {said for _, column, said in faults(seen) if column == "简称"} == {"已有单位的简称是“供热公司”，请另起一个"}
    twice = rows_of(exported("limit"))
    assert faults(looked("limit", written([*twice, twice[1]])))[0] == (41, "", "和第 2 行是同一项")
    param = rows_of(exported("param"))
    assert faults(looked("param", written([param[0], ["没有的参数", "1"]]))) == [
        (2, "参数", "没有叫“没有的参数”的参数")
    ]
    region = looked("region", written([["编号", "名称"], ["R99", "新区"]]))
    assert faults(region) == [(2, "编号", "区域不能用文件新增")]
    past = looked("limit", edited(exported("limit"), {("裁定", "时限"): "2 天"}), since=date(2026, 11, 1))
    assert faults(past)[0][1] == "生效日期"


def test_staff_come_and_change_by_file_without_their_numbers(db: Clone) -> None:
    content = exported("staff")
    assert b"199****0001" in exported("staff", "csv")
    assert b"19900000001" not in exported("staff", "csv") + exported("staff", "json")
    more = {"账号": "xinren", "姓名": "新人", "角色和单位": "联络员@供热公司（从 2026-12-01）", "电话": "19911112222"}
    bad = {**more, "账号": "mou", "电话": "199****9999"}
    seen = looked("staff", edited(content, {("xiaozhou", "职务"): "班长"}, more, bad), since=NEXT_MONDAY)
    assert faults(seen) == [(len(rows_of(content)) + 2, "电话", "号码被遮住了，请写完整号码")]
    seen = looked("staff", edited(content, {("xiaozhou", "职务"): "班长"}, more), since=NEXT_MONDAY)
    taken(seen)
    held = shelves.of("staff").some(["xiaozhou", "xinren"])
    assert (held["xiaozhou"]["title"], held["xiaozhou"]["phone"]) == ("班长", "19900000001")
    assert held["xinren"]["roles"] == [["unit_clerk", HEAT, "2026-12-01", None]]


def test_who_may_look_through_and_how_much(db: Clone) -> None:
    with pytest.raises(Forbidden, match="只有管理员"):
        files.look_through("unit", "x", [Row(2, {})], since=TODAY, rest=False, by=CHEN, now=MONDAY)
    outsider = Actor("t1", (("administrator", "CENTER"),))
    with pytest.raises(Forbidden, match="只有工作人员能导入"):
        files.look_through("unit", "x", [Row(2, {})], since=TODAY, rest=False, by=outsider, now=MONDAY)
    for rows, words in (([], "文件里没有内容"), ([Row(2, {})] * (MOST_ROWS + 1), "一次最多 20,000 行")):
        with pytest.raises(Refused, match=words):
            files.look_through("unit", "x", rows, since=TODAY, rest=False, by=GUAN, now=MONDAY)
    looked("limit", exported("limit"))
    assert staging.sweep(MONDAY) == 0
    assert staging.sweep(MONDAY.replace(hour=11)) == 1


def test_files_that_are_none(db: Clone) -> None:
    names = Names(rules_store.current())
    for name, content, words in (
        ("时限.docx", b"x", "不是能导入的格式"),
        ("时限.xlsx", b"not a workbook", "“时限.xlsx”不是完好的 .xlsx 文件"),
        ("时限.csv", b"a,b\n1,2\n", "没有找到“时钟、诉求类型、紧急程度”这一列"),
        ("时限.csv", b"", "“时限.csv”是空的"),
        ("时限.json", b"{", "不是完好的 JSON（第 1 行）"),
        ("时限.json", b"\xff\xfe", "不是完好的 JSON，"),
        ("时限.json", b'{"kind": "unit", "items": []}', "这个文件是“unit”的，不是“时限”的"),
        ("时限.json", b'{"items": 5}', "要有 items 列表"),
        ("时限.xlsx", b"x" * (city_files.MOST_BYTES + 1), "超过 10 MB"),
    ):
        with pytest.raises(FileProblem) as caught:
            city_files.read(KINDS["limit"], name, content, names)
        assert words in caught.value.message


def test_json_is_read_with_the_same_care(db: Clone) -> None:
    def wrong(kind: str, items: str) -> list[tuple[int, str, str]]:
        return faults(looked(kind, items.encode(), "x.json"))

    head = '{"clock": "ruling", "kind": "*", "urgency": "*"'
    assert wrong("limit", f'[5, {head}, "limit": "2 天", "colour": 1}}, {head}, "limit": {{}}}}]') == [
        (1, "", "不是一个对象，请写成 {…}"),
        (2, "colour", "没有这一项"),
        (3, "时限", "取值的形式不对，请照导出的文件写"),
    ]
    assert wrong("matter", '[{"code": "03.06", "keywords": "词", "kinds": {"a": 1}, "parent": "03"}]') == [
        (1, "常见类型", "取值的形式不对，请照导出的文件写")
    ]
    assert wrong("catalog", '[{"matter": "03.06", "season": "冬"}]') == [(1, "", "法定程序、季节要写成对象")]
    assert wrong("staff", '[{"login": "a1", "name": "人", "roles": [["agent", "CENTER"]]}]') == []
    assert wrong("declared", '[{"id": "D1", "begins": "明天"}]')[0][1:] == ("从", "取值的形式不对，请照导出的文件写")


def test_computed_cells_slipped_columns_and_other_columns(db: Clone) -> None:
    head, *body = rows_of(exported("limit"))
    computed = written([[*head, "备注"], [*body[0], "自己的"]], {(1, 3): "=1+1"})
    found = city_files.read(KINDS["limit"], "x.xlsx", computed, Names(rules_store.current()))
    assert found.ignored == ["备注"]
    assert found.rows[0].wrong == {"": "“时限”是公式算出来的。请复制后“选择性粘贴”为数值再导入"}
    text = "时钟,诉求类型,紧急程度,时限\n受理,不限,不限,2 小时,多了\n受理,不限,\udcff,2 小时\n"
    slipped = text.encode("utf-8", "surrogateescape")
    rows = city_files.read(KINDS["limit"], "x.csv", slipped, Names(rules_store.current())).rows
    assert rows[0].wrong == {"": "有 5 列，表头是 4 列，请把列对齐"}
    assert rows[1].wrong == {"urgency": "有无法识别的字，请改成正确的文字"}
