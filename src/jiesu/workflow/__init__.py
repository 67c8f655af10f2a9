"""The verbs of the desks: each opens a transaction, asks the rules, records and returns."""
