"""A city whose November is over, and its people at their pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database import Clone, Databases
from tests.web.bulletin import month


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    """In place of the city without orders."""
    with databases.clone("month-end", month.build) as clone:
        yield clone
