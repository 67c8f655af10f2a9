"""The callback clerk's desk."""
