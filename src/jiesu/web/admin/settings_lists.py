"""Lists of what a city sets: limits, declared events, texts, scripts, parameters. One statement each."""

from __future__ import annotations

from jiesu.domain import words
from jiesu.domain.administration import param_cells
from jiesu.domain.administration.kinds import ANY, KINDS, LIMIT_CLOCKS, TEXT_LISTS
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.params import GROUPS, PARAMS
from jiesu.domain.administration.things import written
from jiesu.domain.clocks import Limit
from jiesu.domain.order import moment
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store.administration import shelves
from jiesu.web.admin.rows import STATES, Asked, Row, Shown, fits, one, short


def limits(asked: Asked) -> Shown:
    clocks, clock = list(LIMIT_CLOCKS.items()), asked.one_of("clock", list(LIMIT_CLOCKS.items()))
    kinds, urgencies = {**ANY, **words.KINDS}, {**ANY, **words.URGENCIES}
    order = list(LIMIT_CLOCKS)
    held = sorted(
        shelves.of("limit").every().items(),
        key=lambda pair: (order.index(pair[1]["clock"]) if pair[1]["clock"] in order else 99, pair[0]),
    )
    rows = []
    for key, thing in held:
        zh = LIMIT_CLOCKS.get(thing["clock"], thing["clock"])
        said = (
            zh,
            kinds.get(thing["kind"], ""),
            urgencies.get(thing["urgency"], ""),
            Limit.from_doc(thing["limit"]).zh(),
        )
        if clock in ("", thing["clock"]) and fits(asked.q, *said):
            rows.append(Row(one("limit", key), said))
    note = "同一个时钟先看紧急程度，再看诉求类型，最后看“不限”。办理时限以派单目录写的为先；特急以特急的为先。"
    filters = [("clock", "时钟", [("", "时钟不限"), *clocks], clock)]
    return Shown(("时钟", "诉求类型", "紧急程度", "时限"), rows, len(rows), filters, note=note)


def declared(asked: Asked) -> Shown:
    rows = []
    held = sorted(shelves.of("declared").every().items(), key=lambda pair: pair[1]["begins"], reverse=True)
    for key, thing in held:
        begins, ends = moment(thing["begins"]), moment(thing["ends"])
        state = "进行中" if begins <= asked.now < ends else "未开始" if asked.now < begins else "已结束"
        said = (
            str(thing["name"] or key),
            f"{begins.astimezone(CITY_ZONE):%Y-%m-%d %H:%M} 到 {ends.astimezone(CITY_ZONE):%m-%d %H:%M}",
            "、".join(LIMIT_CLOCKS.get(clock, clock) for clock in thing["clocks"]),
            f"{thing['factor']:g} 倍",
            str(thing["basis"]),
        )
        if fits(asked.q, *said):
            rows.append(Row(one("declared", key), said, tag=state, off=asked.now >= ends))
    note = "特殊时期里开始计时的一般工单放宽时限；紧急、特急和已经在计时的不变。公告在登录页下方公开。"
    return Shown(("名称", "时间", "放宽的时限", "放宽到", "依据"), rows, len(rows), note=note)


def texts(asked: Asked) -> Shown:
    lists = list(TEXT_LISTS.items())
    chosen, state = asked.one_of("list", lists), asked.one_of("state", STATES, "on")
    rows = []
    for key, thing in shelves.of("text").every().items():
        said = (
            TEXT_LISTS.get(thing["list"], thing["list"]),
            f"{thing['name']} {thing['code']}",
            short(str(thing["text"])),
        )
        shown = fits(asked.q, *said[:2], thing["text"]) and chosen in ("", thing["list"])
        if shown and state in ("all", "on" if thing["active"] else "off"):
            rows.append(Row(one("text", key), (*said, thing["door"]), off=not thing["active"]))
    filters = [("list", "列表", [("", "列表不限"), *lists], chosen), ("state", "状态", STATES, state)]
    return Shown(("列表", "名称", "文字", "应走的渠道"), rows, len(rows), filters)


def scripts(asked: Asked) -> Shown:
    kind, names = KINDS["script"], Names(asked.rules)
    rows = []
    for key, thing in shelves.of("script").every().items():
        said = written(kind, thing, names)
        if fits(asked.q, *said.values()):
            rows.append(Row(one("script", key), (said["which"], f"{len(thing['lines'])} 句", short(thing["lines"][0]))))
    return Shown(("用在", "句数", "第一句"), rows, len(rows))


def params(asked: Asked) -> Shown:
    groups = [(group, group) for group in GROUPS]
    chosen = asked.one_of("group", groups)
    rows = []
    for key, thing in shelves.of("param").every().items():
        param = PARAMS[key]
        said = (param.zh, param_cells.written(param, thing["value"]) or "不设", param.bounds or param.unit, param.said)
        if fits(asked.q, *said, param.group) and chosen in ("", param.group):
            rows.append(Row(one("param", key), (said[0], param.group, *said[1:])))
    filters = [("group", "分组", [("", "分组不限"), *groups], chosen)]
    return Shown(("参数", "分组", "现在是", "单位和范围", "说明"), rows, len(rows), filters)
