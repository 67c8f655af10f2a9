"""雄关市, the invented city of the demo: plain data in JSON files beside this module, no rules."""

import json
from importlib.resources import files
from typing import Any


def read(name: str) -> Any:
    """Return the content of ``name``.json of the demo city, parsed.

    A list of objects for units, regions, places, matters, catalog, staff, roster, demo_orders and articles; an object
    for reasons (lists by group), limits (``limits`` and ``params``) and quality (``plan`` and score sheets by subject).
    Every call returns a fresh copy. FileNotFoundError if the city has no such file. Units of measure are those of
    domain.md §4.
    """
    return json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
