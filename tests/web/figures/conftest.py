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
    with databases.clone("figured", figured.build), pytest.MonkeyPatch.context() as patch:
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
