"""Reads the phrases of this package: frames, spots, classes and what there is to say on every matter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from jiesu.demo.words.grammar import Choice, Grammar

_SLOT_NAMES: Final = """
处 名 邻路 时前 时后 述 事 细一 细二 细三 求 求二 短求 试 试二 感
感二 题 问 问二 况 议 议二 司 谁 开 收 在 地 再 众 反问
招呼 问法 急 听二 问收 自报 听说 议开 议收 益 别处 夸开 夸人 夸话 夸事 夸二
夸感 夸收 为何 温 人数 周 初 月 单位 办 期 问候 谢 点 日 因
身 经过 理
"""
SLOTS: Final = tuple(_SLOT_NAMES.split())
SLOT: Final = {name: index for index, name in enumerate(SLOTS)}
SEASONS: Final = ("winter", "spring", "summer", "autumn")
_SEASON_OF_MONTH: Final = dict(zip(range(1, 13), (0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 0, 0), strict=True))
_TAGS: Final = {"@w": {"winter"}, "@s": {"summer"}, "@n": {"spring", "summer", "autumn"}}
_ALIAS: Final = {"market": "shop", "site": "factory", "office": "none"}


@dataclass(frozen=True, slots=True)
class Matter:
    """What people say on one leaf matter in one season.

    ``problems`` holds groups of wordings; those of the first group mean one and the same problem if ``alike``.
    ``at`` says where such things happen, ``when`` since when, ``who`` whom people turn to, ``feel`` how it feels.
    """

    code: str
    at: str
    when: str
    who: str
    feel: str
    names: Sequence[str]
    problems: Sequence[Choice]
    details: Choice
    questions: Choice
    about: Choice
    suggestions: Choice
    asks: Choice
    done: Choice
    praise: Choice
    consults: bool
    alike: bool


def read(name: str) -> Any:
    """A JSON file of this package, parsed."""
    return json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


def season(when: datetime) -> str:
    return SEASONS[_SEASON_OF_MONTH[when.month]]


def grammar() -> Grammar:
    return Grammar(read("lexicon"), SLOT)


def tree(grammar: Grammar, doc: Any) -> Any:
    """``doc`` with every list of phrases read into a choice; objects keep their keys."""
    if isinstance(doc, Mapping):
        return {name: tree(grammar, value) for name, value in doc.items()}
    return grammar.choice(doc) if isinstance(doc, list) else doc


def by_season(grammar: Grammar, listed: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Matter]]:
    """Season -> code -> matter, for every leaf of ``listed``. Raises KeyError if a leaf has no phrases."""
    parents = {one["parent"] for one in listed}
    leaves = [one for one in listed if one["code"] not in parents]
    docs = dict(_docs({one["code"][:2] for one in leaves}))
    found: dict[str, dict[str, Matter]] = {}
    for name in SEASONS:
        found[name] = {one["code"]: _matter(grammar, one, docs[one["code"]], name) for one in leaves}
    return found


def _docs(subjects: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for subject in sorted(subjects):
        doc = read(f"matters/{subject}")
        for code, one in doc.items():
            like = one.get("like")
            yield code, ({**one, **_named(doc[like], one["net"])} if like else one)


def _named(shared: Any, net: str) -> Any:
    """The phrases that several companies share, with one company's name put in."""
    return json.loads(json.dumps(shared, ensure_ascii=False).replace("{网}", net))


def _matter(grammar: Grammar, listed: Mapping[str, Any], doc: Mapping[str, Any], season: str) -> Matter:
    def choice(name: str) -> Choice:
        return grammar.choice(_in_season(doc.get(name, ()), season))

    groups = [kept for one in doc["problems"] if (kept := _in_season(one, season, strict=True))]
    return Matter(
        code=listed["code"],
        at=_ALIAS.get(doc["at"], doc["at"]),
        when=doc["when"],
        who=doc["who"],
        feel=doc["feel"],
        names=doc["names"],
        problems=[grammar.choice(one) for one in groups or [_in_season(doc["problems"][0], season)]],
        details=choice("details"),
        questions=choice("questions"),
        about=choice("about"),
        suggestions=choice("suggestions"),
        asks=choice("asks"),
        done=choice("done"),
        praise=choice("praise"),
        consults="consultation" in listed["kinds"],
        alike=doc.get("alike", False),
    )


def _in_season(phrases: Sequence[str], season: str, *, strict: bool = False) -> list[str]:
    """The phrases that fit the season, without their tags; if none fits, all of them unless ``strict``."""
    kept = [one for one in phrases if not one.startswith("@") or season in _TAGS[one[:2]]]
    if not kept and not strict:
        kept = list(phrases)
    return [one[3:] if one.startswith("@") else one for one in kept]
