"""A city with figures for modules that only read them, and months made of a few orders for stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import figured
from tests.database import Databases
from tests.web.conftest import seated
from tests.web.desk import Desk


@pytest.fixture(scope="module")
def reading(databases: Databases) -> Iterator[Desk]:
    """The pages of the figured city at its moment, for a module that changes nothing there."""
    with pytest.MonkeyPatch.context() as patch:
        # A browser of this module may run already: Django sees its loop, though nothing here waits on it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield from _reading(databases, patch)


def _reading(databases: Databases, patch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with databases.clone("figured", figured.build):
        desk = seated(patch)
        desk.at = figured.NOW
        yield desk


@pytest.fixture
def november(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, int]]:
    """The pages on 2 December after a small November, and the number of the one order that was signed late."""
    with databases.clone("november", figured.build_november):
        desk = seated(monkeypatch)
        desk.at = figured.DECEMBER
        yield desk, figured.late_order()
