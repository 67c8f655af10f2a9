"""The small process that tells open pages what changed."""
