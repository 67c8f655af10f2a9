"""The quality inspector's desk."""
