"""The simulated city: lawful histories of any size, the same for the same seed."""
