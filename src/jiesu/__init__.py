"""Jiesu (接诉): the work of a city's 12345 hotline, from a demand to a closed and rated order."""

__version__ = "0.1.0"
