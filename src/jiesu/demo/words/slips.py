"""How words come out: northern speech, a clerk's third person, slips of the keyboard, tidy punctuation."""

from __future__ import annotations

import re
from typing import Final

from jiesu.demo.words.grammar import Chance
from jiesu.demo.words.source import read

_TABLES: Final[dict[str, dict[str, str]]] = read("slips")
_TIDY: Final = tuple(_TABLES["tidy"].items())
_DIALECT: Final = tuple(_TABLES["dialect"].items())
_RURAL: Final = tuple(_TABLES["rural"].items())
_THIRD: Final = tuple(_TABLES["third"].items())
_HOMOPHONES: Final = tuple(_TABLES["homophones"].items())
_LIGHT: Final = 4
_STOREY: Final = re.compile(r"\d+(?:层|楼)(?:往上)?")


def tidy(text: str) -> str:
    """Stray punctuation of fillings that were empty, taken out."""
    for wrong, right in _TIDY:
        if wrong in text:
            text = text.replace(wrong, right)
    text = text.lstrip("，。：；")
    return f"{text[:-1]}。" if text.endswith(("，", "；")) else text


def dialect(text: str, chance: Chance) -> str:
    """The same in northern speech, lightly or strongly."""
    pairs = _DIALECT if chance() < 0.3 else _DIALECT[:_LIGHT]
    for usual, northern in pairs:
        if usual in text:
            text = text.replace(usual, northern)
    return text


def rural(text: str) -> str:
    """The same in a village, where there are no storeys and no property company."""
    for urban, village in _RURAL:
        if urban in text:
            text = text.replace(urban, village)
    return _STOREY.sub("前街", text)


def third_person(text: str) -> str:
    """What a caller said, as a clerk writes it down."""
    for said, written in _THIRD:
        if said in text:
            text = text.replace(said, written)
    return text


def slip(text: str, chance: Chance) -> str:
    """One slip of the hand: a homophone, a doubled word, or a lost mark."""
    if chance() < 0.3:
        marks = text.count("，")
        return _drop_mark(text, int(chance() * marks)) if marks else text
    start = int(chance() * len(_HOMOPHONES))
    for step in range(8):
        right, wrong = _HOMOPHONES[(start + step) % len(_HOMOPHONES)]
        if right in text[4:]:
            return text[:4] + text[4:].replace(right, wrong, 1)
    return text


def _drop_mark(text: str, nth: int) -> str:
    at = -1
    for _ in range(nth + 1):
        at = text.index("，", at + 1)
    return text[:at] + text[at + 1 :]
