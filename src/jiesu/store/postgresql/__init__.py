"""Django's backend for PostgreSQL as this installation uses it (settings name this package)."""
