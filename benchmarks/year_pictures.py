"""Draws a simulated year beside real cities: seven pictures to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from year_facts import Facts
from year_real import City, Real, by_month

OURS: Final = "#b5332e"
OTHERS: Final = ("#3b6ea5", "#5a9367", "#8a6fae")
WEEK: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
KINDS: Final = {"bureau": "#3b6ea5", "institution": "#5a9367", "company": "#c98a2b", "subdistrict": "#8a6fae"}
SHOWN: Final = ("U0202", "U0102", "U0103", "U0301", "U0302", "U0307")  # quick ones, a slow one, one that bursts


def draw(into: Path, facts: Facts, real: Real | None, temperature: Mapping[date, float]) -> list[Path]:
    """Write the pictures into a directory; their paths."""
    mpl.use("Agg")
    font = str(pylopdf_fonts_zh_cn.sans_path())
    font_manager.fontManager.addfont(font)
    name = font_manager.FontProperties(fname=font).get_name()
    plt.rcParams.update({"font.family": name, "axes.unicode_minus": False, "font.size": 9, "axes.titlesize": 10})
    into.mkdir(parents=True, exist_ok=True)
    pages = {
        "1-volume": _volume,
        "2-hours": _hours,
        "3-kinds": _kinds,
        "4-seasons": _seasons,
        "5-road": _road,
        "6-units": _units,
        "7-calls-people": _calls,
    }
    return [_page(into / f"{name}.png", paint, facts, real, temperature) for name, paint in pages.items()]


def _page(path: Path, paint: Any, facts: Facts, real: Real | None, temperature: Mapping[date, float]) -> Path:
    figure, axes = plt.subplots(2, 2, figsize=(14, 9))
    paint(axes.flat, facts, real, temperature)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)
    return path


def _cities(real: Real | None) -> list[City]:
    return [real.ottawa, real.tainan, real.boston] if real else []


def _volume(at: Sequence[Axes], facts: Facts, real: Real | None, _: Mapping[date, float]) -> None:
    days = list(facts.days)
    counts = np.array([facts.days[day]["all"] for day in days], dtype=float)
    at[0].set_title("每日诉求件数（细）与七日均（粗）")
    at[0].plot(days, counts, color="#d9a5a3", lw=0.7)
    at[0].plot(days[3:-3], np.convolve(counts, np.ones(7) / 7, "valid"), color=OURS, lw=1.8)
    at[0].set_ylim(0)
    at[1].set_title("各月日均，全年均值为 1")
    months = by_month({day: one["all"] for day, one in facts.days.items()})
    at[1].plot(range(1, 13), months, "o-", color=OURS, label="推演")
    for city, colour in zip(_cities(real)[:2], OTHERS, strict=False):
        at[1].plot(range(1, 13), by_month(dict(city.days)), "o-", color=colour, label=city.name)
    at[1].set_ylim(0, 1.8)
    at[1].legend()
    at[2].set_title("一周各日占比")
    ours = City("推演", facts.moments)
    for nth, city in enumerate([ours, *_cities(real)]):
        at[2].bar(np.arange(7) + 0.2 * nth, city.weekdays(), 0.2, color=(OURS, *OTHERS)[nth], label=city.name)
    at[2].set_xticks(np.arange(7) + 0.3, WEEK)
    at[2].legend()
    at[3].set_title("每日件数的分布（天数）")
    at[3].hist(counts, bins=40, color=OURS)


def _hours(at: Sequence[Axes], facts: Facts, real: Real | None, _: Mapping[date, float]) -> None:
    ours = City("推演", facts.moments)
    for place, city in zip(at, [ours, *_cities(real)[:2]], strict=False):
        grid = np.array([[city.moments[day, hour] for hour in range(24)] for day in range(7)], dtype=float)
        place.set_title(f"{city.name}：星期×时段")
        place.imshow(grid, aspect="auto", cmap="Reds")
        place.set_yticks(range(7), WEEK)
        place.set_xticks(range(0, 24, 2))
    at[3].set_title("一天各时占比")
    for nth, city in enumerate([ours, *_cities(real)]):
        at[3].plot(city.hours(), "o-", ms=3, color=(OURS, *OTHERS)[nth], label=city.name)
    at[3].legend()


def _kinds(at: Sequence[Axes], facts: Facts, real: Real | None, _: Mapping[date, float]) -> None:
    for place, title, counts in (
        (at[0], "诉求类型", facts.kinds),
        (at[1], "渠道", facts.channels),
        (at[2], "事项大类", facts.subjects),
        (at[3], "结果", facts.outcomes),
    ):
        shares = {name: 100 * count / facts.orders for name, count in counts.items()}
        place.set_title(f"{title}（%）")
        bars = place.barh(list(shares)[::-1], list(shares.values())[::-1], color=OURS)
        place.bar_label(bars, fmt="%.1f", padding=2, fontsize=7)


def _seasons(at: Sequence[Axes], facts: Facts, real: Real | None, temperature: Mapping[date, float]) -> None:
    days = list(facts.days)
    at[0].set_title("供热故障诉求（柱）与气温（线，°C）")
    at[0].bar(days, [facts.days[day]["heating"] for day in days], width=1.0, color=OURS)
    other = at[0].twinx()
    other.plot(days, [temperature.get(day, float("nan")) for day in days], color=OTHERS[0], lw=0.8)
    at[1].set_title("各月与均值之比：供热、噪声")
    for name, colour, theirs in (("heating", OURS, "heating"), ("noise", OTHERS[1], "street_noise")):
        ours = by_month({day: one[name] for day, one in facts.days.items()})
        at[1].plot(range(1, 13), ours, "o-", color=colour, label=f"推演 {name}")
        if real:
            at[1].plot(range(1, 13), by_month(getattr(real, theirs)), "o--", color=colour, label=f"New York {name}")
    at[1].legend()
    at[2].set_title("噪声诉求的时段")
    noise = facts.noise_hours
    at[2].plot([noise[hour] / noise.total() for hour in range(24)], "o-", color=OURS, label="推演")
    if real:
        at[2].plot(real.noise.hours(), "o-", color=OTHERS[1], label=real.noise.name)
    at[2].legend()
    at[3].set_title("道路积水、污水外溢；向领导反映的渠道（每日）")
    at[3].plot(days, [facts.days[day]["flood"] for day in days], color=OTHERS[0], lw=0.9, label="积水")
    at[3].plot(days, [facts.days[day]["leaders"] for day in days], color=OURS, lw=0.9, label="信箱、留言板、来访等")
    at[3].legend()


def _road(at: Sequence[Axes], facts: Facts, real: Real | None, _: Mapping[date, float]) -> None:
    at[0].set_title("评价：首次与最终（有效回访，%）")
    whole = sum(row[4] for row in facts.ratings) or 1
    names = ("satisfied", "mostly", "dissatisfied")
    for nth, column in enumerate((0, 1)):
        shares = [100 * sum(row[4] for row in facts.ratings if row[column] == name) / whole for name in names]
        label, colour = (("首次", OTHERS[0]), ("最终", OURS))[nth]
        bars = at[0].bar(np.arange(3) + 0.4 * nth, shares, 0.4, label=label, color=colour)
        at[0].bar_label(bars, fmt="%.1f")
    at[0].set_xticks(np.arange(3) + 0.2, names)
    at[0].legend()
    at[1].set_title("重办轮次（已办结的派单，%）")
    closed = sum(facts.rounds.values())
    shares = [100 * one / closed for one in facts.rounds.values()]
    bars = at[1].bar([str(one) for one in facts.rounds], shares, color=OURS)
    at[1].bar_label(bars, fmt="%.2f")
    at[2].set_title("单位答复的时刻")
    for (urgency, label), colour in zip((("normal", "一般"), ("urgent", "紧急")), (OURS, OTHERS[0]), strict=True):
        counts = [facts.reply_hours[urgency, hour] for hour in range(24)]
        at[2].plot([one / max(1, sum(counts)) for one in counts], "o-", color=colour, label=label)
    at[2].legend()
    at[3].set_title("单位提出的申请与结果（件）")
    ordered = dict(sorted(facts.requests.items(), reverse=True))
    bars = at[3].barh(list(ordered), list(ordered.values()), color=OURS)
    at[3].bar_label(bars, fontsize=7)


def _units(at: Sequence[Axes], facts: Facts, real: Real | None, _: Mapping[date, float]) -> None:
    at[0].set_title("各单位按时办结率（色为类别），虚线为 Boston 各部门")
    at[0].bar([row[1] for row in facts.units], [100 * float(row[4]) for row in facts.units],
              color=[KINDS.get(row[2], "#888") for row in facts.units])  # fmt: skip
    at[0].tick_params(axis="x", labelrotation=90, labelsize=6)
    if real:
        theirs = sorted(100 * one for one in real.on_time.values())
        at[0].plot(np.linspace(0, len(facts.units) - 1, len(theirs)), theirs, "--o", color="black", ms=3)
    at[1].set_title("满意率（点大小为件数）对重办率")
    for row in facts.units:
        at[1].scatter(100 * float(row[8]), 100 * float(row[7] or 0), s=row[3] / 4, color=KINDS.get(row[2], "#888"))
        at[1].annotate(row[1], (100 * float(row[8]), 100 * float(row[7] or 0)), fontsize=6)
    at[2].set_title("答复在时限的哪一段（自然时间，1 为到期）")
    bins = np.linspace(0, 1.6, 49)
    for unit, colour in zip(SHOWN, plt.get_cmap("tab10").colors, strict=False):
        parts = [part for of, part in facts.parts if of == unit]
        at[2].hist(parts, bins=bins, density=True, histtype="step", color=colour, label=unit, lw=1.3)
    at[2].legend()
    at[3].set_title("答复在时限的哪一段：全部单位与 Boston")
    at[3].hist([part for _, part in facts.parts], bins=bins, density=True, color=OURS, alpha=0.6, label="推演")
    if real:
        at[3].hist(real.parts, bins=bins, density=True, histtype="step", color="black", label="Boston")
    at[3].legend()


def _calls(at: Sequence[Axes], facts: Facts, real: Real | None, _: Mapping[date, float]) -> None:
    hours = [row[0] for row in facts.calls]
    at[0].set_title("来电：打进（浅）、接起（深）、放弃（线），每时全年")
    at[0].bar(hours, [row[1] for row in facts.calls], color="#e5bdbb")
    at[0].bar(hours, [row[2] for row in facts.calls], color=OURS)
    at[0].plot(hours, [row[3] for row in facts.calls], "o-", color="black", ms=3)
    at[1].set_title("15 秒接起占打进的 %（点），等候的 95 分位（秒，线）")
    at[1].plot(hours, [100 * row[4] / row[1] for row in facts.calls], "o", color=OURS)
    at[1].axhline(95, color="grey", ls=":")
    at[1].plot(hours, [row[5] for row in facts.calls], "-", color=OTHERS[0])
    at[2].set_title("等候时间（秒）")
    at[2].hist(facts.waits, bins=np.linspace(0, 120, 61), color=OURS)
    at[3].set_title("一人几件（圆）、一事几件（方）、一处几件的秩（线）")
    at[3].loglog(list(facts.people), list(facts.people.values()), "o", color=OURS, label="人")
    at[3].loglog(list(facts.events), list(facts.events.values()), "s", color=OTHERS[0], label="事")
    at[3].loglog(range(1, len(facts.places) + 1), facts.places, "-", color=OTHERS[1], label="地点")
    at[3].legend()
