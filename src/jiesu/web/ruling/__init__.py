"""The arbiter's desk."""
