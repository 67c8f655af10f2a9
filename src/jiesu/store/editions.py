"""Editions of the bulletin: the draft with its figures, every reading of its words, each issue as it was printed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.windows import Window
from jiesu.store import crypto, names, sql
from jiesu.store.documents import read_data, write_data

READINGS: Final = 50


@dataclass(frozen=True, slots=True)
class Issued:
    """One line of what was issued: the edition (number 1), then each correction. ``publication``: its figures' own."""

    no: int
    at: datetime
    by: str
    reading: int
    publication: int | None
    reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class Carded:
    """A card of the window that was agreed to."""

    unit: str
    colour: str
    rule: str
    lifts_on: date


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition with one reading of its words. ``final``: the publication that froze its window; ``corrected``: the
    newest correction of its figures; ``issues``: the oldest first; ``cards``: those that were agreed to."""

    window: Window
    made_at: datetime
    made_by: str
    base_at: datetime
    base: Mapping[str, Any]
    publication: int | None
    no: int
    at: datetime
    by: str
    texts: Mapping[str, str]
    last: int
    final: int | None
    corrected: int | None
    issues: Sequence[Issued]
    cards: Sequence[Carded]

    @property
    def issued(self) -> Issued | None:
        """The newest issue."""
        return self.issues[-1] if self.issues else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of an edition's words."""

    no: int
    at: datetime
    name: str
    texts: Mapping[str, str]


def keep(
    window: Window,
    base: Mapping[str, Any],
    texts: Mapping[str, str],
    *,
    publication: int | None,
    by: str,
    now: datetime,
) -> bool:
    """Keep the draft of an edition with its own words as reading 0; False when the window has its edition. Two
    statements, in the caller's transaction."""
    made = sql.run(
        "INSERT INTO edition (span, first, made_at, made_by, base_at, base, publication)"
        " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s) ON CONFLICT DO NOTHING",
        (window.span, window.first, now, by, now, write_data(base), publication),
    )
    return made == 1 and add_text(window, 0, texts, by=by, now=now)


def renew(window: Window, base: Mapping[str, Any], *, publication: int | None, now: datetime) -> bool:
    """Put fresh figures under the words; False once the edition is issued. One statement."""
    return (
        sql.run(
            "UPDATE edition SET base = %s::jsonb, base_at = %s, publication = %s WHERE span = %s AND first = %s AND NOT"
            " EXISTS (SELECT 1 FROM edition_issue i WHERE i.span = edition.span AND i.first = edition.first)",
            (write_data(base), now, publication, window.span, window.first),
        )
        == 1
    )


def add_text(window: Window, no: int, texts: Mapping[str, str], *, by: str, now: datetime) -> bool:
    """Keep another reading of the words; False when somebody else has just written this one. One statement."""
    key_id, sealed = crypto.seal(write_data(dict(texts)), aad=_aad(window, "text", no))
    return (
        sql.run(
            "INSERT INTO edition_text (span, first, no, at, by, key_id, sealed) VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (window.span, window.first, no, now, by, key_id, sealed),
        )
        == 1
    )


def _aad(window: Window, kind: str, no: int) -> bytes:
    return f"edition/{window.code}/{kind}/{no}".encode()


_PUBLISHED: Final = (
    "(SELECT max(p.id) FROM publication p WHERE p.span = e.span AND p.first = e.first AND p.stage = '{stage}')"
)
_ISSUES: Final = (
    "(SELECT coalesce(json_agg(json_build_array(i.no, i.at, i.by, i.reading, i.publication, i.reason, i.digest)"
    " ORDER BY i.no), '[]')::text FROM edition_issue i WHERE i.span = e.span AND i.first = e.first)"
)
_CARDS: Final = (
    "(SELECT coalesce(json_agg(json_build_array(c.unit, c.colour, c.rule, c.lifts_on) ORDER BY c.colour, c.unit),"
    " '[]')::text FROM card c WHERE c.span = e.span AND c.first = e.first AND c.state = 'approved')"
)
_READ: Final = (
    "SELECT e.made_at, e.made_by, e.base_at, e.base::text, e.publication, t.no, t.at, t.by, t.key_id, t.sealed,"
    " (SELECT max(l.no) FROM edition_text l WHERE l.span = e.span AND l.first = e.first),"
    f" {_PUBLISHED.format(stage='final')}, {_PUBLISHED.format(stage='correction')}, {_ISSUES}, {_CARDS}"
    " FROM edition e JOIN edition_text t ON t.span = e.span AND t.first = e.first"
    " WHERE e.span = %(span)s AND e.first = %(first)s AND (%(no)s::int IS NULL OR t.no = %(no)s)"
    " ORDER BY t.no DESC LIMIT 1"
)


def edition(window: Window, no: int | None = None) -> Edition | None:
    """A window's edition with its last words, or with those of the reading ``no``. One statement."""
    found = sql.one(_READ, {"span": window.span, "first": window.first, "no": no})
    if found is None:
        return None
    made_at, made_by, base_at, base, publication, no_, at, by, key_id, sealed, *rest = found
    last, final, corrected, issues, cards = rest
    texts = read_data(crypto.unseal(key_id, bytes(sealed), _aad(window, "text", no_)))
    return Edition(
        window,
        made_at,
        made_by,
        base_at,
        read_data(base),
        publication,
        no_,
        at,
        by,
        texts,
        last,
        final,
        corrected,
        [Issued(line[0], datetime.fromisoformat(line[1]), *line[2:]) for line in read_data(issues)],
        [Carded(unit, colour, rule, date.fromisoformat(day)) for unit, colour, rule, day in read_data(cards)],
    )


def readings(window: Window) -> list[Reading]:
    """The newest readings of an edition's words with the draft they began from, the oldest first. One statement."""
    found = sql.rows(
        f"SELECT t.no, t.at, {names.WRITER.format(by='t.by')}, t.key_id, t.sealed FROM edition_text t"
        " WHERE t.span = %(span)s AND t.first = %(first)s AND (t.no = 0 OR t.no > (SELECT max(l.no) FROM edition_text l"
        f" WHERE l.span = t.span AND l.first = t.first) - {READINGS}) ORDER BY t.no",
        {"span": window.span, "first": window.first},
    )
    return [
        Reading(no, at, name, read_data(crypto.unseal(key_id, bytes(sealed), _aad(window, "text", no))))
        for no, at, name, key_id, sealed in found
    ]


def add_issue(
    window: Window,
    no: int,
    content: Mapping[str, Any],
    *,
    reading: int,
    publication: int | None,
    reason: str,
    by: str,
    now: datetime,
) -> bool:
    """Keep an edition as it is issued; False when somebody else has just issued it. One statement."""
    said = write_data(content)
    key_id, sealed = crypto.seal(said, aad=_aad(window, "issue", no))
    return (
        sql.run(
            "INSERT INTO edition_issue (span, first, no, at, by, reading, publication, reason, digest, key_id, sealed)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                *(window.span, window.first, no, now, by, reading, publication, reason),
                *(hashlib.sha256(said.encode()).hexdigest(), key_id, sealed),
            ),
        )
        == 1
    )


def printed(window: Window, no: int) -> Mapping[str, Any] | None:
    """What was issued under a number, ready to be printed. One statement."""
    found = sql.one(
        "SELECT key_id, sealed FROM edition_issue WHERE span = %s AND first = %s AND no = %s",
        (window.span, window.first, no),
    )
    if found is None:
        return None
    made: Mapping[str, Any] = read_data(crypto.unseal(found[0], bytes(found[1]), _aad(window, "issue", no)))
    return made


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition in the list. ``issued_at``: its first issue; ``corrections``: how many followed."""

    window: Window
    made_at: datetime
    readings: int
    at: datetime
    name: str
    issued_at: datetime | None
    corrections: int
    frozen: bool


def listed(*, issued: bool = False, before: date | None = None, limit: int = 24) -> list[Listed]:
    """Editions, the latest window first; ``issued``: only those that were. One more than ``limit`` when there are more.
    One statement."""
    found = sql.rows(
        "SELECT e.span, e.first, e.made_at, t.no, t.at, "
        f"{names.WRITER.format(by='t.by')}, i.at, coalesce(i.n, 1) - 1, {_PUBLISHED.format(stage='final')} IS NOT NULL"
        " FROM edition e CROSS JOIN LATERAL (SELECT no, at, by FROM edition_text l WHERE l.span = e.span"
        " AND l.first = e.first ORDER BY no DESC LIMIT 1) t LEFT JOIN LATERAL (SELECT min(at) AS at, count(*) AS n"
        " FROM edition_issue x WHERE x.span = e.span AND x.first = e.first) i ON true"
        " WHERE (%(before)s::date IS NULL OR e.first < %(before)s) AND (NOT %(issued)s OR i.at IS NOT NULL)"
        f" ORDER BY e.first DESC, e.span LIMIT {limit + 1}",
        {"before": before, "issued": issued},
    )
    return [Listed(Window(span, first), *rest) for span, first, *rest in found]


def differences(final: int, correction: int) -> list[tuple[str, str, str, tuple[int, int, int], tuple[int, int, int]]]:
    """What a correction says otherwise than the frozen publication, for the whole city and by unit: rate, dimension,
    code, the figure before and after (cases, good, in part). One statement."""
    found = sql.rows(
        "SELECT rate, dim, code, coalesce(a.n, 0), coalesce(a.good, 0), coalesce(a.part, 0), coalesce(b.n, 0),"
        " coalesce(b.good, 0), coalesce(b.part, 0) FROM"
        " (SELECT * FROM published_figure WHERE publication = %(final)s AND dim IN ('all', 'unit')) a FULL JOIN"
        " (SELECT * FROM published_figure WHERE publication = %(correction)s AND dim IN ('all', 'unit')) b"
        " USING (rate, dim, code) WHERE (a.n, a.good, a.part) IS DISTINCT FROM (b.n, b.good, b.part)"
        " ORDER BY dim, code, rate LIMIT 400",
        {"final": final, "correction": correction},
    )
    return [(rate, dim, code, tuple(rest[:3]), tuple(rest[3:])) for rate, dim, code, *rest in found]
