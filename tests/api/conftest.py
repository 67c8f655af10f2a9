"""A clone of the demo city with a token for everybody in the stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import city
from tests.api.caller import Callers
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def callers(db: Clone) -> Callers:
    return Callers()


@pytest.fixture(scope="module")
def module_callers(databases: Databases) -> Iterator[Callers]:
    """For a module of tests that leave nothing behind. Not to be mixed with ``callers`` in one module."""
    with databases.clone("city", city.build):
        yield Callers()
