"""Which numbers are copies of simulated lives: good for lists and figures, and no record.

The scale kit writes what it made into the setting ``copies``: ``batches``, each with the range of its numbers and of
their serials, which no record shares, and ``indexes`` that wait to be built again. ``verify`` and the manifests leave
copies out and count them apart; what a manifest has listed is looked for all the same.
"""

from __future__ import annotations

from typing import Final

SETTING: Final = "copies"
SERIAL: Final = 10_000_000  # a number is a day (yymmdd) and a serial of seven digits


def not_copied(number: str) -> str:
    """SQL: the number in this column is no copy's. With parameters: percent signs are doubled."""
    return f"NOT {copied(number)}"


def copied(number: str) -> str:
    """SQL: the number in this column is a copy's. With parameters: percent signs are doubled."""
    return (
        "EXISTS (SELECT 1 FROM setting held, jsonb_to_recordset(held.value -> 'batches')"
        " AS b(since bigint, upto bigint, above bigint, copies bigint, serials bigint)"
        f" WHERE held.name = '{SETTING}' AND {number} BETWEEN b.since AND b.upto"
        f" AND {number} %% {SERIAL} > b.above AND {number} %% {SERIAL} <= b.above + b.copies * b.serials)"
    )
