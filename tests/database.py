"""Fixtures for tests that need the database."""
