"""The small process that tells open pages what changed: one LISTEN connection, fan-out by queues, ids only.

Every recorded move is announced by the database on channel `jiesu` as "number seq move". A page that is signed in
opens `/live/stream` (on the live port, with credentials) and gets server-sent events:

    event: move     data: {"number": 2611220000123, "seq": 5, "move": "dispatch"}   an order that it may see has moved
    event: call     data: {"call": 4711}   the reader's own telephone call began, was handed on, or ended
    event: resync   data:                                                          it may have missed something: reload

    event: present  data: {"number": 2611220000123, "people": [{"name": "陈亮", "role": "派单员"}]}   who else is there

`?here=2611220000123` names the one order that stands on the page: only such pages are told who else is there.
`?order=2611220000123`, once or more, narrows the stream to these orders. A browser reconnects by itself; then, and
after the database was away, it is told `resync`. Somebody who is not signed in gets 401.
"""
