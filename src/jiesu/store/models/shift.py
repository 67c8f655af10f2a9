"""Handing over a desk, the daily report, and sheets of paper for when the system is away."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from jiesu.store.models.orders import AppendOnly


class ShiftNote(AppendOnly):
    """A desk as it was handed over. ``day`` and ``shift``: whose end it was; ``open``: counts and numbers of orders as
    they stood, never who called; the words are sealed."""

    id = models.BigAutoField(primary_key=True)
    desk = models.CharField(max_length=10)
    day = models.DateField()
    shift = models.CharField(max_length=10)
    at = models.DateTimeField()
    staff = models.BigIntegerField()
    open = models.JSONField()
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "shift_note"
        indexes = [
            models.Index(fields=["desk", "-at"], name="shift_note_desk"),
            models.Index(fields=["day", "desk"], name="shift_note_day"),
        ]


class ShiftSign(AppendOnly):
    """Somebody has read a note; the first one took the desk over."""

    id = models.BigAutoField(primary_key=True)
    note = models.BigIntegerField()
    staff = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "shift_sign"
        constraints = [models.UniqueConstraint(fields=["note", "staff"], name="shift_sign_once")]


class ShiftDuty(models.Model):
    """Who was at a desk from when until when. ``ended``: by a note (note), without one (left), forgotten (lapsed)."""

    id = models.BigAutoField(primary_key=True)
    staff = models.BigIntegerField()
    desk = models.CharField(max_length=10)
    day = models.DateField()
    shift = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, blank=True, default="", db_default="")

    class Meta:
        db_table = "shift_duty"
        constraints = [
            models.UniqueConstraint(fields=["staff", "desk"], name="shift_duty_once", condition=Q(until__isnull=True))
        ]
        indexes = [models.Index(fields=["day", "desk"], name="shift_duty_day")]


class DailyReport(models.Model):
    """The figures of a civil day, fixed at ``made_at``. Issued by a supervisor; nothing of the figures ever changes."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    rules = models.CharField(max_length=32)
    figures = models.JSONField()
    issued_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        db_table = "daily_report"


class DailyText(AppendOnly):
    """What was written to a day's report, every reading of it, sealed; number 0 is the draft."""

    day = models.DateField()
    no = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    pk = models.CompositePrimaryKey("day", "no")

    class Meta:
        db_table = "daily_text"


class OfflineBlock(AppendOnly):
    """Serials of paper sheets set aside, ``first`` to ``last``; no two blocks share one."""

    id = models.BigAutoField(primary_key=True)
    first = models.IntegerField()
    last = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "offline_block"
        constraints = [
            ExclusionConstraint(
                name="offline_block_apart",
                expressions=[
                    (Func(F("first"), F("last"), Value("[]"), function="int4range"), RangeOperators.OVERLAPS),
                ],
            )
        ]


class OfflineMark(AppendOnly):
    """What was said of a sheet; the last one holds. ``number``: the order it was entered as, once for ever;
    ``content``: keyed hash of what stood on it, by which the same sheet is known when it comes again."""

    id = models.BigAutoField(primary_key=True)
    block = models.BigIntegerField()
    serial = models.IntegerField()
    state = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    number = models.BigIntegerField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        db_table = "offline_mark"
        constraints = [models.UniqueConstraint(fields=["serial"], name="offline_used_once", condition=Q(state="used"))]
        indexes = [models.Index(fields=["block", "serial", "-id"], name="offline_mark_block")]
