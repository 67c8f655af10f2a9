"""The rules of the hotline: pure functions over plain values, with the standard library only."""
