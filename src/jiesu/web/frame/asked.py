"""What an address or a form asks for, read kindly: what cannot be read was not asked."""

from __future__ import annotations

from datetime import date


def day_of(text: str) -> date | None:
    """A day as 2026-11-30; None for nothing and for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
