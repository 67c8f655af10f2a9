"""The city leader's desk."""
