"""Background work and its schedules."""
