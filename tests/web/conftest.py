"""A clone of the demo city, its people at their pages, and the moment at which they sit there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests import city
from tests.database import Clone, Databases
from tests.web.desk import Desk


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def desk(db: Clone, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The pages read the clock at one place; a story sets it by ``desk.at``."""
    return seated(monkeypatch)


@pytest.fixture(scope="module")
def module_desk(databases: Databases) -> Iterator[Desk]:
    """One city for a module whose tests each make orders of their own. Not to be mixed with ``desk`` in one module."""
    with databases.clone("city", city.build), pytest.MonkeyPatch.context() as patch:
        yield seated(patch)


def seated(patch: pytest.MonkeyPatch) -> Desk:
    from django.utils import timezone  # noqa: PLC0415 - Django can be imported only once it is set up

    made = Desk()

    def now() -> datetime:
        return made.at

    patch.setattr(timezone, "now", now)
    return made
