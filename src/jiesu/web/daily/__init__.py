"""The daily report: a civil day in figures that are fixed, and the words that the duty supervisor writes to them."""
