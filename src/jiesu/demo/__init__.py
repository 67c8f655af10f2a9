"""The made-up city and the simulator of its orders."""
