"""What keeps the record honest and work from being done twice."""

from __future__ import annotations

from django.db import models


class RulesPart(models.Model):
    """A document of rules, kept for ever under the hash of its content."""

    hash = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=20)
    doc = models.JSONField()

    class Meta:
        db_table = "rules_part"


class RulesSnapshot(models.Model):
    """The rules of one moment: which parts they were made of. Events name it for ever."""

    id = models.CharField(max_length=32, primary_key=True)
    parts = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "rules_snapshot"


class RulesCurrent(models.Model):
    """One row: the snapshot that decides now."""

    one = models.SmallIntegerField(primary_key=True, default=1)
    snapshot = models.CharField(max_length=32)

    class Meta:
        db_table = "rules_current"


class TickAim(models.Model):
    """One row: the calendar and parameters by which the tick's next moments were set, and how far that has come.

    ``upto`` is the number up to which waiting orders are to be looked at anew; None when all of them are.
    """

    one = models.SmallIntegerField(primary_key=True, default=1)
    mark = models.CharField(max_length=64)
    upto = models.BigIntegerField(null=True)

    class Meta:
        db_table = "tick_aim"


class Manifest(models.Model):
    """A sealed list of (number, version, head) of the orders that moved on a day, chained to the one before.

    ``entries`` is packed: 8 bytes number, 4 bytes version, 32 bytes head, big-endian, by number. ``count`` is how many
    events it covers that no part of the same day covered before. Ids have no gaps.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    made_at = models.DateTimeField()
    count = models.IntegerField()
    entries = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "manifest"
        indexes = [models.Index(fields=["day"], name="manifest_day")]


class External(models.Model):
    """An order's number in another system; one source never gives the same number twice."""

    source = models.CharField(max_length=80)
    external = models.CharField(max_length=120)
    number = models.BigIntegerField()
    digest = models.BinaryField()
    pk = models.CompositePrimaryKey("source", "external")

    class Meta:
        db_table = "external"
        indexes = [models.Index(fields=["number"], name="external_number")]


class ImportRun(models.Model):
    """One run of an import: what came of it."""

    id = models.BigAutoField(primary_key=True)
    file_digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    by = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    added = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)

    class Meta:
        db_table = "import_run"


class IdempotencyKey(models.Model):
    """A request of another system that was answered: asked again, it gets the same order."""

    token = models.BigIntegerField()
    key = models.CharField(max_length=120)
    digest = models.BinaryField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    pk = models.CompositePrimaryKey("token", "key")

    class Meta:
        db_table = "idempotency_key"


class Notice(models.Model):
    """Something one role of one unit should know; ``key`` makes each be said once.

    ``at`` is when it is shown (a normal one made in quiet hours: in the morning); ``told_at`` when the duty officer
    was told of an urgent one by phone. One about no order has the number 0; ``page`` is where it leads, and ``title``
    what it is about.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField()
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    role = models.CharField(max_length=20)
    unit = models.CharField(max_length=32)
    words = models.CharField(max_length=200)
    urgent = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    page = models.CharField(max_length=80, blank=True, default="", db_default="")
    title = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        db_table = "notice"
        constraints = [models.UniqueConstraint(fields=["number", "key", "role"], name="notice_once")]
        indexes = [
            models.Index(
                fields=["unit", "role", "-at"], name="notice_unseen", condition=models.Q(seen_at__isnull=True)
            ),
        ]
