"""Phone calls as the exchange tells them, who is to be called back, and who heard a recording."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiesu.store.models.orders import AppendOnly

OPEN_TASK = Q(state__in=["open", "taken"])


class Call(models.Model):
    """One call, in or out: offered, perhaps answered, ended. ``outcome`` is answered, dropped (hung up waiting) or
    missed; empty while it rings.

    Its number is kept as a keyed hash; in the clear it stands only in ``told``, the events of the call, sealed under
    ``key_id``. NULL there: a call from a history, which takes no more events; empty: none has been told yet. Who called
    stands in ``person``; ``number`` is the first order that came of it. ``seat`` is the agent as the exchange named it.
    """

    id = models.BigAutoField(primary_key=True)
    exchange_id = models.CharField(max_length=60, unique=True)
    direction = models.CharField(max_length=3, default="in")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10)
    agent = models.CharField(max_length=40, blank=True)
    seat = models.CharField(max_length=40, blank=True, db_default="")
    phone_hash = models.BinaryField(null=True)
    person = models.BigIntegerField(null=True)
    number = models.BigIntegerField(null=True)
    recording = models.CharField(max_length=200, blank=True)
    held_seconds = models.IntegerField(db_default=0)
    transfers = models.SmallIntegerField(db_default=0)
    task = models.BigIntegerField(null=True)
    key_id = models.SmallIntegerField(null=True)
    told = models.BinaryField(null=True)

    class Meta:
        db_table = "call"
        indexes = [
            models.Index(fields=["offered_at"], name="call_offered"),
            models.Index(fields=["number"], name="call_number", condition=Q(number__isnull=False)),
            models.Index(fields=["phone_hash", "-offered_at"], name="call_phone"),
            models.Index(fields=["agent", "-answered_at"], name="call_agent", condition=Q(answered_at__isnull=False)),
            models.Index(fields=["task"], name="call_of_task", condition=Q(task__isnull=False)),
            models.Index(fields=["person"], name="call_person", condition=Q(person__isnull=False)),
            models.Index(fields=["recording"], name="call_file", condition=Q(recording__startswith="file:")),
        ]


class CallOrder(models.Model):
    """What was done on an order during a call: the order's event ``seq``. One call may give several orders."""

    id = models.BigAutoField(primary_key=True)
    call = models.BigIntegerField()
    number = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        db_table = "call_order"
        constraints = [models.UniqueConstraint(fields=["call", "number", "seq"], name="call_order_once")]
        indexes = [models.Index(fields=["number"], name="call_order_number")]


class CallTask(models.Model):
    """A caller whom nobody answered and who is to be called back: one for each number while it is open.

    ``misses`` counts the calls that name this task, ``call`` is the last of them, ``dialled`` the last call out.
    """

    id = models.BigAutoField(primary_key=True)
    phone_hash = models.BinaryField(null=True)
    person = models.BigIntegerField(null=True)
    call = models.BigIntegerField()
    dialled = models.BigIntegerField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    misses = models.SmallIntegerField()
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    next_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="open")
    attempts = models.SmallIntegerField(default=0)
    taken_by = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "call_task"
        constraints = [models.UniqueConstraint(fields=["phone_hash"], name="call_task_once", condition=OPEN_TASK)]
        indexes = [
            models.Index(fields=["-urgent", "due_at"], name="call_task_open", condition=OPEN_TASK),
            models.Index(fields=["phone_hash", "-ended_at"], name="call_task_phone"),
        ]


class CallHeard(AppendOnly):
    """Somebody listened to a recording. Never changed, never removed."""

    id = models.BigAutoField(primary_key=True)
    call = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "call_heard"
        indexes = [models.Index(fields=["call"], name="call_heard_call")]


class AgentState(models.Model):
    """What an agent is doing, since when, at which extension, and in which call."""

    agent = models.CharField(max_length=40, primary_key=True)
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    extension = models.CharField(max_length=20, null=True, unique=True)
    call = models.BigIntegerField(null=True)

    class Meta:
        db_table = "agent_state"
