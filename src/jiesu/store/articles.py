"""Knowledge articles: kept whole with every former reading, and found by the words of a demand and its matter.

The desk asks while somebody talks, so a process keeps the list without the bodies and looks, by one small statement,
whether it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any, Final

from jiesu.domain.articles import FITS, Validity
from jiesu.domain.ranking import Ranking, weighed
from jiesu.domain.rules import Rules
from jiesu.domain.text import bigrams
from jiesu.store import sql
from jiesu.store.documents import read_data, write_data

FIELDS: Final = ("title", "matter", "region", "body", "keywords", "source", "valid_from", "valid_until")
_TITLE, _KEYWORD, _BODY = 3.0, 2.0, 0.6
_SAME_MATTER, _NEAR_MATTER = 5.0, 2.5
_LEAST: Final = 4.0
_PART_OF_BEST: Final = 0.35
_BY_CODE: Final = 1000.0
_EXCERPT: Final = 60
# How people ask, whatever they ask about.
_ASKING: Final = frozenset(
    (
        "怎么",
        "么办",
        "什么",
        "么时",
        "时候",
        "请问",
        "想问",
        "问一",
        "一下",
        "办理",
        "哪里",
        "在哪",
        "可以",
        "需要",
        "多少",
    )
    + ("我家", "我们", "你好", "您好", "没有", "现在", "这个", "那个", "能不", "不能", "知道", "么样", "怎样", "为什")
)


@dataclass(frozen=True, slots=True)
class Brief:
    """An article in a list: everything but its body. ``standing`` is of the day that was asked for."""

    code: str
    title: str
    matter: str
    region: str
    source: str
    excerpt: str
    valid_from: date | None
    valid_until: date | None
    used: int
    updated_at: datetime | None
    standing: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it reads now."""

    code: str
    title: str
    matter: str
    region: str
    body: str
    keywords: tuple[str, ...]
    source: str
    valid_from: date | None
    valid_until: date | None
    active: bool
    version: int
    used: int
    updated_at: datetime | None
    updated_by: str

    @property
    def validity(self) -> Validity:
        return Validity(self.active, self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True)
class Version:
    """One act on an article: publish, change or withdraw; ``doc`` is how it read after it."""

    version: int
    act: str
    doc: Mapping[str, Any]
    note: str
    by: str
    at: datetime


# -- reading

_COLUMNS: Final = (
    "code, title, matter, region, body, keywords::text, source, valid_from, valid_until, active, version, used,"
    " updated_at, updated_by"
)


def get(code: str, *, for_change: bool = False) -> Article | None:
    """The article of this code; ``for_change`` holds its row for this transaction. 1 statement."""
    found = sql.one(f"SELECT {_COLUMNS} FROM article WHERE code = %s{' FOR UPDATE' if for_change else ''}", (code,))
    return _article(found) if found else None


def standing(code: str, day: date) -> str:
    """Whether the article may be used on a day: one of ``domain.articles.STANDINGS``. 1 statement."""
    found = sql.one("SELECT active, valid_from, valid_until FROM article WHERE code = %s", (code,))
    return Validity(*found).on(day) if found else "missing"


def versions(code: str, limit: int = 50) -> list[Version]:
    """What was done to an article, the latest first."""
    found = sql.rows(
        "SELECT version, act, doc::text, note, by, at FROM article_version WHERE code = %s"
        " ORDER BY version DESC LIMIT %s",
        (code, limit),
    )
    return [Version(version, act, read_data(doc), *rest) for version, act, doc, *rest in found]


def page(*, day: date, standing_is: str = "", limit: int = 200) -> list[Brief]:
    """Articles by code for whoever edits them, of one standing when asked; at most ``limit``."""
    held = _kept()
    found = [_brief(one, day) for one in held.articles.values()]
    return [one for one in found if not standing_is or one.standing == standing_is][:limit]


def find(words: str, *, day: date, rules: Rules, matter: str = "", region: str = "", limit: int = 6) -> list[Brief]:
    """Articles that may answer a demand on ``day``, the likeliest first: by shared words and by matter.

    Only articles that may be used that day, and of the region or the whole city. A code finds its article. One
    statement, two after a change.
    """
    held = _kept()
    scores = held.ranking.score(one for one in bigrams(words[:2000]) if one not in _ASKING)
    if matter:
        for code, one in held.articles.items():
            near = _nearness(one.matter, matter)
            if near:
                scores[code] = scores.get(code, 0.0) + near
    if words.strip().upper() in held.articles:
        scores[words.strip().upper()] = _BY_CODE
    here = set(_outward(region, rules)) if region else None
    least = max(_LEAST, _PART_OF_BEST * max((score for score in scores.values() if score < _BY_CODE), default=0.0))
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    found = [
        _brief(held.articles[code], day)
        for code in ranked
        if scores[code] >= least
        and held.articles[code].validity.on(day) == FITS
        and (here is None or not held.articles[code].region or held.articles[code].region in here)
    ]
    return found[:limit]


def _nearness(own: str, matter: str) -> float:
    if not own:
        return 0.0
    if own == matter:
        return _SAME_MATTER
    return _NEAR_MATTER if matter.startswith(f"{own}.") or own.startswith(f"{matter}.") else 0.0


def _outward(region: str, rules: Rules) -> Iterable[str]:
    seen = 0
    while region and seen < 8:
        yield region
        region = str(rules.regions.get(region, {}).get("parent") or "")
        seen += 1


def _article(row: tuple[Any, ...]) -> Article:
    code, title, matter, region, body, keywords, *rest = row
    return Article(code, title, matter, region, body, tuple(read_data(keywords)), *rest)


def _brief(one: Article, day: date) -> Brief:
    excerpt = one.body if len(one.body) <= _EXCERPT else f"{one.body[:_EXCERPT]}…"
    return Brief(
        *(one.code, one.title, one.matter, one.region, one.source, excerpt, one.valid_from, one.valid_until, one.used),
        *(one.updated_at, one.validity.on(day)),
    )


class _Kept:
    """Every article, ready to be found."""

    def __init__(self, mark: tuple[Any, ...], articles: dict[str, Article]) -> None:
        self.mark = mark
        self.articles = articles
        self.ranking = Ranking({code: _lexemes(one) for code, one in articles.items()})


def _lexemes(one: Article) -> dict[str, float]:
    keywords = " ".join(one.keywords)
    return weighed((_BODY, bigrams(one.body)), (_KEYWORD, bigrams(keywords)), (_TITLE, bigrams(one.title)))


_lock = Lock()
_held: list[_Kept] = []


def _kept() -> _Kept:
    # A change makes a new version, a new article a new row: nothing else is shown from what is kept but the count of
    # uses, which may lag behind.
    mark = sql.rows("SELECT count(*), coalesce(sum(version), 0), max(updated_at), current_database() FROM article")[0]
    with _lock:
        if _held and _held[0].mark == mark:
            return _held[0]
    articles = {row[0]: _article(row) for row in sql.rows(f"SELECT {_COLUMNS} FROM article ORDER BY code")}
    made = _Kept(mark, articles)
    with _lock:
        _held[:] = [made]
    return made


# -- writing (for workflow.knowledge)


def write(one: Article, act: str, *, note: str, by: str, now: datetime) -> None:
    """Keep the article as ``one`` reads, with this act in its history. 2 statements, in the caller's transaction."""
    sql.run(
        "INSERT INTO article (code, title, matter, region, body, keywords, source, valid_from, valid_until, active,"
        " version, updated_at, updated_by) VALUES (%(code)s, %(title)s, %(matter)s, %(region)s, %(body)s,"
        " %(keywords)s::jsonb, %(source)s, %(valid_from)s, %(valid_until)s, %(active)s, %(version)s, %(now)s, %(by)s)"
        " ON CONFLICT (code) DO UPDATE SET title = excluded.title, matter = excluded.matter, region = excluded.region,"
        " body = excluded.body, keywords = excluded.keywords, source = excluded.source, active = excluded.active,"
        " valid_from = excluded.valid_from, valid_until = excluded.valid_until, version = excluded.version,"
        " updated_at = excluded.updated_at, updated_by = excluded.updated_by",
        {**_values(one), "keywords": write_data(list(one.keywords)), "now": now, "by": by},
    )
    sql.run(
        "INSERT INTO article_version (code, version, act, doc, note, by, at)"
        " VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s)",
        (one.code, one.version, act, write_data(doc(one)), note, by, now),
    )


def doc(one: Article) -> dict[str, Any]:
    """An article as its history keeps it."""
    dates = {name: value.isoformat() if value else None for name, value in _dates(one).items()}
    return {**_values(one), **dates, "keywords": list(one.keywords)}


def _dates(one: Article) -> dict[str, date | None]:
    return {"valid_from": one.valid_from, "valid_until": one.valid_until}


def _values(one: Article) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("code", *FIELDS, "active", "version")}


def count_use(code: str) -> None:
    """One more answer was given with this article."""
    sql.run("UPDATE article SET used = used + 1 WHERE code = %s", (code,))
