"""Changing what a city is: checked before it is saved, kept with who and why, from a day on that is not past.

What was decided before stays decided (domain.md §3): orders under way keep their limits, new ones follow.
"""
