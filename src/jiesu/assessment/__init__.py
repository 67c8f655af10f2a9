"""The three rates: filled, explained, frozen, ranked and published."""
