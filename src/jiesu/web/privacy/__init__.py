"""The data-protection officer's desk."""
