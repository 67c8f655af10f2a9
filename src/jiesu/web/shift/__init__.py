"""Handing over a shift, and the daily report."""
