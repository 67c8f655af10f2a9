"""Texts of which every reading is kept: what may be written, and who changed what between the readings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from jiesu.domain.errors import Refused

LONGEST: Final = 4_000
# A figure in its place, a word of Latin letters and digits, or one character.
_PIECE: Final = re.compile(r"\{[^{}\n]{1,40}\}|[A-Za-z0-9.%]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """Words that came in with the reading ``born`` (0: the draft) and went out with ``died``; None: they stand."""

    text: str
    born: int
    died: int | None = None


def check_length(zh: str, text: str, field: str) -> None:
    """Refuse a text that cannot be kept."""
    if len(text) > LONGEST or "\0" in text:
        raise Refused(f"“{zh}”太长或有无法保存的字符，请缩短到 {LONGEST:,} 字以内", field=field)


def plain(text: str) -> str:
    """A text as it is kept: lines as they are written here, nothing around them."""
    return text.replace("\r\n", "\n").strip()


def merged(held: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The held texts with those that were given in their place. Raises Refused where that changes nothing."""
    made = {**held, **{name: plain(text) for name, text in given.items()}}
    if made == held:
        raise Refused("没有改动任何内容")
    return made


def tracked(readings: Sequence[tuple[int, str]]) -> list[Run]:
    """Every word that any reading had, in order, with the reading that brought it and the one that took it out.

    ``readings``: number and text, the oldest first.
    """
    pieces: list[tuple[str, int, int | None]] = []
    for no, text in readings:
        pieces = _changed(pieces, no, _PIECE.findall(text))
    runs: list[Run] = []
    for piece, born, died in pieces:
        if runs and (runs[-1].born, runs[-1].died) == (born, died):
            runs[-1] = Run(runs[-1].text + piece, born, died)
        else:
            runs.append(Run(piece, born, died))
    return runs


def _changed(
    pieces: Sequence[tuple[str, int, int | None]], no: int, text: Sequence[str]
) -> list[tuple[str, int, int | None]]:
    """The pieces after one more reading: those that died before stay where they died."""
    live = [at for at, (_, _, died) in enumerate(pieces) if died is None]
    steps = _steps([pieces[at][0] for at in live], text)
    gone = {live[at] for tag, first, last, _, _ in steps if tag != "equal" for at in range(first, last)}
    # What is new stands after the piece that it follows.
    new = {
        (live[first - 1] if first else -1): text[begin:end] for tag, first, _, begin, end in steps if tag == "insert"
    }
    new |= {live[last - 1]: text[begin:end] for tag, _, last, begin, end in steps if tag == "replace"}
    made: list[tuple[str, int, int | None]] = [(piece, no, None) for piece in new.get(-1, ())]
    for at, (piece, born, died) in enumerate(pieces):
        made.append((piece, born, no if at in gone else died))
        made += [(piece, no, None) for piece in new.get(at, ())]
    return made


def _steps(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """What to do to the old pieces; texts that have little in common are taken out and put in whole, because nobody
    can read the difference of such."""
    found = SequenceMatcher(None, old, new, autojunk=False)
    same = sum(one.size for one in found.get_matching_blocks())
    if old and new and same < min(len(old), len(new)) / 2:
        return [("replace", 0, len(old), 0, len(new))]
    return found.get_opcodes()
