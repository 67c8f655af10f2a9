"""The draft of a bulletin: contents of domain.md §6, every figure from the board of its window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from jiesu.assessment import board
from jiesu.assessment.board import Board, Line, Shown, group_name
from jiesu.assessment.bulletin.content import Bar, Block, Bulletin, Chart, Heading, Para, Table, written
from jiesu.domain import standing
from jiesu.domain.bulletins import HINTS, SECTIONS
from jiesu.domain.profiles import RateRule
from jiesu.domain.rules import Rules
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import bulletin_facts, figures
from jiesu.store import rules as rules_store

TOP = 10
CENTRE = (
    "transfer", "misdispatch", "review_on_time", "callback_on_time", "ruling_on_time", "return_on_time",
    "valid_callback", "direct_answer", "connect", "answer_15s",
)  # fmt: skip
_MAIN = ("response", "first_contact", "closure", "on_time", "resolution", "satisfaction")


class Ledger(dict[str, str]):
    """Every figure that may stand in the words of a bulletin, by name."""

    def put(self, name: str, value: object) -> str:
        """A figure under a name of its own, as it stands in a text."""
        held = self.setdefault(name, str(value))
        if held != str(value):
            raise ValueError(f"two figures are called {name}: {held} and {value}")
        return f"{{{name}}}"

    def share(self, name: str, share: standing.Share) -> str:
        """A share with what it was counted from: 99.85%（77,794/77,911）."""
        percent, _, counted = share.words().partition("（")
        return f"{self.put(name, percent)}（{self.put(f'{name}·件数', counted.removesuffix('）'))}）"


def draft(window: Window, *, texts: Mapping[str, str], now: datetime, live: bool = False) -> Bulletin:
    """The bulletin of a window as it would be printed now. ``texts``: people's own words by section.

    Figures are those that were published where the window is frozen; else the stage says that they are not. Some forty
    statements, each bounded by the window.
    """
    return written(base(window, now=now, live=live), texts)


def base(window: Window, *, now: datetime, live: bool = False) -> Bulletin:
    """The bulletin before anybody wrote to it: its paragraphs with the names of figures in them, and the figures."""
    rules = rules_store.current()
    boards = {
        by: board.board(window, by=by, live=live) for by in ("unit", "matter", "region", "channel", "kind", "joint")
    }
    unit = boards["unit"]
    held = unit.published
    stage = held.zh if held else "未定稿"
    said = (
        f"数据于 {_when(held.at)} 定稿，摘要 {held.inputs[:16]}，口径 {unit.profile.zh}第 {unit.profile.version} 版"
        if held
        else f"数据截至 {_when(unit.filled_at or now)}，尚未定稿，口径 {unit.profile.zh}第 {unit.profile.version} 版"
    )
    made = Bulletin(
        city=f"{_city(rules)}接诉即办工作",
        signed=rules.units[str(rules.params["centre"])].name
        if str(rules.params["centre"]) in rules.units
        else _city(rules),
        title=f"{window.zh}接诉即办工作情况通报",
        issue=f"{window.zh}",
        date=f"{_local(now):%Y年%-m月%-d日}",
        stage=stage,
        foot=said,
    )
    told = Ledger()
    for rule in unit.profile.rates:
        if rule.code in unit.total:
            _rate(rule, unit, told)
    made.blocks += [*_volume(window, boards, told), *_rates(unit, told), *_joint(window, boards["joint"], unit, told)]
    made.blocks += [*_late(window, unit, rules, told), *_centre(unit)]
    made.blocks += [*_topics(boards["matter"], boards["region"], window, told)]
    made.blocks += [*_cases(window, rules, told), *_problems(boards["matter"], told)]
    _complete(made.blocks)
    made.annexes += [*_annexes(boards)]
    made.figures = dict(told)
    return made


def _said(section: str, template: str = "") -> Para:
    """A paragraph that people may rewrite; without words it is not printed until somebody writes some."""
    return Para("", section, template=template)


def _complete(blocks: list[Block]) -> None:
    """A section of which the window says nothing has its place too, so that no words written to it are ever lost."""
    last = 0
    for section in SECTIONS:
        held = next((at for at, one in enumerate(blocks) if isinstance(one, Para) and one.section == section), None)
        if held is None:
            blocks.insert(last + 1, _said(section))
        last = last + 1 if held is None else held


def _city(rules: Rules) -> str:
    """The city's name: its parameter, else what its highest region is called."""
    highest = next((str(one["name"]) for one in rules.regions.values() if not one.get("parent")), "")
    return str(rules.params.get("city_name") or highest or "本市")


# -- 1 volumes


def _volume(window: Window, boards: Mapping[str, Board], told: Ledger) -> Iterator[Block]:
    yield Heading("总体情况")
    total = boards["unit"].total.get("dispatched")
    if total is None:
        yield _said("volume", f"{window.zh}没有受理诉求。")
        return
    direct = boards["unit"].total.get("direct_answer")
    said = (
        f"{window.zh}共受理各类诉求 {told.put('受理量', f'{total.share.n:,}')} 件{_counts(total, window, told)}；"
        f"派给承办单位 {told.put('派单量', f'{total.share.good:,}')} 件"
    )
    if direct:
        rate = told.share(boards["unit"].profile.rate("direct_answer").zh, direct.share)
        said += f"，热线直接答复 {told.put('直接答复量', f'{direct.share.good:,}')} 件，直接答复率 {rate}"
    yield _said("volume", f"{said}。")
    yield _volume_table("按渠道", boards["channel"], total)
    yield _volume_table("按类型", boards["kind"], total)


def _counts(shown: Shown, window: Window, told: Ledger) -> str:
    """How the number of cases changed, in words."""
    parts = []
    for name, than, before in (
        ("较上期", window.before, shown.before),
        ("较上年", window.year_before, shown.year_before),
    ):
        if before is not None and before.n:
            change = standing.rounded(Decimal(100 * (shown.share.n - before.n)) / before.n)
            figure = told.put(f"受理量·{name}", f"{abs(change)}%")
            parts.append(f"较{than.zh}{'增加' if change >= 0 else '减少'} {figure}")
    return f"（{'，'.join(parts)}）" if parts else ""


def _volume_table(title: str, found: Board, total: Shown) -> Table:
    lines = sorted(
        (line for line in found.lines if "dispatched" in line.shown),
        key=lambda one: (-one.shown["dispatched"].share.n, one.code),
    )
    rows = [
        [
            line.name or "未标明",
            f"{line.shown['dispatched'].share.n:,}",
            f"{_part(line.shown['dispatched'].share.n, total.share.n)}%",
            f"{line.shown['dispatched'].share.good:,}",
            _growth(line.shown["dispatched"].share.n, line.shown["dispatched"].before),
        ]
        for line in lines
    ]
    return Table(f"受理量（{title}）", [title[1:], "件数", "占比", "派单", "环比"], rows, (3, 1.4, 1.4, 1.4, 1.6))


def _part(some: int, whole: int) -> Decimal:
    return standing.rounded(Decimal(100 * some) / whole) if whole else Decimal(0)


def _growth(count: int, before: standing.Share | None) -> str:
    if before is None or not before.n:
        return "—"
    change = standing.rounded(Decimal(100 * (count - before.n)) / before.n)
    return f"{change:+}%"


# -- 2 the rates


def _chosen(found: Board) -> list[RateRule]:
    wanted = [*dict.fromkeys((*found.profile.main, *_MAIN))]
    held = {rule.code: rule for rule in found.profile.rates}
    return [held[code] for code in wanted if code in held and held[code].metric.owner == "unit"]


def _rates(found: Board, told: Ledger) -> Iterator[Block]:
    rules = _chosen(found)
    yield Heading("三率情况")
    yield _said("rates", "；".join(_rate(rule, found, told) for rule in rules if rule.code in found.total) + "。")
    for group, held in found.groups().items():
        lines = [line for line in held if line.code and any(rule.code in line.shown for rule in rules)]
        if lines:
            yield Heading(group_name(group), 2)
            yield _group_table(group, lines, rules, found)
    last = rules[-1]
    bars = [
        Bar(line.name, float(one.share.percent or 0), one.share.words(), soft=not one.place.enough)
        for line in sorted(found.lines, key=lambda held: _order(held, last.code))
        if (one := line.shown.get(last.code)) and line.code and one.place.enough
    ]
    if bars:
        yield Chart(f"{found.window.zh}各单位{last.zh}（样本不足的不列）", bars)
    yield from _lists(found, rules, told)


def _order(line: Line, code: str) -> tuple[Decimal, str]:
    one = line.shown.get(code)
    return (-(one.share.percent or Decimal(0)) if one else Decimal(1), line.code)


def _rate(rule: RateRule, found: Board, told: Ledger) -> str:
    one = found.total[rule.code]
    said = f"{rule.zh} {told.share(rule.zh, one.share)}"
    if one.change is not None:
        said += f"，较上期 {told.put(f'{rule.zh}·较上期', f'{one.change:+}')} 个百分点"
    if one.year_change is not None:
        said += f"，较上年同期 {told.put(f'{rule.zh}·较上年', f'{one.year_change:+}')} 个百分点"
    mean = found.means.get(rule.code)
    if mean is not None:
        said += f"，单位平均 {told.put(f'{rule.zh}·单位平均', f'{mean}%')}"
    if one.share.part:
        part = f"基本{'满意' if 'satis' in rule.code else '解决'}占"
        said += f"（其中{part} {told.put(f'{rule.zh}·{part}', f'{one.share.mostly}%')}）"
    return said


def _group_table(group: str, lines: Sequence[Line], rules: Sequence[RateRule], found: Board) -> Table:
    main = next((rule.code for rule in rules if rule.code in found.profile.main), rules[0].code)
    ordered = sorted(
        lines, key=lambda line: (line.shown[main].place.place or 999 if main in line.shown else 1000, line.code)
    )
    rows = [[line.name, *(_cell(line.shown.get(rule.code)) for rule in rules)] for line in ordered]
    return Table(
        f"{group_name(group)}各单位指标", ["单位", *(rule.zh for rule in rules)], rows, (2.2, *([1.6] * len(rules)))
    )


def _cell(one: Shown | None, *, ranked: bool = True) -> str:
    """A figure in a table: per cent; beneath it what it was counted from, and its place in the group if it has one."""
    if one is None or one.share.percent is None:
        return "—"
    counted = f"{one.share.good + one.share.part:,}/{one.share.n:,}"
    if not one.place.enough:
        return f"样本不足\n{counted}"
    place = f"，第 {one.place.place}" if ranked and one.place.place else ""
    return f"{one.share.percent}%\n{counted}{place}"


def _lists(found: Board, rules: Sequence[RateRule], told: Ledger) -> Iterator[Block]:
    units = [line for line in found.lines if line.code]
    full = {
        rule.zh: standing.best(
            {line.name: line.shown[rule.code].share for line in units if rule.code in line.shown},
            least=found.profile.min_sample,
        )
        for rule in rules
    }
    said = "；".join(f"{zh}满分的有{'、'.join(names)}" for zh, names in full.items() if names)
    yield _said("full", f"满分榜：{told.put('满分榜', said or '无')}。")
    counted = sorted(
        ((line.name, line.shown["dispatched"].share.good) for line in units if "dispatched" in line.shown),
        key=lambda one: (-one[1], one[0]),
    )[:TOP]
    whole = found.total["dispatched"].share.good if "dispatched" in found.total else 0
    most = "、".join(f"{name} {count:,} 件（占 {_part(count, whole)}%）" for name, count in counted if count)
    yield _said("most", f"承办件数居前的单位：{told.put('承办居前', most or '无')}。")


# -- joint orders


def _joint(window: Window, found: Board, unit: Board, told: Ledger) -> Iterator[Block]:
    yield Heading("多单位联办")
    lines = {line.code: line for line in found.lines}
    share = unit.total.get("joint")
    if share is None or not share.share.good:
        yield _said("joint", "本期没有多单位联办的工单。")
        return
    medians = bulletin_facts.median_days(window)
    joint = told.put(unit.profile.rate("joint").zh, f"{share.share.percent}%")
    parts = [f"多单位联办 {told.put('联办量', f'{share.share.good:,}')} 件，占派单的 {joint}"]
    if "joint" in medians and "single" in medians:
        days = [
            told.put(f"{name}办结天数", f"{medians[kind][1]:.1f}")
            for kind, name in (("joint", "联办"), ("single", "单办"))
        ]
        parts.append(f"办结中位数 {days[0]} 天，单一单位 {days[1]} 天")
    for code in ("on_time", "satisfaction"):
        zh = unit.profile.rate(code).zh
        both = [
            told.share(f"{name}{zh}", lines[kind].shown[code].share)
            for kind, name in (("joint", "联办"), ("single", "单办"))
            if kind in lines and code in lines[kind].shown
        ]
        if len(both) == 2:
            parts.append(f"{zh} {both[0]}，单一单位 {both[1]}")
    yield _said("joint", "；".join(parts) + "。")
    slow = sorted(
        (line for line in unit.lines if line.code and (one := line.shown.get("assist_on_time")) and one.place.enough),
        key=lambda line: (line.shown["assist_on_time"].share.percent or Decimal(0), line.code),
    )[:5]
    said = "、".join(f"{line.name} {line.shown['assist_on_time'].share.words()}" for line in slow)
    yield _said("slow_legs", f"配合环节按时率较低的单位：{told.put('配合较慢', said)}。" if slow else "")


# -- 3 late, returned, longest open


def _late(window: Window, found: Board, rules: Rules, told: Ledger) -> Iterator[Block]:
    yield Heading("超期、退单和久拖")
    late = found.total.get("overdue")
    if late:
        yield _said(
            "late",
            f"办理时限落在本期的 {told.put('应办量', f'{late.share.n:,}')} 件中，超期"
            f" {told.put('超期量', f'{late.share.good:,}')} 件，超期率"
            f" {told.share(found.profile.rate('overdue').zh, late.share)}。",
        )
        rows = [
            [line.name, f"{one.share.good:,}", f"{one.share.n:,}", f"{one.share.percent}%"]
            for line in sorted(found.lines, key=lambda held: (-_good(held, "overdue"), held.code))[:TOP]
            if line.code and (one := line.shown.get("overdue")) and one.share.good
        ]
        if rows:
            yield Table("超期较多的单位", ["单位", "超期", "应办", "超期率"], rows, (3, 1, 1, 1))
    back = found.total.get("return")
    if back:
        said = "、".join(
            f"{line.name} {line.shown['return'].share.good} 件"
            for line in sorted(found.lines, key=lambda held: (-_good(held, "return"), held.code))[:5]
            if line.code and _good(line, "return")
        )
        most = f"，较多的是 {told.put('退单较多', said)}" if said else ""
        rate = told.share(found.profile.rate("return").zh, back.share)
        yield _said("returns", f"申请退单 {told.put('退单量', f'{back.share.good:,}')} 件，退单率 {rate}{most}。")
    oldest = bulletin_facts.longest_open(window)
    if oldest:
        rows = [
            [
                str(one.number),
                board.name_of("matter", one.matter, rules),
                rules.unit_name(one.unit),
                f"{_local(one.received_at):%m-%d}",
            ]
            for one in oldest
        ]
        yield Table("受理最久、至今未办结的工单", ["工单号", "事项", "承办单位", "受理"], rows, (2.2, 3, 2, 1))


def _good(line: Line, code: str) -> int:
    return line.shown[code].share.good if code in line.shown else 0


# -- the centre itself


def _centre(found: Board) -> Iterator[Block]:
    yield Heading("热线中心自身")
    rows = [
        [
            rule.zh,
            str(one.share.percent) + "%" if one.share.percent is not None else "—",
            f"{one.share.good:,}/{one.share.n:,}",
            _points(one),
        ]
        for code in CENTRE
        if (one := found.total.get(code)) and (rule := found.profile.rate(code))
    ]
    yield Table("热线中心指标", ["指标", "本期", "合格数/应计数", "较上期（百分点）"], rows, (2.4, 1.2, 2, 1.6))


def _points(one: Shown) -> str:
    return "—" if one.change is None else f"{one.change:+}"


# -- 4 topics


def _topics(matters: Board, regions: Board, window: Window, told: Ledger) -> Iterator[Block]:
    yield Heading("热点和难点")
    most = sorted(
        (line for line in matters.lines if line.code and "dispatched" in line.shown),
        key=lambda line: (-line.shown["dispatched"].share.n, line.code),
    )[:TOP]
    if not most:
        return
    whole = max(line.shown["dispatched"].share.n for line in most)
    yield Chart(
        f"{window.zh}诉求最多的事项（件）",
        [Bar(line.name, line.shown["dispatched"].share.n, f"{line.shown['dispatched'].share.n:,}") for line in most],
        whole=float(whole),
    )
    rising = [
        (line, line.shown["dispatched"].share.n - before.n)
        for line in matters.lines
        if line.code and "dispatched" in line.shown and (before := line.shown["dispatched"].before)
    ]
    rising = sorted((one for one in rising if one[1] > 0), key=lambda one: (-one[1], one[0].code))[:5]
    said = "、".join(f"{line.name}（多 {more:,} 件）" for line, more in rising)
    yield _said("rising", f"较上期增加较多的事项：{told.put('增加较多', said)}。" if rising else "")
    hard = bulletin_facts.hard_cases(window)
    repeat = matters.total.get("repeat")
    said = f"重办两次以上的疑难件 {told.put('疑难件', f'{hard:,}')} 件"
    if repeat:
        share = told.put("再次来诉占比", f"{repeat.share.percent}%")
        said += f"；同一人同一事项三十日内再次来诉 {told.put('再次来诉', f'{repeat.share.good:,}')} 件，占 {share}"
    yield _said("hard", f"{said}。")
    places = sorted(
        (line for line in regions.lines if line.code and "dispatched" in line.shown),
        key=lambda line: (-line.shown["dispatched"].share.n, line.code),
    )[:5]
    said = "、".join(f"{one.name} {one.shown['dispatched'].share.n:,} 件" for one in places)
    yield _said("places", f"诉求较多的区域：{told.put('诉求较多的区域', said)}。" if places else "")


# -- 5 and 6 what people write


def _cases(window: Window, rules: Rules, told: Ledger) -> Iterator[Block]:
    yield Heading("典型案例和表扬")
    yield _said("cases", HINTS["cases"])
    praised = bulletin_facts.praised(window)
    said = "、".join(f"{rules.unit_name(unit)} {count} 件" for unit, count in praised)
    yield _said("praise", f"收到表扬的单位：{told.put('表扬', said)}。" if praised else "")


def _problems(matters: Board, told: Ledger) -> Iterator[Block]:
    yield Heading("存在的问题和下月主题")
    yield _said("problems", HINTS["problems"])
    slow = sorted(
        (line for line in matters.lines if line.code and (one := line.shown.get("on_time")) and one.place.enough),
        key=lambda line: (line.shown["on_time"].share.percent or Decimal(0), line.code),
    )[:3]
    said = "、".join(f"{line.name}（按时办结率 {line.shown['on_time'].share.words()}）" for line in slow)
    yield _said("topic", f"按时办结率较低、可作下月主题的事项：{told.put('按时较低的事项', said)}。" if slow else "")


# -- annexes


def _annexes(boards: Mapping[str, Board]) -> Iterator[Table]:
    unit = boards["unit"]
    yield _annex("附表 1　各单位指标", unit, "单位", _chosen(unit))
    more = [rule for rule in unit.profile.rates if rule.metric.owner == "unit" and rule not in _chosen(unit)]
    yield _annex("附表 2　各单位其他指标", unit, "单位", more[:7])
    yield _annex("附表 3　各事项指标", boards["matter"], "事项", _chosen(unit))
    yield _annex("附表 4　各区域指标", boards["region"], "区域", _chosen(unit))


def _annex(title: str, found: Board, head: str, rules: Iterable[RateRule]) -> Table:
    chosen = list(rules)
    lines = [line for line in found.lines if line.code and any(rule.code in line.shown for rule in chosen)]
    rows = [["合计", *(_cell(found.total.get(rule.code), ranked=False) for rule in chosen)]]
    rows += [[line.name, *(_cell(line.shown.get(rule.code)) for rule in chosen)] for line in lines]
    return Table(title, [head, *(rule.zh for rule in chosen)], rows, (2.2, *([1.5] * len(chosen))))


def counted(found: Board) -> Iterator[tuple[str, str, str, figures.Cell]]:
    """Every figure of a board as numbers, for sheets: line, rate, code."""
    for line in found.lines:
        for code, one in line.shown.items():
            yield (
                line.name,
                found.profile.rate(code).zh,
                line.code,
                figures.Cell(one.share.n, one.share.good, one.share.part),
            )


def _when(at: datetime) -> str:
    return f"{_local(at):%Y-%m-%d %H:%M}"


def _local(at: datetime) -> datetime:
    return at.astimezone(CITY_ZONE)
