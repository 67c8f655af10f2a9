"""The handling unit's desk."""
