"""Quality inspection: dated plans and sheets, what was drawn, what an inspector marked, whose it is and what they said.

Nothing here belongs to an order's record. What was judged is never written over: an appeal's decision stands in columns
of its own, a second look is a row of its own. Words are sealed, and go with the order or the call that they are about.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiesu.store.models.orders import AppendOnly


class QualityRule(AppendOnly):
    """A plan or a score sheet (``name``: plan, call, order, callback) as it holds from the day ``since`` on."""

    name = models.CharField(max_length=10)
    version = models.IntegerField()
    since = models.DateField()
    body = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    pk = models.CompositePrimaryKey("name", "version")

    class Meta:
        db_table = "quality_rule"


class InspectionDraw(AppendOnly):
    """One draw of one line or risk of the plan: among how many, how many. The same ``seed`` draws the same again."""

    day = models.DateField()
    rule = models.CharField(max_length=24)
    seed = models.CharField(max_length=40)
    found = models.IntegerField()
    chosen = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    pk = models.CompositePrimaryKey("day", "rule")

    class Meta:
        db_table = "inspection_draw"


class Inspection(models.Model):
    """One look at one thing. ``thing``: c and a call, o and an order, b and a callback (order.attempt); once a look.

    ``signal``: the draw or the signal that brought it, ``reason`` in words without names; ``whom``: whose quota it is.
    ``staff`` has it open until ``until``. ``state``: open, done, or dropped for the coded reason ``drop``.
    """

    id = models.BigAutoField(primary_key=True)
    thing = models.CharField(max_length=40)
    look = models.SmallIntegerField(default=1)
    of = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=10)
    number = models.BigIntegerField(null=True)
    call = models.BigIntegerField(null=True)
    no = models.SmallIntegerField(default=0)
    signal = models.CharField(max_length=24)
    reason = models.CharField(max_length=200, blank=True)
    whom = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    staff = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="open", db_default="open")
    drop = models.CharField(max_length=14, blank=True, db_default="")
    sheet = models.IntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=40, blank=True, db_default="")

    class Meta:
        db_table = "inspection"
        constraints = [models.UniqueConstraint(fields=["thing", "look"], name="inspection_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="inspection_open", condition=Q(state="open")),
            models.Index(fields=["day", "signal", "whom"], name="inspection_day"),
            models.Index(fields=["done_at"], name="inspection_done", condition=Q(done_at__isnull=False)),
            models.Index(fields=["number"], name="inspection_number", condition=Q(number__isnull=False)),
            models.Index(fields=["call"], name="inspection_call", condition=Q(call__isnull=False)),
        ]


class InspectionPart(models.Model):
    """One hand's result: ``points`` of ``worth`` as judged, and ``final_*`` where an appeal changed it.

    ``counts``: not replaced by a second look. ``unread``: something is new for ``whom`` (a member of staff by his
    actor's id, or a unit by its code); ``read_at`` and ``coach_read_at``: when he said that he had read it.
    """

    inspection = models.BigIntegerField()
    part = models.CharField(max_length=10)
    subject = models.CharField(max_length=10)
    whom = models.CharField(max_length=40)
    unit = models.CharField(max_length=32)
    month = models.DateField()
    at = models.DateTimeField()
    points = models.SmallIntegerField()
    worth = models.SmallIntegerField()
    fatal = models.BooleanField()
    passed = models.BooleanField()
    final_points = models.SmallIntegerField(null=True)
    final_worth = models.SmallIntegerField(null=True)
    final_fatal = models.BooleanField(null=True)
    final_passed = models.BooleanField(null=True)
    counts = models.BooleanField(default=True, db_default=True)
    unread = models.BooleanField(default=True, db_default=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=40, blank=True, db_default="")
    coached_at = models.DateTimeField(null=True)
    coached_by = models.CharField(max_length=40, blank=True, db_default="")
    coach_read_at = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField()
    appealed_at = models.DateTimeField(null=True)
    appealed_by = models.CharField(max_length=40, blank=True, db_default="")
    decide_due = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True, db_default="")
    outcome = models.CharField(max_length=10, blank=True, db_default="")
    pk = models.CompositePrimaryKey("inspection", "part")

    class Meta:
        db_table = "inspection_part"
        indexes = [
            models.Index(fields=["whom", "-at"], name="inspection_part_whom"),
            models.Index(fields=["month", "whom"], name="inspection_part_month"),
            models.Index(fields=["whom"], name="inspection_part_unread", condition=Q(unread=True)),
            models.Index(
                fields=["decide_due"],
                name="inspection_part_appeal",
                condition=Q(appealed_at__isnull=False, decided_at__isnull=True),
            ),
        ]


class InspectionMark(models.Model):
    """Points for one item, NULL where it did not apply; ``final_points`` where an appeal changed them."""

    inspection = models.BigIntegerField()
    item = models.CharField(max_length=24)
    part = models.CharField(max_length=10)
    points = models.SmallIntegerField(null=True)
    worth = models.SmallIntegerField()
    evidence = models.CharField(max_length=10, blank=True)
    changed = models.BooleanField(default=False, db_default=False)
    final_points = models.SmallIntegerField(null=True)
    pk = models.CompositePrimaryKey("inspection", "item")

    class Meta:
        db_table = "inspection_mark"


class InspectionText(models.Model):
    """Words about an inspection, sealed: why points were taken, a coaching note, an appeal, its decision."""

    inspection = models.BigIntegerField()
    field = models.CharField(max_length=40)
    key_id = models.SmallIntegerField()
    sealed = models.BinaryField()
    pk = models.CompositePrimaryKey("inspection", "field")

    class Meta:
        db_table = "inspection_text"
