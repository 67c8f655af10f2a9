"""The only persistence: tables, the record of every move, and the named reads."""
