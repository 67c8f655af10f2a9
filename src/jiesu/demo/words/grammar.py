"""Phrases with choices: read once into nodes, spoken many times.

A phrase is plain text with ``[one|other|]`` (any of these, also none), ``{name}`` (any phrase of the lexicon under that
name, or a slot that the speaker fills) and ``{3-12}`` (a number of that range). Choices may stand in choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

# A sequence is a list of parts; a tuple is a choice; an int is a slot filled by the speaker; a range is a number.
Part: TypeAlias = "str | int | range | tuple[Node, ...]"
Node: TypeAlias = "str | list[Part]"
Choice: TypeAlias = "tuple[Node, ...]"
Filling: TypeAlias = "str | Choice"
Chance: TypeAlias = Callable[[], float]

_TOKEN: Final = re.compile(r"\[|\]|\||\{[^{}]*\}|[^\[\]|{}]+")
_RANGE: Final = re.compile(r"(\d+)-(\d+)")


class Grammar:
    """Reads phrases against a lexicon (name -> phrases) and a table of slots (name -> index)."""

    def __init__(self, lexicon: Mapping[str, Sequence[str]], slots: Mapping[str, int]) -> None:
        self._lexicon = lexicon
        self._slots = slots
        self._named: dict[str, Choice] = {}
        self._read: dict[str, Node] = {}

    def choice(self, phrases: Sequence[str]) -> Choice:
        """The phrases as one choice. Raises ValueError on a phrase that cannot be read or names nothing known."""
        return tuple(self.node(phrase) for phrase in phrases)

    def node(self, phrase: str) -> Node:
        found = self._read.get(phrase)
        if found is None:
            tokens = _TOKEN.findall(phrase)
            if "".join(tokens) != phrase:
                raise ValueError(f"stray bracket in phrase: {phrase}")
            found, end = self._sequence(tokens, 0, phrase)
            if end != len(tokens):
                raise ValueError(f"unbalanced phrase: {phrase}")
            self._read[phrase] = found
        return found

    def _sequence(self, tokens: list[str], at: int, phrase: str) -> tuple[Node, int]:
        parts: list[Part] = []
        while at < len(tokens) and tokens[at] not in "|]":
            if tokens[at] == "[":
                part, at = self._choice(tokens, at + 1, phrase)
                parts.append(part)
            else:
                parts.append(self._name(tokens[at], phrase))
                at += 1
        if not parts:
            return "", at
        return (parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts), at

    def _choice(self, tokens: list[str], at: int, phrase: str) -> tuple[Choice, int]:
        options: list[Node] = []
        while True:
            option, at = self._sequence(tokens, at, phrase)
            options.append(option)
            if at >= len(tokens):
                raise ValueError(f"unbalanced phrase: {phrase}")
            at += 1
            if tokens[at - 1] == "]":
                return tuple(options), at

    def _name(self, token: str, phrase: str) -> Part:
        if not token.startswith("{"):
            return token
        name = token[1:-1]
        if name in self._slots:
            return self._slots[name]
        if limits := _RANGE.fullmatch(name):
            return range(int(limits[1]), int(limits[2]) + 1)
        if name not in self._lexicon:
            raise ValueError(f"nothing is called {name} in phrase: {phrase}")
        if name not in self._named:
            self._named[name] = self.choice(self._lexicon[name])
        return self._named[name]


def speak(node: Node, chance: Chance, fillings: Sequence[Filling]) -> str:
    """One saying of ``node``; ``chance`` gives numbers of 0 <= x < 1, ``fillings`` what the slots hold."""
    if type(node) is str:
        return node
    out: list[str] = []
    _speak(node, chance, fillings, out)
    return "".join(out)


def _speak(node: Node, chance: Chance, fillings: Sequence[Filling], out: list[str]) -> None:
    for own in node:
        part = fillings[own] if type(own) is int else own
        kind = type(part)
        if kind is str:
            out.append(part)  # type: ignore[arg-type]
        elif kind is tuple:
            chosen = part[int(chance() * len(part))]  # type: ignore[index, arg-type]
            if type(chosen) is str:
                out.append(chosen)
            else:
                _speak(chosen, chance, fillings, out)  # type: ignore[arg-type]
        else:
            out.append(str(part[int(chance() * len(part))]))  # type: ignore[index, arg-type]
