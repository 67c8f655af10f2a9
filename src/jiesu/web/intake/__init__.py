"""The intake desk."""
