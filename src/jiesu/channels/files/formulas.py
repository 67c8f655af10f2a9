"""Cells that a spreadsheet would run: known from words on the way in, made harmless on the way out."""

from __future__ import annotations

import re
from typing import Final

_TRIGGERS: Final = "=+-@＝＋－＠"
_REFERENCE: Final = r"(?:(?:'[^'\n]+'|\w+)!)?\$?[A-Za-z]{1,3}\$?\d{1,7}"
_FORMULA: Final = re.compile(
    rf"[{re.escape(_TRIGGERS)}]+\s*(?:"
    r"[A-Za-z_][A-Za-z0-9_.]*\s*[(（]"  # a function call
    rf"|\(*{_REFERENCE}\s*(?:$|[+*/^&=<>:,;)]|-\s*[$\dA-Za-z'(]+\s*$)"  # a cell, alone or in arithmetic
    r"|[^\n]*\|[^\n]*!"  # a command for another program
    r")"
)
_EQUATION: Final = re.compile(r"[=＝]\s*[-+(]*\s*[\d\"'{]")


def is_formula(words: str) -> bool:
    """True when the words would be computed: a sign, then a function call or a reference to a cell.

    A dash or an at sign before ordinary words (``-路灯不亮``, ``@市住建局``) is how people write.
    """
    if not words or words[0] not in _TRIGGERS:
        return False
    return bool(_FORMULA.match(words) or _EQUATION.match(words))


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not run it: an apostrophe before a dangerous first sign."""
    first = cell.lstrip(" \t\r\n　\ufeff")[:1]
    return f"'{cell}" if (first and first in _TRIGGERS) or cell[:1] in ("\t", "\r") else cell
