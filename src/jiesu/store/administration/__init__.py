"""City data as an administrator keeps it: read by kind, put in its place, with every change on record."""
