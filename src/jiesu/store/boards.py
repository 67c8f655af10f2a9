"""What a board is made of, in two statements: what was published of its windows and by which profile; then figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from jiesu.domain.profiles import BY_END, Metric, Profile
from jiesu.domain.tally import civil_day
from jiesu.domain.windows import Window
from jiesu.store import metric_sql, profiles, publications, sql
from jiesu.store.figures import Cell
from jiesu.store.publications import Published


@dataclass(slots=True)
class Ground:
    """``published``: everything told of the first window, in order; ``frozen``: the final publication of each window
    that has one; ``profiles`` by number, among them ``chosen``, 0 when there is none; ``unfilled``: ways of counting
    (by digest) whose figures are not made yet; ``filled_at``: up to when the record was read, None before a fill."""

    published: list[Published] = field(default_factory=list)
    frozen: dict[Window, Published] = field(default_factory=dict)
    profiles: dict[int, Profile] = field(default_factory=dict)
    chosen: int = 0
    unfilled: frozenset[str] = frozenset()
    filled_at: datetime | None = None

    @property
    def profile(self) -> Profile:
        return self.profiles[self.chosen]

    @property
    def cut(self) -> date | None:
        """The day of the last fill. What falls on it or later, in a window that still runs, does not count yet: its
        limit may still be met."""
        return civil_day(self.filled_at) if self.filled_at else None


_GROUND: Final = (
    "WITH w AS (SELECT * FROM unnest(%(spans)s::text[], %(firsts)s::date[]) AS w(span, first)),"
    " p AS (SELECT p.* FROM publication p JOIN w USING (span, first)"
    " WHERE p.stage = 'final' OR (p.span = %(span)s AND p.first = %(first)s)),"
    " chosen AS (SELECT id FROM metric_profile WHERE %(name)s::text = '' OR name = %(name)s::text"
    " ORDER BY CASE WHEN %(name)s::text <> '' THEN version END DESC NULLS LAST, effective_from <= %(first)s DESC,"
    " CASE WHEN effective_from <= %(first)s THEN effective_from END DESC, effective_from, version DESC, id DESC"
    " LIMIT 1)"
    " SELECT 'publication', '', {columns} FROM p"
    " UNION ALL SELECT CASE WHEN m.id = (SELECT id FROM chosen) THEN 'chosen' ELSE 'profile' END, m.doc::text, m.id,"
    " '', NULL, '', 0, '', NULL, '', 0, '', 0, '' FROM metric_profile m"
    " WHERE m.id IN (SELECT id FROM chosen UNION ALL SELECT profile FROM p)"
    " UNION ALL SELECT 'state', (SELECT coalesce(string_agg(digest, ' '), '') FROM metric WHERE NOT whole), 0, '',"
    " NULL, '', 0, '', upto, '', fill, '', 0, '' FROM fact_state ORDER BY 3"
).format(columns=", ".join(f"p.{one}" for one in publications.COLUMNS))


def ground(windows: Sequence[Window], *, profile: str = "") -> Ground:
    """What was published of these windows, of the first one in full, and the profile that is in force on its first day,
    or the last version of the one that is named. One statement."""
    first = windows[0]
    params = {
        "spans": [one.span for one in windows],
        "firsts": [one.first for one in windows],
        "span": first.span,
        "first": first.first,
        "name": profile,
    }
    found = Ground()
    for part, text, *row in sql.rows(_GROUND, params):
        if part == "publication":
            held = publications.read(tuple(row))
            if held.stage == "final":
                found.frozen[held.window] = held
            if held.window == first:
                found.published.append(held)
        elif part == "state":
            found.unfilled, found.filled_at = frozenset(text.split()), row[6]
        else:
            found.profiles[row[0]] = profiles.read(text)
            found.chosen = row[0] if part == "chosen" else found.chosen
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """Figures that are wanted: of live windows by the digest of their metric, of publications by rate; of dimensions,
    and of all their codes or only of these. ``cut``: from this day on nothing counts in a window that still runs."""

    dims: Sequence[str]
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    windows: Sequence[Window] = ()
    published: Sequence[int] = ()
    rates: Sequence[str] = ()
    codes: Sequence[str] | None = None
    cut: date | None = None

    @property
    def running(self) -> list[Window]:
        return [one for one in self.windows if self.cut is not None and one.after > self.cut]


class Told(NamedTuple):
    """Figures of one dimension by its codes: ``of`` is the digest of a metric in a live window, the code of a rate in a
    publication. ``ahead``: they are the parts of such figures that are not to be counted yet."""

    dim: str
    window: Window | None
    publication: int
    of: str
    cells: dict[str, Cell]
    ahead: bool = False


def figures(asked: Sequence[Asked]) -> Iterator[Told]:
    """The figures that are asked for. One statement."""
    parts: list[str] = []
    params: dict[str, Any] = {}
    for at, one in enumerate(asked):
        names = {
            f"dims{at}": list(one.dims),
            f"metrics{at}": list(one.metrics),
            f"ends{at}": [BY_END in metric.good for metric in one.metrics.values()],
            f"cut{at}": one.cut,
            f"runs{at}": [window.span for window in one.running],
            f"from{at}": [window.first for window in one.running],
            f"to{at}": [window.after for window in one.running],
            f"spans{at}": [window.span for window in one.windows],
            f"firsts{at}": [window.first for window in one.windows],
            f"published{at}": list(one.published),
            f"rates{at}": list(one.rates),
        }
        if one.codes is not None:
            names[f"codes{at}"] = list(one.codes)
        codes = "" if one.codes is None else f" AND x.code = ANY(%(codes{at})s)"
        parts += [text.format(at=at, codes=codes) for text, some in _parts(one) if some]
        params.update(names)
    if not parts:
        return
    # A board has ten thousand figures: they come as some hundred rows, each a figure of all units.
    statement = (
        "SELECT dim, span, first, publication, of, array_agg(code), array_agg(n), array_agg(good), array_agg(part)"
        f" FROM ({' UNION ALL '.join(parts)}) AS x(dim, code, span, first, publication, of, n, good, part)"
        " GROUP BY dim, span, first, publication, of"
    )
    for dim, span, first, publication, of, of_codes, *counts in sql.rows(statement, params):
        cells = dict(zip(of_codes, map(Cell, *counts), strict=True))
        yield Told(dim, Window(span, first) if span else None, publication, of, cells, publication < 0)


def _parts(one: Asked) -> list[tuple[str, object]]:
    return [(_LIVE, one.windows), (_AHEAD, one.running), (_PUBLISHED, one.published)]


_LIVE: Final = (
    "SELECT x.dim, x.code, x.span, x.first, 0, m.digest, x.n, x.good, x.part"
    " FROM unnest(%(spans{at})s::text[], %(firsts{at})s::date[]) AS w(span, first)"
    " CROSS JOIN (SELECT id, digest FROM metric WHERE digest = ANY(%(metrics{at})s)) m"
    " JOIN figure x ON x.metric = m.id AND x.span = w.span AND x.first = w.first AND x.dim = ANY(%(dims{at})s){codes}"
)
_PUBLISHED: Final = (
    "SELECT x.dim, x.code, '', NULL::date, x.publication, x.rate, x.n, x.good, x.part FROM published_figure x"
    " WHERE x.publication = ANY(%(published{at})s) AND x.rate = ANY(%(rates{at})s) AND x.dim = ANY(%(dims{at})s){codes}"
)
# Of a window that still runs: what falls today or later, by the same conditions as its figure was made.
_AHEAD: Final = (
    "SELECT x.dim, x.code, w.span, w.first, -1, m.digest, sum(x.n)::integer,"
    " sum(CASE WHEN NOT a.ends OR x.done_day < w.after THEN x.good ELSE 0 END)::integer,"
    " sum(CASE WHEN NOT a.ends OR x.done_day < w.after THEN x.part ELSE 0 END)::integer"
    " FROM unnest(%(runs{at})s::text[], %(from{at})s::date[], %(to{at})s::date[]) AS w(span, first, after)"
    " CROSS JOIN unnest(%(metrics{at})s::text[], %(ends{at})s::boolean[]) AS a(digest, ends)"
    " JOIN metric m ON m.digest = a.digest JOIN rollup x ON x.metric = m.id AND x.day >= greatest(%(cut{at})s, w.first)"
    f" AND x.day < w.after AND {metric_sql.in_effect('w.after', 'x.')}"
    " AND x.dim = ANY(%(dims{at})s){codes}"
    " GROUP BY x.dim, x.code, w.span, w.first, m.digest"
)


def counted(
    metrics: Mapping[str, Metric], windows: Sequence[Window], dims: Sequence[str], *, cut: date
) -> Iterator[tuple[str, Window, str, str, Cell]]:
    """Figures counted from the facts of these windows, whatever rollups say: digest, window, dimension, code, figure.
    ``cut`` as in ``Asked``. One statement, bounded by the windows; nothing is kept."""
    parts = [_counted(digest, metric, dims) for digest, metric in metrics.items()]
    params: dict[str, Any] = {
        "spans": [one.span for one in windows],
        "firsts": [one.first for one in windows],
        "afters": [one.after for one in windows],
        "cut": cut,
    }
    statement = (
        "WITH w AS (SELECT * FROM unnest(%(spans)s::text[], %(firsts)s::date[], %(afters)s::date[])"
        f" AS w(span, first, after)) {' UNION ALL '.join(parts)}"
    )
    for digest, span, first, dim, code, *counts in sql.rows(statement, params):
        yield digest, Window(span, first), dim, code, Cell(*counts)


def _counted(digest: str, metric: Metric, dims: Sequence[str]) -> str:
    held = metric_sql.compiled(metric)
    codes = {dim: code for dim, code in metric_sql.dimensions(metric).items() if dim in dims}
    by_end = " AND done_day < w.after" if held.ends else ""
    effect = f" AND {metric_sql.in_effect('w.after')}" if held.limited else ""
    named = ", ".join(f"{code} AS d_{dim}" for dim, code in codes.items())
    which = " ".join(f"WHEN grouping(d_{dim}) = 0 THEN '{dim}'" for dim in codes)
    sets = ", ".join(f"(w.span, w.first, d_{dim})" for dim in codes)
    return (
        f"SELECT '{digest}', w.span, w.first, CASE {which} END, coalesce({', '.join(f'd_{dim}' for dim in codes)}),"
        f" count(*), count(*) FILTER (WHERE {held.good}{by_end}), count(*) FILTER (WHERE {held.part}{by_end})"
        f" FROM w JOIN (SELECT *, {named} FROM {held.table} WHERE {held.case} AND gone IS NULL) f"
        f" ON f.{held.by} >= w.first AND f.{held.by} < least(w.after, %(cut)s){effect} GROUP BY GROUPING SETS ({sets})"
    )
