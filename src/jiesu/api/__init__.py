"""The JSON interface, version 1, and its webhooks."""
