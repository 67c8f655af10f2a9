"""Who opens a stream, by Django's session cookie read without Django's machinery."""

from __future__ import annotations


async def nobody(_cookies: str, _topics: frozenset[str]) -> frozenset[str] | None:
    """Turn everybody away: what holds until the sessions are read here."""
    return None
