"""Phone calls as the exchange tells them."""

from __future__ import annotations

from django.db import models


class Call(models.Model):
    """One call, in or out: offered, perhaps answered, ended. ``outcome`` is answered, dropped (hung up waiting) or
    missed. Its number is kept only as a keyed hash; who called stands in ``person``."""

    id = models.BigAutoField(primary_key=True)
    exchange_id = models.CharField(max_length=60, unique=True)
    direction = models.CharField(max_length=3, default="in")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10)
    agent = models.CharField(max_length=40, blank=True)
    phone_hash = models.BinaryField(null=True)
    person = models.BigIntegerField(null=True)
    number = models.BigIntegerField(null=True)
    recording = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "call"
        indexes = [
            models.Index(fields=["offered_at"], name="call_offered"),
            models.Index(fields=["number"], name="call_number", condition=models.Q(number__isnull=False)),
            models.Index(fields=["phone_hash", "-offered_at"], name="call_phone"),
        ]
