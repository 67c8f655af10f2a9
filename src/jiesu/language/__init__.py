"""Text intelligence: suggestions with reasons, never decisions."""
