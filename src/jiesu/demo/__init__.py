"""The made-up city and the simulator of its orders."""

from jiesu.demo.load import accounts, load_city

__all__ = ["accounts", "load_city"]
