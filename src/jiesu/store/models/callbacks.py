"""The callback desk's own books: whose turn a call is and not before when, and which closed orders were drawn to be
called. What a call brought stands in the record of its order; nothing here is a rating."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class CallbackTurn(models.Model):
    """An order that is not handed out before ``until``, but to ``staff``, who has it open; None: to nobody, it waits.

    ``tries``, ``result`` and ``tried_at``: calls about a promise or a withdrawal that nobody answered. The order's own
    record has no room for them, since a unit would read there that its citizen is being called.
    """

    number = models.BigIntegerField(primary_key=True)
    staff = models.BigIntegerField(null=True)
    until = models.DateTimeField()
    tries = models.SmallIntegerField(default=0, db_default=0)
    result = models.CharField(max_length=14, default="", db_default="")
    tried_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "callback_turn"
        indexes = [models.Index(fields=["staff"], name="callback_turn_staff", condition=Q(staff__isnull=False))]


class SampleDraw(models.Model):
    """One day's closed orders among which a sample was drawn: ``closed`` of this outcome, ``chosen`` of them."""

    day = models.DateField()
    outcome = models.CharField(max_length=14)
    closed = models.IntegerField()
    chosen = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    pk = models.CompositePrimaryKey("day", "outcome")

    class Meta:
        db_table = "sample_draw"


class CallbackSample(models.Model):
    """A closed order that was drawn. ``ended``: how it left the list, heard or unreachable."""

    number = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    drawn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended = models.CharField(max_length=14, default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "callback_sample"
        indexes = [
            models.Index(fields=["due_at", "number"], name="callback_sample_open", condition=Q(ended_at__isnull=True))
        ]
