"""Rows of long lists, drawn by Jinja2: a list of fifty orders costs a quarter of what Django's templates take for it.

A page stays Django's; where it lists orders it asks for ``{% rows "worklist" %}`` and the template of that name beside
this file gets what is named there, or everything that the page was given. Here is what these templates may call, by the
names that Django's templates know (``templatetags/jiesu.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@cache
def stem(view: str) -> str:
    """Where the pages of a view begin whose address ends with the number of an order."""
    return reverse(view, args=[0]).removesuffix("0")


def page(template: str, **given: Any) -> str:
    """What a template of Django's draws within a row, for what is rare there."""
    return render_to_string(template, given)


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("jiesu.web", "rows"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    keep_trailing_newline=False,
)


def drawn(name: str, given: Mapping[str, Any]) -> SafeString:
    """The rows of a page, with what the page was given."""
    return SafeString(_template(name).render(given))


@cache
def _template(name: str) -> Template:
    return _ENVIRONMENT.get_template(f"{name}.html")


def offer_tags(**functions: Any) -> None:
    """Let the rows call these."""
    _ENVIRONMENT.globals.update(functions)


def offer_filters(**functions: Any) -> None:
    """Let the rows use these as filters."""
    _ENVIRONMENT.filters.update(functions)


offer_tags(stem=stem, page=page)
offer_filters(linebreaksbr=linebreaksbr)
