"""Working on paper while the system is away: the kit that is printed before, the entry afterwards."""
