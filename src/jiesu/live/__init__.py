"""The small process that tells open pages what changed: one LISTEN connection, fan-out by queues, no Django.

The database announces on channel `jiesu_live` with a payload of topics separated by spaces, ids only:
`order:2611220000123 unit:12`. A page opens `/live/stream?topic=unit:12&topic=order:2611220000123` and gets a server-sent event
`changed` with the topics of its own that were touched, or `resync` when it may have missed something and must reload.
"""
