"""What a check says of changes that were carried out and will be undone: in counts and words, by kind.

It reads within the transaction in which the changes stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain import person_requests, words
from jiesu.domain.administration import catalog, cells
from jiesu.domain.administration import effects as domain
from jiesu.domain.administration.effects import Effect
from jiesu.domain.administration.kinds import BETWEEN, KINDS, LIMIT_CLOCKS, SIZES, UNIT_KINDS, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.params import OFFICE
from jiesu.domain.clocks import Limit, due_words, scale
from jiesu.domain.duties import LOCAL
from jiesu.domain.order import moment
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import person_requests as person_requests_store
from jiesu.store.administration import shelves, weighing
from jiesu.store.administration.weighing import Manned
from jiesu.workflow.administration.enact import Act, Enacted
from jiesu.workflow.administration.wanted import Wanted, holds_from, today_of

SPAN: Final = f"最近 {weighing.DAYS} 天"
_MOST_ALONE: Final = 8
"""How many changes at once are still told one by one."""
_MOST_CLOCKS: Final = 4


@dataclass(frozen=True, slots=True)
class Before:
    """How the city stood before the changes, where what stands in the tables afterwards does not tell."""

    manned: Mapping[str, Manned] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What an effect is found from."""

    acts: Sequence[Act]
    done: Enacted
    before: Before
    at: datetime
    now: datetime

    @property
    def names(self) -> Names:
        return Names(self.done.new)


def stood_for(wanted: Sequence[Wanted], now: datetime) -> Before:
    """What has to be looked at before the changes are carried out."""
    logins = [one.key for one in wanted if one.kind == "staff" and one.key]
    if not logins:
        return Before()
    units = {str(role[1]) for one in shelves.of("staff").some(logins).values() for role in one["roles"]}
    return Before({one.unit: one for one in weighing.manned(sorted(units), now)})


def of(done: Enacted, before: Before, now: datetime) -> list[Effect]:
    """Everything worth knowing, kind by kind; the gravest first."""
    found: list[Effect] = []
    for kind in dict.fromkeys(act.wanted.kind for act in done.acts):
        acts = [act for act in done.acts if act.wanted.kind == kind]
        look = Look(acts, done, before, max(holds_from(act.wanted, now) for act in acts), now)
        if len(acts) > 1:
            found.append(_counted(kind, acts))
        found += _OF[kind](look)
    found += _new_problems(done, now)
    return sorted(found, key=lambda one: not one.heed)


def _counted(kind: str, acts: Sequence[Act]) -> Effect:
    new = sum(act.before is None for act in acts)
    gone = sum(act.off for act in acts)
    zh = KINDS[kind]
    parts = ((new, "新增"), (len(acts) - new - gone, "修改"), (gone, "停用或去掉"))
    said = "，".join(f"{word} {n:,} {zh.measure}" for n, word in parts if n)
    return Effect(zh.zh, f"一共 {len(acts):,} {zh.measure}：{said}。")


def _new_problems(done: Enacted, now: datetime) -> list[Effect]:
    """What would be wrong in the catalog that is not now. Grave things were refused before."""
    today = today_of(now)
    was = set(catalog.problems(done.old, today))
    new = [one for one in catalog.problems(done.new, today) if one not in was]
    bare = sorted(set(catalog.uncovered(done.new, today)) - set(catalog.uncovered(done.old, today)))
    names, found = Names(done.new), []
    if new:
        rows = tuple((names.matter(one.matter), names.region(one.region), one.said) for one in new[:_MOST_ALONE])
        found.append(Effect("目录里的毛病", f"会多出 {len(new)} 处：", ("事项", "区域", "毛病"), rows, heed=True))
    if bare:
        said = "、".join(names.matter(one) for one in bare[:_MOST_ALONE])
        found.append(
            Effect("没有条目的事项", f"{len(bare)} 个事项目录里没有条目，只能由派单员指定：{said}。", heed=True)
        )
    return found


# -- by kind


def _units(look: Look) -> list[Effect]:
    found: list[Effect] = []
    codes = [act.key for act in look.acts]
    manned = {one.unit: one for one in weighing.manned(codes, look.now)}
    for act in look.acts[:_MOST_ALONE]:
        found += _unit(look, act, manned[act.key])
    return found


def _unit(look: Look, act: Act, who: Manned) -> list[Effect]:
    name = look.done.new.unit_name(act.key)
    lead, assist = domain.catalog_lines(look.done.new, act.key, look.at)
    if act.before is None:
        return [
            _unmanned(name, who),
            Effect(name, "目录里还没有它牵头的条目：要派给它的事项，保存后到“派单目录”里改。"),
        ]
    legs = weighing.open_legs(act.key)
    people = weighing.staff_of([act.key])
    said = (
        f"在办 {legs[0]:,} 件牵头、{legs[1]:,} 件配合；目录 {lead:,} 条牵头、{assist:,} 条配合；{people:,} 人有角色。"
    )
    found = [Effect(name, said)]
    if act.off:
        said = f"{people:,} 人在这里的角色从此不起作用；历史工单和报表照旧显示“{name}”。"
        found.append(Effect(name, said, heed=bool(people)))
    elif act.after is not None and act.before["short"] != act.after["short"]:
        found.append(Effect(name, f"各处的“{act.before['short']}”都改称“{name}”，历史工单也是。"))
    if _group(act.before) != _group(act.after):
        said = f"从生效日起在“{_group(act.after)}”组里比较；以前的时限日、已公布的数字不变。"
        found.append(Effect(name, said))
    if not act.off and not (who.leaders and who.clerks and who.shifts):
        found.append(_unmanned(name, who))
    return found


def _group(unit: Thing | None) -> str:
    """Among whom a unit is compared in the assessment (domain.md §6, Fairness)."""
    held = unit or {}
    return f"{UNIT_KINDS.get(held.get('kind', ''), '')}·{SIZES.get(held.get('group_size', ''), '')}"


def _unmanned(name: str, who: Manned) -> Effect:
    lacks = [zh for n, zh in ((who.clerks, "联络员"), (who.leaders, "单位领导"), (who.shifts, "值班表")) if not n]
    return Effect(name, f"还没有{'、'.join(lacks)}：派给它的工单没有人签收、批准，紧急工单只能打值班电话。", heed=True)


def _staff(look: Look) -> list[Effect]:
    """Who loses what, and which units are left without somebody who signs or approves."""
    found = [one for act in look.acts[:_MOST_ALONE] for one in _person(look, act)]
    now = {one.unit: one for one in weighing.manned(sorted(look.before.manned), look.now)}
    for code, was in look.before.manned.items():
        for zh, n, left in (("联络员", was.clerks, now[code].clerks), ("单位领导", was.leaders, now[code].leaders)):
            if n and not left:
                name = look.done.new.unit_name(code)
                found.append(Effect(name, f"{name}就没有{zh}了，派给它的工单没有人办。请先另设一位。", heed=True))
    return found


def _person(look: Look, act: Act) -> list[Effect]:
    before, after = act.before, act.after or {}
    if before is None:
        return [Effect(after["name"], "保存后给他一个一次性密码，只显示一次，首次登录要换成自己的。")]
    if act.off:
        return [Effect(after["name"], "马上退出登录，再也不能登录；办过的记录照旧写着他的名字。", heed=True)]
    gone = [role for role in before["roles"] if role not in after["roles"]]
    came = [role for role in after["roles"] if role not in before["roles"]]
    parts = [(word, cells.role_words(roles, look.names)) for word, roles in (("去掉", gone), ("加上", came))]
    said = "；".join(f"{word} {said}" for word, said in parts if said)
    return [Effect(after["name"], f"{said}。下一次点开页面就按新的角色。", heed=bool(gone))] if said else []


def _matters(look: Look) -> list[Effect]:
    found = []
    for act in look.acts[:_MOST_ALONE]:
        name = look.names.matter(act.key)
        duty = look.done.new.catalog.find(act.key, "*", look.done.new.day(look.at))
        if act.before is None:
            lead = look.names.lead(duty.lead) if duty else ""
            said = f"按上级事项的条目由{lead}牵头" if duty else "目录里没有条目，只能由派单员指定"
            found.append(Effect(name, f"{said}；要改到“派单目录”里加一条。", heed=duty is None))
            continue
        held, lately = weighing.open_of_matters([act.key], look.now), weighing.lately_of_matters([act.key], look.now)
        said = f"在办 {held:,} 件、{SPAN}登记 {lately:,} 件属于它（含下级）。"
        said += "停用后不能再选，在办的照办，历史照旧。" if act.off else "在办的不变，以后登记的按新的。"
        found.append(Effect(name, said, heed=act.off and bool(lately)))
    return found


def _regions(look: Look) -> list[Effect]:
    return domain.rerouted(look.done.old, look.done.new, weighing.demands([], look.now), look.at, SPAN)


def _lines(look: Look) -> list[Effect]:
    matters = sorted({act.key.split(BETWEEN)[0] for act in look.acts})
    found = domain.rerouted(look.done.old, look.done.new, weighing.demands(matters, look.now), look.at, SPAN)
    held = weighing.open_of_matters(matters, look.now)
    found.append(Effect("在办工单", f"这些事项在办 {held:,} 件，牵头单位和时限都不变。"))
    leads = sorted({act.after["lead"] for act in look.acts if act.after is not None} - {LOCAL})
    for who in weighing.manned(leads, look.now):
        if not (who.leaders and who.clerks and who.shifts):
            found.append(_unmanned(look.done.new.unit_name(who.unit), who))
    return found


def _limits(look: Look) -> list[Effect]:
    clocks = list(dict.fromkeys(act.key.split(BETWEEN)[0] for act in look.acts))
    found = [one for clock in clocks[:_MOST_CLOCKS] for one in _clock(look, clock)]
    kept = {clock for clock, _, _ in look.done.new.limits()}
    bare = [LIMIT_CLOCKS[clock] for clock in clocks if clock not in kept]
    if bare:
        found.append(
            Effect("不再计时", f"“{'、'.join(bare)}”一条时限也没有了，以后不计时、不提醒、不催办。", heed=True)
        )
    return found


def _clock(look: Look, clock: str) -> list[Effect]:
    old, new, zh = look.done.old, look.done.new, LIMIT_CLOCKS[clock]
    found = []
    if clock in weighing.CLOCKS:
        found.append(domain.retimed(old, new, clock, zh, weighing.runs(clock, [], look.now), look.at, look.now, SPAN))
    if clock in ("handle", "acknowledge", "first_contact", "interim"):
        found.append(Effect("在办工单", f"正在计“{zh}”时限的 {weighing.running(clock):,} 件已经定了到期时间，不变。"))
    told = domain.example(old, new, clock, _SORTS, look.at)
    return [*found, _in_words(told)] if told else found


_SORTS: Final = tuple((kind, urgency) for kind in ("help", "consultation") for urgency in words.URGENCIES)


def _in_words(told: Effect) -> Effect:
    rows = tuple((words.KINDS[kind], words.URGENCIES[urgency], *said) for kind, urgency, *said in told.rows)
    return Effect(told.title, told.said, told.head, rows)


def _calendar(look: Look) -> list[Effect]:
    orders, total = weighing.open_orders(look.now)
    return [domain.recounted(look.done.new, orders, total, look.now), *_years(look)]


def _years(look: Look) -> list[Effect]:
    """How many working days each month of the years concerned would have."""
    found = []
    for year in sorted({int(act.key[:4]) for act in look.acts if act.key[:4].isdecimal()}):
        rows = []
        for month in range(1, 13):
            pair = [_worked(rules.calendar, year, month) for rules in (look.done.old, look.done.new)]
            if pair[0] != pair[1]:
                rows.append((f"{month} 月", *(f"{n} 天" for n in pair)))
        said = f"{year} 年变化的月份：" if rows else f"{year} 年每月的工作日数都不变。"
        found.append(Effect("工作日", said, ("月份", "现在", "以后") if rows else (), tuple(rows)))
    return found


def _worked(calendar: Any, year: int, month: int) -> int:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return sum(calendar.is_workday(date.fromordinal(n)) for n in range(first.toordinal(), after.toordinal()))


def _declared(look: Look) -> list[Effect]:
    found = []
    for act in look.acts:
        thing = act.after or act.before or {}
        begins, ends = (moment(thing[name]).astimezone(CITY_ZONE) for name in ("begins", "ends"))
        # Deep enough inside that its limits show.
        at = max(begins, look.now)
        for clock in [one for one in thing["clocks"] if one in weighing.CLOCKS][:_MOST_CLOCKS]:
            runs = weighing.runs(clock, [], look.now)
            zh = LIMIT_CLOCKS[clock]
            found.append(domain.retimed(look.done.old, look.done.new, clock, zh, runs, at, look.now, SPAN))
        span = f"{begins:%m-%d %H:%M} 到 {ends:%m-%d %H:%M}"
        said = "撤销后公告也撤下。" if act.after is None else "公告马上挂到公开页面，各工作台顶上也写着。"
        found.append(
            Effect(str(thing["name"]), f"只放宽 {span} 开始计时的一般工单；紧急、特急和已经在计时的不变。{said}")
        )
    return found


def _texts(look: Look) -> list[Effect]:
    return [Effect("文本", "以后办理时用新的；已经写进工单、告知过的话不变。")]


def _params(look: Look) -> list[Effect]:
    found: list[Effect] = []
    for act in look.acts[:_MOST_ALONE]:
        found += _PARAM.get(act.key, _plain)(look, act)
    return found


def _plain(look: Look, act: Act) -> list[Effect]:
    return [Effect("从那时起", "以后的动作和提醒按新的；已经定下的到期时间不变。")]


def _by_example(look: Look, act: Act) -> list[Effect]:
    told = domain.example(look.done.old, look.done.new, "handle", _SORTS, look.at)
    return [*([_in_words(told)] if told else []), *_plain(look, act)]


def _amber(look: Look, act: Act) -> list[Effect]:
    """When an order of five working days begun now would turn amber."""
    limit = Limit(5, "work_day")
    was, now = (due_words(rules.ends(limit, look.now)[1], look.now) for rules in (look.done.old, look.done.new))
    said = f"现在开始的 {limit.zh()}，原来{was.removesuffix('前')}变黄，以后{now.removesuffix('前')}变黄。"
    return [Effect("举例", said), *_plain(look, act)]


def _assisting(look: Look, act: Act) -> list[Effect]:
    """The limit of an assisting unit where the lead has five working days."""
    limit = Limit(5, "work_day")
    was, now = (scale(limit, rules.params["assist_part"]).zh() for rules in (look.done.old, look.done.new))
    return [Effect("举例", f"牵头单位 {limit.zh()}的，配合单位原来 {was}，以后 {now}。"), *_plain(look, act)]


def _recordings(look: Look, act: Act) -> list[Effect]:
    """Recordings are destroyed by themselves once they are due: nobody gets them back."""
    since = person_requests.kept_since(look.done.new.params, "keep_recordings", look.now)
    if since is None:
        return [Effect("录音", "一直保存，不自动删除。")]
    n = person_requests_store.recordings_due(since)[0]
    said = f"{since.astimezone(CITY_ZONE):%Y-%m-%d} 以前的录音到期，现有 {n:,} 段，生效后 15 分钟内自动删除，不能恢复。"
    return [Effect("录音", said, heed=bool(n))]


def _office(look: Look, act: Act) -> list[Effect]:
    orders, total = weighing.open_orders(look.now)
    return [domain.recounted(look.done.new, orders, total, look.now), *_by_example(look, act)]


def _so_far(column: str, zh: str) -> Callable[[Look, Act], list[Effect]]:
    def told(look: Look, act: Act) -> list[Effect]:
        n = weighing.open_with(column, int((act.after or {})["value"]))
        return [Effect("在办工单", f"已经到这个次数的在办工单有 {n:,} 件，下一次{zh}时才看。"), *_plain(look, act)]

    return told


def _kinds(look: Look, act: Act) -> list[Effect]:
    return [*_regions(look), *_plain(look, act)]


_PARAM: Final[Mapping[str, Callable[[Look, Act], list[Effect]]]] = {
    OFFICE: _office,
    "count_start_day": _by_example,
    "keep_recordings": _recordings,
    "amber_part": _amber,
    "assist_part": _assisting,
    "chase_warning": _so_far("chases", "催单"),
    "hard_case_reworks": _so_far("reworks", "重办"),
    "handling_kinds": _kinds,
}
_OF: Final[Mapping[str, Callable[[Look], list[Effect]]]] = {
    "unit": _units,
    "staff": _staff,
    "matter": _matters,
    "region": _regions,
    "catalog": _lines,
    "limit": _limits,
    "day": _calendar,
    "year": _calendar,
    "declared": _declared,
    "text": _texts,
    "script": _texts,
    "param": _params,
}
