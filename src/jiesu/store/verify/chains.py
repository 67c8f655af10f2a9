"""Does an order's chain hold: numbered from 1 without gaps, each event hashed over the one before. If not, where."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

from jiesu.domain import chain
from jiesu.domain.order import Event
from jiesu.store.documents import read_mapping
from jiesu.store.verify.found import Fault, ordinals
from jiesu.store.verify.reading import Kept, Rows

_MOST_TRIED: Final = 8  # broken links among which exchanged events are looked for


def event_of(row: tuple[Any, ...]) -> Event:
    """An event from its row. Its data may be anything once it was altered: what is no mapping is left out."""
    number, seq, move, at, actor, role, unit, rules, version, happened, text, _ = row
    try:
        data = read_mapping(text)
    except ValueError:
        data = {}
    return Event(number, seq, move, at, actor, role, unit, rules, data, happened, version)


def check(kept: Kept) -> list[Fault]:
    """Faults of the chain of ``kept``, most telling first; an empty list when every link and the head hold."""
    events, row = kept.events, kept.row
    number = kept.number
    if row is None:
        return [_no_row(kept)]
    version, head = row[0], bytes(row[-2])
    if not events:
        return [Fault(number, "流转记录全部被删除，只剩工单行", "chain")]
    broken, last = broken_links(events)
    missing = sorted(set(range(1, max(version, events[-1][1]) + 1)) - {event[1] for event in events})
    faults = [Fault(number, words, "chain") for words in _named(events, broken)]
    if missing:
        faults.append(Fault(number, f"流转记录缺第 {ordinals(missing)} 条", "chain"))
    if version < events[-1][1]:
        said = f"工单行被退回到第 {version} 版，流转记录已有 {events[-1][1]} 条"
        faults.append(Fault(number, said, "row"))
    elif head not in last and version == events[-1][1]:
        faults.append(Fault(number, "工单行的链首（head）与最后一条流转记录不符", "row"))
    return faults


def _no_row(kept: Kept) -> Fault:
    if kept.events:
        return Fault(kept.number, f"工单行被删除，流转记录还有 {len(kept.events)} 条", "gone")
    if kept.is_empty:
        return Fault(kept.number, "没有这张工单", "left")
    return Fault(kept.number, "工单行和流转记录都已不在，只剩下附属的行", "left")


def broken_links(events: Rows) -> tuple[list[int], set[bytes]]:
    """Positions of events that do not fit, and the hashes that the order's head may have.

    Each event is judged by the hash that its neighbour keeps, so that one altered event is one broken link. Where the
    hash itself was altered, the one it should have been counts for the next event too.
    """
    broken = []
    before, seq = {chain.START}, 0
    for position, row in enumerate(events):
        event, data, held = event_of(row), row[10], bytes(row[11])
        after = {held}
        if event.seq == seq + 1:
            made = [chain.event_hash(link, event, data) for link in before]
            if held not in made:
                broken.append(position)
                after.update(made)
        before, seq = after, event.seq
    return broken, before


def _named(events: Rows, broken: list[int]) -> Iterator[str]:
    if not broken:
        return
    swapped = _swapped(events, broken)
    if swapped:
        yield f"第 {swapped[0]}、{swapped[1]} 条次序被调换"
        return
    shifted = _shifted(events, broken)
    if shifted:
        yield f"第 {shifted} 条流转记录被删除，其后的序号被改动"
        return
    for position in broken:
        yield f"第 {events[position][1]} 条流转记录被改动"


def _swapped(events: Rows, broken: list[int]) -> tuple[int, int] | None:
    """The two events that have to change places again for every link to hold; the hash may have stayed or moved."""
    for one, other in combinations(broken[:_MOST_TRIED], 2):
        for columns in (slice(2, 12), slice(2, 11)):
            tried = list(events)
            tried[one], tried[other] = _exchanged(events[one], events[other], columns)
            if not broken_links(tried)[0]:
                return events[one][1], events[other][1]
    return None


def _exchanged(one: tuple[Any, ...], other: tuple[Any, ...], columns: slice) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    left, right = list(one), list(other)
    left[columns], right[columns] = right[columns], left[columns]
    return tuple(left), tuple(right)


def _shifted(events: Rows, broken: list[int]) -> int | None:
    """The number of an event that was taken out, when those behind it were numbered anew to close the gap."""
    first = broken[0]
    if broken != list(range(first, len(events))):
        return None
    gone: int = events[first][1]
    renumbered = [(row[0], row[1] + 1, *row[2:]) for row in events[first:]]
    # Without the event that was taken out, the link of the first one behind it cannot be judged.
    return None if len(renumbered) < 2 or broken_links(renumbered)[0] else gone
