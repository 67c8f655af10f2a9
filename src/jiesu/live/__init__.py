"""The small process that tells open pages what changed: one LISTEN connection, fan-out by queues, no Django.

The database announces on channel `jiesu_live`; the payload is topics separated by spaces, ids only, such as
`order:2611220000123 unit:12`. A page opens `/live/stream?topic=unit:12&topic=order:2611220000123` and gets a
server-sent event `changed` with those of its topics that were touched, or `resync` when it may have missed
something and must reload.
"""
