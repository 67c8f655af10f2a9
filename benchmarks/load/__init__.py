"""A load client and its instruments: keep-alive requests from templates, CPU and memory from /proc, pgbench as peer."""
