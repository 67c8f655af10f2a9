"""Working on paper while the system is away, and what is entered afterwards."""
