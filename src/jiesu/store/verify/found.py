"""What a verification found: counts, and faults named for a person."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as the record says. ``number`` is the order's, None when it is no one order's.

    ``words`` say in Chinese what is wrong. ``about`` tells kinds of fault apart: chain, row, text, file, deadline,
    rules, manifest, gone (an order or its last events were taken away), left (what remains of one that is gone).
    """

    number: int | None
    words: str
    about: str


@dataclass(slots=True)
class Found:
    """Counts of what was read, and the faults. ``erased`` counts orders, ``erased_texts`` their words.

    ``copies`` are orders that are no record and were left out (``store.copies``).
    ``overcounted`` are days that have fewer events than were sealed, which any other fault may explain.
    Seconds are working time, added up over processes; ``text_seconds`` is the part of them spent on opening words.
    """

    orders: int = 0
    copies: int = 0
    events: int = 0
    texts: int = 0
    erased: int = 0
    erased_texts: int = 0
    deadlines: int = 0
    files: int = 0
    manifests: int = 0
    snapshots: int = 0
    seconds: float = 0.0
    text_seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    overcounted: list[Fault] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what another part of the same verification found."""
        self.orders += other.orders
        self.copies += other.copies
        self.events += other.events
        self.texts += other.texts
        self.erased += other.erased
        self.erased_texts += other.erased_texts
        self.deadlines += other.deadlines
        self.files += other.files
        self.manifests += other.manifests
        self.snapshots += other.snapshots
        self.seconds += other.seconds
        self.text_seconds += other.text_seconds
        self.faults.extend(other.faults)
        self.overcounted.extend(other.overcounted)


def ordinals(numbers: list[int]) -> str:
    """Numbers as a sentence counts them: 3, 5、6 or 7 至 12."""
    whole = "、".join(str(one) for one in numbers)
    run = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
    return f"{numbers[0]} 至 {numbers[-1]}" if run else whole
