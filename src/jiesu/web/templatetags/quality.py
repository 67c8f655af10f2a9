"""How the pages of inspection show lengths, shares and risks."""

from __future__ import annotations

from typing import Final

from django import template

from jiesu.domain.quality_plan import Risk

register = template.Library()
_RISKS: Final = {
    "short_call": "接通后不到 {seconds:g} 秒就结束的通话",
    "no_contact": "没有先行联系，或答复前 {minutes:g} 分钟内才记的",
    "alike": "同一单位 {days:g} 天里有 {orders:g} 件以上答复几乎一样的",
    "burst": "离时限不到 {minutes:g} 分钟才答复，同一小时有 {orders:g} 件以上的",
}


@register.filter
def talk(seconds: int | None) -> str:
    """How long somebody talked: 1分05秒."""
    if seconds is None:
        return ""
    return f"{seconds // 60}分{seconds % 60:02}秒" if seconds >= 60 else f"{seconds} 秒"


@register.filter
def percent(share: float) -> str:
    """A share of one as 3 %."""
    return f"{share * 100:g} %"


@register.filter
def risk_words(risk: Risk) -> str:
    """What a risk looks for, with the city's numbers."""
    return _RISKS[risk.code].format(**risk.numbers)
