"""How the order page draws its line."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from jiesu.web import rows
from jiesu.web.order.lanes import Cell

register = template.Library()


@register.simple_tag
def lanes(cells: Sequence[Cell]) -> SafeString:
    """The lanes beside one event, for eyes alone; what they say stands in words beside them.

    A page has hundreds of these, so they are put together here: of constants, none of it from people.
    """
    drawn = "".join(f'<i class="{_classes(cell)}"></i>' for cell in cells)
    return mark_safe(f'<span class="lanes" aria-hidden="true">{drawn}</span>')  # noqa: S308 - constants of `Cell`


def _classes(cell: Cell) -> str:
    return " ".join(part for part in (f"l{cell.lane}", cell.kind, "lead" if cell.lead else "", cell.tone) if part)


rows.offer_tags(lanes=lanes)
